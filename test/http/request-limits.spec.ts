import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { LightMyRequestResponse } from 'fastify';
import { startTestApplication } from '../test-application';

describe('limits of requests', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication({
      ETALE_ADDRESS_REQUESTS_PER_MINUTE: '6',
      ETALE_KEY_REQUESTS_PER_MINUTE: '2',
      ETALE_SIGN_IN_REQUESTS_PER_MINUTE: '3',
      ETALE_TRUSTED_PROXIES: '10.0.0.1/32',
    });
  });
  afterAll(() => app.close());

  const ask = (
    url: string,
    remoteAddress: string,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> => app.inject({ url, remoteAddress, headers });
  const statuses = async (
    count: number,
    url: string,
    address: string,
    headers?: Record<string, string>,
  ): Promise<number[]> => {
    const got: number[] = [];
    for (let i = 0; i < count; i++) got.push((await ask(url, address, headers)).statusCode);
    return got;
  };
  const PUBLIC = '/v1/territories';

  it('say in each answer what is left', async () => {
    const { headers } = await ask(PUBLIC, '192.0.2.1');
    expect([headers['ratelimit-policy'], headers.ratelimit]).toEqual(['"address";q=6;w=60', '"address";r=5;t=60']);
  });

  it('refuse beyond them with a problem and the time to wait, one address and not another', async () => {
    expect(await statuses(7, PUBLIC, '192.0.2.2')).toEqual([200, 200, 200, 200, 200, 200, 429]);
    const refused = await ask(PUBLIC, '192.0.2.2');
    expect(refused.headers).toMatchObject({
      'content-type': expect.stringMatching(/^application\/problem\+json/) as string,
      'retry-after': expect.stringMatching(/^([1-5]?\d|60)$/) as string,
      ratelimit: expect.stringMatching(/^"address";r=0;t=\d+$/) as string,
      'x-content-type-options': 'nosniff',
    });
    expect(refused.json()).toMatchObject({ status: 429, code: 'access.too_many_requests' });
    expect((await ask(PUBLIC, '192.0.2.3')).statusCode).toBe(200);
  });

  it('count the addresses of one IPv6 network as one', async () => {
    await statuses(6, PUBLIC, '2001:db8:1:2::1');
    expect((await ask(PUBLIC, '2001:db8:1:2::ffff')).statusCode).toBe(429);
    expect((await ask(PUBLIC, '2001:db8:1:3::1')).statusCode).toBe(200);
  });

  it('count a key wherever it is used from, and made-up keys by their address', async () => {
    const key = { authorization: `Bearer etale_${'a'.repeat(43)}` };
    expect(await statuses(1, PUBLIC, '192.0.2.4', key)).toEqual([401]);
    expect(await statuses(1, PUBLIC, '192.0.2.5', key)).toEqual([401]);
    const refused = await ask(PUBLIC, '192.0.2.6', key);
    expect([refused.statusCode, refused.headers['ratelimit-policy']]).toEqual([
      429,
      '"address";q=6;w=60, "key";q=2;w=60',
    ]);
    for (let i = 0; i < 6; i++)
      await ask(PUBLIC, '192.0.2.7', { authorization: `Bearer etale_${String(i).repeat(43)}` });
    expect((await ask(PUBLIC, '192.0.2.7')).statusCode).toBe(429);
  });

  it('are stricter for signing in', async () => {
    expect(await statuses(4, '/sign-in?returnTo=/app', '192.0.2.8')).toEqual([503, 503, 503, 429]);
    expect((await ask('/sign-in/callback?state=x', '192.0.2.8')).statusCode).toBe(429);
  });

  it('never refuse a probe, nor write headers on it', async () => {
    expect(await statuses(10, '/health/live', '192.0.2.9')).toEqual(Array(10).fill(200));
    expect((await ask('/health/ready', '192.0.2.9')).headers.ratelimit).toBeUndefined();
  });

  it('believe an address that a trusted proxy tells, and nobody else’s', async () => {
    for (let i = 0; i < 7; i++) {
      const told = { 'x-forwarded-for': `198.51.100.${i}` };
      expect((await ask(PUBLIC, '10.0.0.1', told)).statusCode).toBe(200);
      expect((await ask(PUBLIC, '10.0.0.2', told)).statusCode).toBe(i < 6 ? 200 : 429);
    }
  });
});

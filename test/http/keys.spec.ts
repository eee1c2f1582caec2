import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import type { MadeMachineKeyDto } from '../../src/access/machine-key.dto';
import { NOBODY, startTestApplication } from '../test-application';

describe('keys of machines', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
    await app
      .get(DataSource)
      .query(`insert into platform (code, name, time_zone, headroom_per_mille) values ('a', 'A', 'Europe/Paris', 100)`);
  });
  afterAll(() => app.close());

  const make = async (payload: object): Promise<MadeMachineKeyDto> => {
    const answer = await app.inject({ method: 'POST', url: '/v1/keys', payload });
    expect(answer.statusCode).toBe(201);
    return answer.json();
  };
  const statusWith = async (secret: string, url: string): Promise<number> =>
    (await app.inject({ url, headers: { authorization: `Bearer ${secret}` } })).statusCode;

  it('are shown once and stored hashed', async () => {
    const { secret, id } = await make({ name: 'roster export', scopes: ['roster'] });
    expect(secret).toMatch(/^etale_[A-Za-z0-9_-]{43}$/);
    const [row] = await app
      .get(DataSource)
      .query<Record<string, unknown>[]>('select * from machine_key where id = $1', [id]);
    expect(JSON.stringify(row)).not.toContain(secret);
    expect((await app.inject({ url: '/v1/keys' })).body).not.toContain(secret);
  });

  it('open what their scopes name and nothing else', async () => {
    const windows = (await make({ name: 'screens', scopes: ['windows'] })).secret;
    const gateway = (await make({ name: 'gateway 1', scopes: ['gateway'], platformId: 1 })).secret;
    const metrics = (await make({ name: 'prometheus', scopes: ['metrics'] })).secret;
    expect(await statusWith(windows, '/v1/plans')).toBe(200);
    expect(await statusWith(windows, '/v1/imports')).toBe(403);
    for (const path of ['/v1/imports', '/v1/plans', '/v1/keys', '/metrics'])
      expect(await statusWith(gateway, path)).toBe(403);
    expect(await statusWith(metrics, '/metrics')).toBe(200);
    expect(await statusWith(metrics, '/v1/plans')).toBe(403);
    expect((await app.inject({ url: '/metrics', headers: NOBODY })).statusCode).toBe(401);
  });

  it('of gateways name their platform', async () => {
    const payload = { name: 'gateway', scopes: ['gateway'] };
    const answer = await app.inject({ method: 'POST', url: '/v1/keys', payload });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'key.platform_needed']);
  });

  it('end when they are revoked, when they expire, and after the overlap of a rotation', async () => {
    const revoked = await make({ name: 'one', scopes: ['windows'] });
    await app.inject({ method: 'DELETE', url: `/v1/keys/${revoked.id}` });
    const expired = await make({ name: 'two', scopes: ['windows'] });
    await app.get(DataSource).query('update machine_key set expires_at = now() where id = $1', [expired.id]);
    for (const { secret } of [revoked, expired]) expect(await statusWith(secret, '/v1/plans')).toBe(401);

    const old = await make({ name: 'three', scopes: ['windows'] });
    const url = `/v1/keys/${old.id}/rotate`;
    const fresh = (await app.inject({ method: 'POST', url, payload: {} })).json<MadeMachineKeyDto>();
    for (const { secret } of [old, fresh]) expect(await statusWith(secret, '/v1/plans')).toBe(200);
    await app.inject({ method: 'POST', url: `/v1/keys/${fresh.id}/rotate`, payload: { overlapHours: 0 } });
    expect(await statusWith(fresh.secret, '/v1/plans')).toBe(401);
  });

  it('show when they were last used', async () => {
    const { id, secret } = await make({ name: 'used', scopes: ['windows'] });
    await statusWith(secret, '/v1/plans');
    const page = (await app.inject({ url: '/v1/keys' })).json<{ items: { id: number; lastUsedAt: string | null }[] }>();
    expect(page.items.find((key) => key.id === id)!.lastUsedAt).not.toBeNull();
  });
});

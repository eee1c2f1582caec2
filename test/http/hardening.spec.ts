import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTestApplication } from '../test-application';

const LAUGHS = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol"><!ENTITY lol2 "&lol;&lol;&lol;"><!ENTITY file SYSTEM "file:///etc/passwd">]><lolz>&lol2;&file;</lolz>`;
const ZIP = Buffer.from('504b0304140000000800', 'hex');

describe('what is sent to do harm', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
    await app.listen(0, '127.0.0.1');
  });
  afterAll(() => app.close());

  const post = (url: string, payload: string | Buffer, contentType: string) =>
    app.inject({ method: 'POST', url, payload, headers: { 'content-type': contentType } });

  it('XML is read nowhere, under whatever name it comes', async () => {
    for (const type of ['application/xml', 'text/xml', 'image/svg+xml', 'application/soap+xml'])
      for (const url of ['/v1/platforms', '/v1/imports?kind=roster&schoolYear=2026-2027']) {
        const answer = await post(url, LAUGHS, type);
        expect([type, url, answer.statusCode, answer.headers['content-type']]).toEqual([
          type,
          url,
          415,
          expect.stringMatching(/^application\/problem\+json/),
        ]);
      }
    const file = await post('/v1/imports?kind=roster&schoolYear=2026-2027', LAUGHS, 'application/octet-stream');
    expect(file.statusCode).toBe(422);
    expect(file.body).not.toMatch(/lollol|root:/);
    const { dependencies } = jest.requireActual<{ dependencies: object }>('../../package.json');
    expect(Object.keys(dependencies).filter((name) => /xml|sax/i.test(name))).toEqual([]);
  });

  it('an archive is refused by its first bytes', async () => {
    const answer = await post('/v1/imports?kind=roster&schoolYear=2026-2027', ZIP, 'application/octet-stream');
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([422, 'import.file_is_archive']);
  });

  it('a body of more than a megabyte is refused', async () => {
    const answer = await post('/v1/platforms', JSON.stringify({ name: 'x'.repeat(1_000_001) }), 'application/json');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      413,
      expect.stringMatching(/^application\/problem\+json/),
    ]);
  });

  it('an address that is too long, or that cannot be read, is refused as a problem', async () => {
    for (const [url, status] of [
      [`/v1/establishments/${'x'.repeat(300)}`, 414],
      ['/v1/establishments/%', 400],
      ['/v1/establishments/a%00b/week', 400],
    ] as const) {
      const answer = await app.inject({ url });
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([status, 'request.address']);
    }
  });

  it('headers of more than 16 kB are refused', async () => {
    const { port } = app.getHttpServer().address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write(`GET /health/live HTTP/1.1\r\nhost: x\r\nx-long: ${'y'.repeat(20_000)}\r\n\r\n`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 431 /);
    socket.destroy();
  });

  it('pages run no script that stands in them, and are framed by nobody else', async () => {
    for (const url of ['/health/live', '/v1/territories', '/docs']) {
      const { headers } = await app.inject({ url });
      const policy = String(headers['content-security-policy']);
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe("'self'");
      expect(policy).toContain("frame-ancestors 'self'");
      expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'x-frame-options': 'SAMEORIGIN' });
    }
  });
});

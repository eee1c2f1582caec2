import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { startTestApplication } from '../test-application';
import { freshDatabaseUrl } from '../test-database';

/** A line to the database that can be cut and mended. */
class Line {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly databasePort: number) {}

  async mend(port = 0): Promise<number> {
    this.server = createServer((socket) => {
      const onward = connect(this.databasePort, '127.0.0.1');
      for (const [end, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        this.sockets.add(end);
        end.on('error', () => other.destroy());
        end.on('close', () => this.sockets.delete(end));
        end.pipe(other);
      }
    }).listen(port, '127.0.0.1');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = once(this.server!, 'close');
    this.server!.close();
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}

describe('a service whose database is lost', () => {
  let app: NestFastifyApplication;
  let line: Line;
  let port: number;

  beforeAll(async () => {
    const url = new URL(await freshDatabaseUrl());
    line = new Line(Number(url.port));
    port = await line.mend();
    url.port = String(port);
    app = await startTestApplication({ DATABASE_URL: url.href });
  });
  afterAll(async () => {
    await app.close();
    await line.cut();
  });

  it('lives, says that it is not ready and when to come again, and serves again once the database is back', async () => {
    const status = async (url: string): Promise<number> => (await app.inject({ url })).statusCode;
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/v1/territories')).toBe(200);
    await line.cut();
    expect(await status('/health/live')).toBe(200);
    for (const url of ['/health/ready', '/v1/territories', '/v1/campaigns', '/v1/plans/1']) {
      const answer = await app.inject({ url });
      expect(answer.statusCode).toBe(503);
      expect(answer.headers['retry-after']).toBe('5');
      expect(answer.headers['content-type']).toContain('application/problem+json');
      expect(answer.json()).toMatchObject({ code: 'database.unavailable', status: 503 });
    }
    const page = await app.inject({ url: '/creneaux?classe=0590001F.6A', headers: { cookie: 'none=1' } });
    expect([
      page.statusCode,
      page.headers['content-type'],
      page.headers['cache-control'],
      page.headers['retry-after'],
    ]).toEqual([503, 'text/html; charset=utf-8', 'no-store', '30']);
    expect(page.body).toContain('href="/creneaux?classe=0590001F.6A"');
    await line.mend(port);
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/v1/territories')).toBe(200);
  });
});

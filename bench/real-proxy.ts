import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Beside the sources, or beside the folder of what is compiled. */
const GATEWAYS = ['../gateways', '../../gateways']
  .map((path) => resolve(__dirname, path))
  .find((path) => existsSync(path))!;

/** Where a program is, nothing where it is not installed: then its tests say so and are skipped. */
export function installed(name: string): string | undefined {
  for (const folder of [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin']) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      continue;
    }
  }
  console.warn(`${name} is not installed: its tests are skipped`);
  return undefined;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

async function accepts(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the proxy has ended with ${child.exitCode}`);
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((tell) =>
      socket.once('connect', () => tell(true)).once('error', () => tell(false)),
    );
    socket.destroy();
    if (isOpen) return;
    await new Promise((go) => setImmediate(go));
  }
}

/** A real proxy with the configuration of `gateways/`, its ports put in, before an ENT that answers 200, and 500 at `/broken`. */
export class RealProxy {
  readonly seen: Record<string, unknown>[] = [];
  errors = '';

  private constructor(
    readonly port: number,
    readonly child: ChildProcess,
    private readonly ent: Server,
    private readonly folder: string,
  ) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Before one agent, or several of which any may be asked. */
  static async nginx(file: string, ...agentPorts: number[]): Promise<RealProxy> {
    const server = /server 127\.0\.0\.1:3900(.*)/;
    const read = (name: string) =>
      readFileSync(join(GATEWAYS, 'nginx', name), 'utf8')
        .replace(server, (_, rest: string) =>
          agentPorts.map((port) => `server 127.0.0.1:${port}${rest}`).join('\n    '),
        )
        .replace('syslog:server=127.0.0.1:3900', `syslog:server=127.0.0.1:${agentPorts[0]}`);
    return RealProxy.start(file, (port, entPort, folder) => {
      for (const name of ['etale.conf', 'etale-server.conf', 'etale-gated.conf'])
        writeFileSync(join(folder, name), read(name));
      writeFileSync(
        join(folder, 'nginx.conf'),
        `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;
events { worker_connections 2048; }
http {
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((kind) => `${kind}_temp_path ${folder}/${kind};`).join(' ')}
  include ${folder}/etale.conf;
  keepalive_requests 1000000;
  server {
    listen 127.0.0.1:${port};
    include ${folder}/etale-server.conf;
    location / {
      include ${folder}/etale-gated.conf;
      proxy_pass http://127.0.0.1:${entPort};
    }
    location /video/ {
      set $etale_feature video;
      include ${folder}/etale-gated.conf;
      proxy_pass http://127.0.0.1:${entPort};
    }
    location = /upload/next {
      set $etale_session running;
      include ${folder}/etale-gated.conf;
      proxy_pass http://127.0.0.1:${entPort};
    }
    location = /static-page { include ${folder}/etale-gated.conf; empty_gif; }
  }
}`,
      );
      return ['-p', folder, '-c', join(folder, 'nginx.conf')];
    });
  }

  static async haproxy(file: string, agentPort: number): Promise<RealProxy> {
    return RealProxy.start(
      file,
      (port, entPort, folder) => {
        const config = readFileSync(join(GATEWAYS, 'haproxy/haproxy.cfg'), 'utf8')
          .replace('127.0.0.1:8080', `127.0.0.1:${port}`)
          .replace('127.0.0.1:8081', `127.0.0.1:${entPort}`)
          // its two examples
          .replaceAll('# http-request set-var', 'http-request set-var')
          .replace('lua-load etale.lua', `lua-load ${join(GATEWAYS, 'haproxy/etale.lua')}`);
        writeFileSync(join(folder, 'haproxy.cfg'), config.replaceAll('127.0.0.1:3900', `127.0.0.1:${agentPort}`));
        return ['-f', join(folder, 'haproxy.cfg'), '-db'];
      },
      { ETALE_AGENT: `http://127.0.0.1:${agentPort}` },
    );
  }

  private static async start(
    file: string,
    configure: (port: number, entPort: number, folder: string) => string[],
    environment: Record<string, string> = {},
  ): Promise<RealProxy> {
    const folder = mkdtempSync(join(tmpdir(), 'etale-proxy-'));
    const ent = createHttp((request, response) => {
      response.statusCode = request.url!.startsWith('/broken') ? 500 : 200;
      response.end('the ENT');
    }).listen(0, '127.0.0.1');
    await once(ent, 'listening');
    const port = await freePort();
    const args = configure(port, (ent.address() as AddressInfo).port, folder);
    const child = spawn(file, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'ignore', 'pipe'] });
    const proxy = new RealProxy(port, child, ent, folder);
    child.stderr.on('data', (chunk) => (proxy.errors += String(chunk)));
    ent.on('request', (request) => proxy.seen.push({ url: request.url, ...request.headers }));
    await accepts(port, child).catch((error: Error) => {
      throw new Error(`${error.message}: ${proxy.errors}`);
    });
    return proxy;
  }

  async stop(): Promise<void> {
    const closed = once(this.child, 'close');
    this.child.kill('SIGTERM');
    await closed;
    this.ent.closeAllConnections();
    this.ent.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DomainError } from './domain-error';

const RETRY_AFTER_SECONDS = 2;

export interface HeldPort {
  /** The port that was asked for, or the one that the system chose for 0. */
  port: number;
  release: () => Promise<void>;
}

/** The sentence for an address that cannot be listened on. */
export function portFailure(error: unknown, host: string, port: number): DomainError {
  const code = (error as NodeJS.ErrnoException).code;
  const why =
    code === 'EADDRINUSE'
      ? 'is in use by another program'
      : code === 'EACCES'
        ? 'may be used by administrators only'
        : `cannot be listened on (${code ?? String(error)})`;
  return new DomainError(
    'start.port_unavailable',
    'unavailable',
    `Port ${port} of ${host} ${why}: stop that program, or set PORT to another port.`,
  );
}

/** Takes the port before anything else is made, and answers 503 on it until the application is there to take over. */
export async function holdPort(host: string, port: number): Promise<HeldPort> {
  const server = createServer((_request, response) => {
    response.writeHead(503, {
      'content-type': 'application/problem+json',
      'retry-after': String(RETRY_AFTER_SECONDS),
      'cache-control': 'no-store',
      connection: 'close',
    });
    response.end(
      JSON.stringify({
        type: 'about:blank',
        title: 'Service Unavailable',
        status: 503,
        code: 'start.starting',
        detail: 'The service is starting.',
      }),
    );
  });
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    throw portFailure(error, host, port);
  }
  const { port: chosen } = server.address() as AddressInfo;
  return {
    port: chosen,
    release: async () => {
      if (!server.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

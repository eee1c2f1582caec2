import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestInvalid } from './decide-request.rules';
import { cookieText } from './gate-request.rules';
import { TICKET_NAME } from './ticket.rules';

const MOST_BODY_BYTES = 16_384;

/** The path that Traefik asks about. */
export function forwardedOf({ headers }: IncomingMessage): string {
  const its = headers['x-forwarded-uri'];
  return typeof its === 'string' ? its : '/';
}

/** The ticket that a visitor's device, or a program for it, shows. */
export function ticketOf({ headers }: IncomingMessage): string | undefined {
  const its = headers['x-etale-ticket'];
  return typeof its === 'string' ? its : cookieText(headers.cookie, TICKET_NAME);
}

/** Whether the visitor's device speaks TLS to the proxy: cookies are for that alone then. */
export const isSecure = (request: IncomingMessage): boolean => request.headers['x-forwarded-proto'] === 'https';

/** Whether a program asks rather than a person. */
export function wantsJson({ headers }: IncomingMessage): boolean {
  const accept = headers.accept ?? '';
  return accept.includes('json') && !accept.includes('text/html');
}

/** What a request brings, as text. @throws RequestInvalid where it is too large */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let byteCount = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    byteCount += chunk.length;
    if (byteCount > MOST_BODY_BYTES) throw new RequestInvalid(413, 'agent.too_large', 'The body is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Nobody between keeps it. */
export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  send(response, status, 'application/json', JSON.stringify(body), { 'cache-control': 'no-store', ...headers });
}

/** A whole answer, with its length. */
export function send(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { ...headers, 'content-type': type, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

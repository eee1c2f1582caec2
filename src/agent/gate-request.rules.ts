import type { IncomingHttpHeaders } from 'node:http';
import type { GateRequest } from './gate';
import { PASS_DAYS, PASS_NAME } from './pass.rules';
import { TICKET_NAME, TICKET_SECONDS } from './ticket.rules';

const textOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** One cookie of a Cookie header, without taking the others apart. */
export function cookieText(cookies: string | undefined, its: string): string | undefined {
  if (cookies === undefined) return undefined;
  const name = `${its}=`;
  let at = cookies.indexOf(name);
  while (at > 0 && cookies[at - 1] !== ' ' && cookies[at - 1] !== ';') at = cookies.indexOf(name, at + 1);
  if (at < 0) return undefined;
  const end = cookies.indexOf(';', at);
  return cookies.slice(at + name.length, end < 0 ? undefined : end);
}

export const passInCookies = (cookies: string | undefined): string | undefined => cookieText(cookies, PASS_NAME);

/** What the headers of a visitor's request, as the proxy passes them, bring to the gate. */
export function gateRequestOf(headers: IncomingHttpHeaders, now: number): GateRequest {
  return {
    now,
    pass: textOf(headers['x-etale-pass']) ?? passInCookies(headers.cookie),
    signedHeader: textOf(headers['x-etale-visitor']),
    hasSession: headers['x-etale-session'] === 'running',
    wantsUrgentPass: headers['x-etale-urgent'] === '1',
    feature: textOf(headers['x-etale-feature']),
  };
}

export const passCookie = (pass: string, isSecure: boolean): string =>
  `${PASS_NAME}=${pass}; Path=/; Max-Age=${PASS_DAYS * 86_400}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

/** A ticket is worth nothing without the pass beside it, and is kept for as long as a place is. */
export const ticketCookie = (ticket: string, isSecure: boolean): string =>
  `${TICKET_NAME}=${ticket}; Path=/; Max-Age=${TICKET_SECONDS}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;

/** Only a path of the same site: nobody is sent elsewhere by a link to the waiting page. */
export function safeReturnPath(path: string | null | undefined): string {
  if (!path || path.length > 1000 || !/^\/(?![/\\])[\x21-\x7e]*$/.test(path) || path.includes('\\')) return '/';
  return path.startsWith('/etale/') ? '/' : path;
}

/** Whether a path begins with one that is never gated; a path that climbs is taken for none. */
export function isNeverGated(path: string, beginnings: readonly string[]): boolean {
  const end = path.search(/[?#]/);
  const bare = end < 0 ? path : path.slice(0, end);
  if (/\.\.|%2e|%2f|%5c|\\|\/\//i.test(bare)) return false;
  return beginnings.some((beginning) => bare.startsWith(beginning));
}

import type { Config } from '../common/config';

/** Plain http is only spoken on this machine, where a Secure cookie would not be sent back by every browser. */
export const isSecure = ({ publicUrl }: Pick<Config, 'publicUrl'>): boolean => publicUrl?.startsWith('https:') ?? false;

/** `__Host-`: the browser itself refuses such a cookie from another host or over plain http. */
export function sessionCookieName(config: Pick<Config, 'publicUrl'>): string {
  return isSecure(config) ? '__Host-etale_session' : 'etale_session';
}

export const SIGN_IN_COOKIE = 'etale_sign_in';

/** Where people are after signing in, unless the page that sent them says more. */
const HOME = '/app';

/** Only our own paths: an address of another site in `returnTo` would make us an open redirect. */
export function ownPath(returnTo: string | undefined): string {
  return returnTo !== undefined && /^\/(?![/\\])[\w\-./?=&%]*$/.test(returnTo) ? returnTo : HOME;
}

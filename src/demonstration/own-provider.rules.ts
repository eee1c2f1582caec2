import type { Config } from '../common/config';

/**
 * Whether the service carries a provider of identities of its own, with accounts that need no password: in a demonstration, never
 * beside a real provider, never in production.
 */
export const carriesOwnProvider = (
  { oidc, isProduction }: Pick<Config, 'oidc' | 'isProduction'>,
  isDemonstration: boolean,
): boolean => isDemonstration && oidc === undefined && !isProduction;

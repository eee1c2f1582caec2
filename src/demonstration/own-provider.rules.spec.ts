import 'reflect-metadata';
import { loadConfig } from '../common/config';
import { carriesOwnProvider } from './own-provider.rules';

describe('the accounts of the demonstration', () => {
  it('are there in a demonstration alone', () => {
    expect(carriesOwnProvider(loadConfig({}), true)).toBe(true);
    expect(carriesOwnProvider(loadConfig({}), false)).toBe(false);
  });

  it('are never there beside a real provider, nor in production', () => {
    const real = {
      OIDC_ISSUER: 'https://connexion.example.org',
      OIDC_CLIENT_ID: 'etale',
      ETALE_PUBLIC_URL: 'https://etale.example.org',
    };
    expect(carriesOwnProvider(loadConfig(real), true)).toBe(false);
    expect(carriesOwnProvider(loadConfig({ NODE_ENV: 'production' }), true)).toBe(false);
  });
});

import 'reflect-metadata';
import { ConfigurationError, loadConfig } from './config';

const PROVIDER = {
  OIDC_ISSUER: 'https://connexion.example.org',
  OIDC_CLIENT_ID: 'etale',
  ETALE_PUBLIC_URL: 'https://etale.example.org',
};

/** What is wrong with an environment, a sentence each. */
function problemsOf(environment: NodeJS.ProcessEnv): string[] {
  try {
    loadConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.message.split('\n');
    throw error;
  }
}

describe('the configuration', () => {
  it('opens the service to a network only where people can sign in', () => {
    expect(problemsOf({ HOST: '127.0.0.1' })).toEqual([]);
    expect(problemsOf({ HOST: '0.0.0.0' }).join()).toContain('HOST beyond loopback needs OIDC_ISSUER');
    expect(problemsOf({ HOST: '::' }).join()).toContain('HOST beyond loopback needs OIDC_ISSUER');
    expect(problemsOf({ HOST: '0.0.0.0', ...PROVIDER })).toEqual([]);
  });

  it('needs https of a provider, and an address to which it sends people back', () => {
    expect(problemsOf({ ...PROVIDER, OIDC_ISSUER: 'http://connexion.example.org' }).join()).toContain('OIDC_ISSUER');
    expect(problemsOf({ ...PROVIDER, OIDC_ISSUER: 'http://127.0.0.1:9000' })).toEqual([]);
    expect(problemsOf({ ...PROVIDER, ETALE_PUBLIC_URL: '' }).join()).toContain('ETALE_PUBLIC_URL');
  });

  it('says everything that is wrong at once, and takes an empty variable for an absent one', () => {
    expect(loadConfig({ PORT: '' }).port).toBe(3000);
    const problems = problemsOf({ PORT: 'many', ETALE_POOL_SIZE: '-1' }).join();
    expect(problems).toContain('PORT');
    expect(problems).toContain('ETALE_POOL_SIZE');
  });
});

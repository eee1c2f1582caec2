import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '../src/app.factory';
import { loadConfig, type OidcSettings } from '../src/common/config';
import { holdPort } from '../src/common/listening-port';
import { demonstrationOidc, mountDemonstrationProvider } from '../src/demonstration/demonstration-provider';

export interface SignInServer {
  app: NestFastifyApplication;
  url: string;
}

/** The service with its embedded provider of identities, on a port of its own. */
export async function startSignInServer(
  databaseUrl: string,
  settings: Partial<OidcSettings> = {},
): Promise<SignInServer> {
  const port = await holdPort('127.0.0.1', 0);
  const url = `http://127.0.0.1:${port.port}`;
  const config = loadConfig({ DATABASE_URL: databaseUrl, LOG_LEVEL: 'silent', ETALE_POOL_SIZE: '8' });
  const oidc = { ...demonstrationOidc(url), ...settings };
  const app = await createApplication({ ...config, publicUrl: url, oidc }, false);
  await mountDemonstrationProvider(app, url);
  await app.init();
  await port.release();
  await app.listen(port.port, '127.0.0.1');
  return { app, url };
}

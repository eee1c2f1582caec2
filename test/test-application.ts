import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApplication } from '../src/app.factory';
import { loadConfig } from '../src/common/config';
import { freshDatabaseUrl } from './test-database';

/** The whole application on a migrated database of its own, ready for `app.inject(...)`; call `close()` in afterAll. */
export async function startTestApplication(environment: NodeJS.ProcessEnv = {}): Promise<NestFastifyApplication> {
  const config = loadConfig({
    DATABASE_URL: await freshDatabaseUrl(),
    ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters',
    LOG_LEVEL: 'silent',
    ETALE_POOL_SIZE: '8',
    ...environment,
  });
  const app = await createApplication(config, false);
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

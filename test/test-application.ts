import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyRequest } from 'fastify';
import { Client } from 'pg';
import { AccountStore, type Grant } from '../src/access/account.store';
import { SessionService } from '../src/access/session.service';
import { createApplication } from '../src/app.factory';
import { loadConfig, type Config } from '../src/common/config';
import { CONFIG } from '../src/common/database.module';
import { asRole, freshDatabaseUrl } from './test-database';
import { TEST_ISSUER } from './test-issuer';

/**
 * The whole application on a migrated database of its own, ready for `app.inject(...)`; call `close()` in afterAll. A request that
 * brings no cookie and no authorization of its own (also an empty one) is one of an operator who has signed in.
 */
export async function startTestApplication(
  environment: NodeJS.ProcessEnv = {},
  settings: Partial<Config> = {},
): Promise<NestFastifyApplication> {
  const ownerUrl = await freshDatabaseUrl();
  const config = loadConfig({
    // with the rights that it has in service, and no more
    DATABASE_URL: asRole(ownerUrl, 'application'),
    ...(environment.DATABASE_URL === undefined && { MIGRATION_DATABASE_URL: ownerUrl }),
    ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters',
    LOG_LEVEL: 'silent',
    ETALE_POOL_SIZE: '8',
    // every request of a test comes from one address
    ETALE_ADDRESS_REQUESTS_PER_MINUTE: '0',
    ETALE_KEY_REQUESTS_PER_MINUTE: '0',
    ...environment,
  });
  const app = await createApplication({ ...config, ...settings }, false);
  let operator: Record<string, string> = {};
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request: FastifyRequest, _reply: unknown, done: () => void) => {
      const { cookie, authorization } = request.headers;
      if (cookie === undefined && authorization === undefined && operator.cookie !== undefined) {
        Object.assign(request.headers, operator);
        // the cookies were read before
        request.cookies = app.getHttpAdapter().getInstance().parseCookie(operator.cookie);
      }
      done();
    });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  operator = await signedInAs(app, { role: 'operator', uais: [], territories: [] }, 'operator');
  return app;
}

/** The headers of a browser in which somebody of a role has signed in. */
export async function signedInAs(
  app: NestFastifyApplication,
  grant: Grant,
  subject: string = grant.role,
): Promise<Record<string, string>> {
  const { id } = await app.get(AccountStore).grant(TEST_ISSUER, subject, grant);
  const sessionId = await app.get(SessionService).open(id);
  return { cookie: `etale_session=${sessionId}`, 'sec-fetch-site': 'same-origin' };
}

/** The headers of somebody who has not signed in. */
export const NOBODY: Readonly<Record<string, string>> = { cookie: 'none=1' };

/** A statement that the application itself has no right to: as the owner of the schema. */
export async function asOwner(
  app: NestFastifyApplication,
  statement: string,
  parameters: unknown[] = [],
): Promise<unknown[]> {
  const { databaseUrl, migrationDatabaseUrl } = app.get<Config>(CONFIG);
  const owner = new Client(migrationDatabaseUrl ?? databaseUrl);
  await owner.connect();
  try {
    return (await owner.query<Record<string, unknown>>(statement, parameters)).rows;
  } finally {
    await owner.end();
  }
}

import { Client } from 'pg';
import { ADVISORY_LOCK } from './database';
import { DomainError } from './domain-error';

/** `unique nulls not distinct` came with 15. */
const LEAST_SERVER_VERSION = 150_000;
const CONNECT_TIMEOUT_MILLISECONDS = 5000;

/**
 * A connection that holds the lock of the migrations: end it when they are done. Throws one sentence (without the
 * password) when the server does not answer or is too old.
 */
export async function reachDatabase(databaseUrl: string): Promise<Client> {
  const { host, pathname } = new URL(databaseUrl);
  const client = new Client({ connectionString: databaseUrl, connectionTimeoutMillis: CONNECT_TIMEOUT_MILLISECONDS });
  // a connection that breaks later is told by the next query
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DomainError(
      'database.unreachable',
      'unavailable',
      `The database ${host}${pathname} cannot be used (${message || code}): check DATABASE_URL and the server.`,
    );
  }
  const { rows } = await client.query<{ version: number }>(
    `select current_setting('server_version_num')::int as version`,
  );
  if (rows[0]!.version < LEAST_SERVER_VERSION) {
    await client.end();
    const version = Math.floor(rows[0]!.version / 10_000);
    throw new DomainError(
      'database.too_old',
      'unavailable',
      `The database ${host}${pathname} runs on PostgreSQL ${version}: version 15 or later is needed.`,
    );
  }
  await client.query('select pg_advisory_lock($1, 0)', [ADVISORY_LOCK.migration]);
  return client;
}

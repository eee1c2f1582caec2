import { runMigrations as migrateQueue, Logger } from 'graphile-worker';
import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import type { Config } from './config';
import { databaseOptions } from './database';
import { reachDatabase } from './database-check';
import { grantRights } from './database-rights';
import { DomainError } from './domain-error';

/** The name of the role in a connection address. */
export const roleOf = (databaseUrl: string): string => decodeURIComponent(new URL(databaseUrl).username);

/**
 * Brings the schema up to date as its owner (MIGRATION_DATABASE_URL) and gives the application's role its rights; without an owner
 * of its own the application's connection migrates by itself (DatabaseModule). End the connection that comes back when the
 * application is wired: until then no other start migrates.
 */
export async function prepareDatabase(config: Config): Promise<Client> {
  const { databaseUrl, migrationDatabaseUrl } = config;
  const lock = await reachDatabase(migrationDatabaseUrl ?? databaseUrl!);
  try {
    if (migrationDatabaseUrl !== undefined) {
      await withSource(migrationDatabaseUrl, 2, (source) => source.runMigrations());
      await grantApplication(lock, migrationDatabaseUrl, databaseUrl!);
    } else {
      await checkMigrated(lock, databaseUrl!);
    }
    return lock;
  } catch (error) {
    await lock.end();
    throw error;
  }
}

/** The queue's own schema, and the rights of whoever the application connects as. */
export async function grantApplication(owner: Client, ownerUrl: string, applicationUrl: string): Promise<void> {
  await migrateQueue({ connectionString: ownerUrl, logger: new Logger(() => () => undefined) });
  if (roleOf(applicationUrl) !== roleOf(ownerUrl)) await grantRights(owner, roleOf(applicationUrl));
}

/** A role that cannot define anything finds everything defined, or the start ends with what to do. */
async function checkMigrated(client: Client, databaseUrl: string): Promise<void> {
  const { rows } = await client.query<{ may: boolean; known: string | null }>(
    `select has_schema_privilege(current_user, 'public', 'CREATE') as may, to_regclass('public.migration')::text as known`,
  );
  if (rows[0]!.may) return;
  const isPending = rows[0]!.known === null || (await withSource(databaseUrl, 1, (source) => source.showMigrations()));
  if (isPending)
    throw new DomainError(
      'database.not_migrated',
      'unavailable',
      'The schema of the database is older than this program, and the role of DATABASE_URL may not change it: set MIGRATION_DATABASE_URL to a connection of the owner, or run `npm run migrate` with it.',
    );
}

async function withSource<T>(url: string, poolSize: number, work: (source: DataSource) => Promise<T>): Promise<T> {
  const source = await new DataSource(databaseOptions(url, poolSize)).initialize();
  try {
    return await work(source);
  } finally {
    await source.destroy();
  }
}

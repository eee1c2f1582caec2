import type { DataSource, DataSourceOptions, EntityManager } from 'typeorm';
import { QueryFailedError } from 'typeorm';
import * as migrations from './migrations';

/** Options of the one connection pool; entities come with the features (autoLoadEntities). */
export function databaseOptions(url: string, poolSize: number): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    migrations: Object.values(migrations),
    migrationsTableName: 'migration',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    uuidExtension: 'pgcrypto',
    poolSize,
    connectTimeoutMS: 5000,
    applicationName: 'etale',
    // a bigint is a count of thousandths below 2^53 or an id: a number everywhere in the program
    parseInt8: true,
    extra: { options: '-c timezone=UTC -c datestyle=ISO' },
  };
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const ATTEMPT_COUNT = 5;

/** The SQLSTATE of a failed statement and the constraint that it broke. */
export function sqlFailure(error: unknown): { state: string | undefined; constraint: string | undefined } {
  const source = (error instanceof QueryFailedError ? error.driverError : error) as
    { code?: string; constraint?: string } | undefined;
  return { state: source?.code, constraint: source?.constraint };
}

/** Runs the work in a transaction, the whole of it again after a serialization failure or a deadlock, and only then. */
export async function inTransaction<T>(database: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.transaction(work);
    } catch (error) {
      const { state } = sqlFailure(error);
      if ((state !== SERIALIZATION_FAILURE && state !== DEADLOCK_DETECTED) || attempt === ATTEMPT_COUNT) throw error;
    }
  }
}

/** Namespaces of advisory locks: two features must never take the same number for different things. */
export const ADVISORY_LOCK = { migration: 1, import: 2, platform: 3, demo: 4 } as const;

/** Holds a transaction-scoped advisory lock until the transaction ends. */
export async function advisoryLock(
  tx: EntityManager,
  namespace: keyof typeof ADVISORY_LOCK,
  key: number,
): Promise<void> {
  await tx.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK[namespace], key]);
}

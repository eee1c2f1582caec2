import { createHash } from 'node:crypto';
import { Client, type ClientConfig } from 'pg';
import type { Socket } from 'node:net';
import type { DataSource, DataSourceOptions, EntityManager } from 'typeorm';
import { QueryFailedError, QueryRunnerAlreadyReleasedError, QueryRunnerProviderAlreadyReleasedError } from 'typeorm';
import * as migrations from './migrations';
import { INTEGER_LIST_TYPES, integerListOf, withNumberLists } from './number-lists';
import { Patience } from './patience';

const CONNECT_MILLISECONDS = 5000;
const APPLICATION_NAME = 'etale';
const SESSION_OPTIONS = '-c timezone=UTC -c datestyle=ISO';
/**
 * What is asked a thousand times a second is planned once and asks for single rows by their keys: planned while a table is empty, the
 * whole of it would be read each time, however large it has become since (measured: 2.1 ms instead of 0.2 for the answers to 27 keys).
 * Planned once whatever the keys: left to choose, PostgreSQL takes the larger statements for worth planning again each time (measured
 * with a fifth of the bookings refused: a fifth of all its time, 4.6 ms for each question who holds the wanted places).
 */
const POINT_READS = '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan';

type Send = (text: unknown, values?: unknown, ...rest: unknown[]) => unknown;

/**
 * A connection whose loss is told by the statement that fails, or by the pool, and never ends the process: between two statements of
 * a transaction, and while a broken one is being closed, nobody else listens to its errors. Lists of numbers go and come as they are.
 */
class SturdyClient extends Client {
  constructor(config?: ClientConfig) {
    super(config);
    this.on('error', () => undefined);
    for (const type of INTEGER_LIST_TYPES) {
      const parse = this.getTypeParser(type, 'text') as (text: string) => unknown;
      this.setTypeParser(type, (text: string) => integerListOf(text) ?? parse(text));
    }
    const send = this.query.bind(this) as Send;
    this.query = ((text, values, ...rest) =>
      send(text, Array.isArray(values) ? withNumberLists(values) : values, ...rest)) as Send as Client['query'];
  }
}

/**
 * A connection on which statements leave before the answers to those before them are there. Those of one turn of the event loop
 * leave in one write (a write to the database costs as much as what is asked by it), and each is planned once: what such a
 * connection is asked is a small set of texts.
 */
class PipelinedClient extends SturdyClient {
  private static readonly names = new Map<string, string>();
  private isGathering = false;

  constructor(config?: ClientConfig) {
    super({ ...config, pipeline: true });
    const send = this.query.bind(this) as Send;
    this.query = ((text, values, ...rest) => {
      this.gather();
      if (typeof text !== 'string' || !Array.isArray(values)) return send(text, values, ...rest);
      return send({ name: PipelinedClient.nameOf(text), text, values: withNumberLists(values) }, ...rest);
    }) as Send as Client['query'];
  }

  private static nameOf(text: string): string {
    let name = this.names.get(text);
    if (name === undefined) {
      name = createHash('sha256').update(text).digest('hex').slice(0, 32);
      this.names.set(text, name);
    }
    return name;
  }

  private gather(): void {
    const { stream } = (this as unknown as { connection: { stream: Socket } }).connection;
    if (this.isGathering || stream.destroyed) return;
    this.isGathering = true;
    stream.cork();
    setImmediate(() => {
      this.isGathering = false;
      stream.uncork();
    });
  }
}

/** Opens one connection of which many ask at once; set up like those of a pool. */
export async function openPipelined(url: string): Promise<Client> {
  const client = new PipelinedClient({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: APPLICATION_NAME,
    options: `${SESSION_OPTIONS} ${POINT_READS}`,
  });
  await client.connect();
  return client;
}

/** Options of a connection pool; entities come with the features (autoLoadEntities). Pipelined: statements leave before the answers to those before them are there, and COPY and cursors are refused. */
export function databaseOptions(url: string, poolSize: number, isPipelined = false): DataSourceOptions {
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
    connectTimeoutMS: CONNECT_MILLISECONDS,
    applicationName: APPLICATION_NAME,
    // a bigint is a count of thousandths below 2^53 or an id: a number everywhere in the program
    parseInt8: true,
    extra: isPipelined
      ? { options: `${SESSION_OPTIONS} ${POINT_READS}`, Client: PipelinedClient }
      : { options: SESSION_OPTIONS, Client: SturdyClient },
  };
}

const SERIALIZATION_FAILURE = '40001';
const DEADLOCK_DETECTED = '40P01';
const ATTEMPT_COUNT = 5;

/** The SQLSTATE of a failed statement and the constraint that it broke. */
export function sqlFailure(error: unknown): { state: string | undefined; constraint: string | undefined } {
  const source = (error instanceof QueryFailedError ? error.driverError : error) as
    | { code?: string; constraint?: string }
    | undefined;
  return { state: source?.code, constraint: source?.constraint };
}

const CONNECTION_FAILURES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'ERR_STREAM_DESTROYED',
  '57P01',
  '57P02',
  '57P03',
  '08006',
  '08001',
  '53300',
]);

/** Whether the database did not answer, rather than refuse: the same work may succeed later. */
export function isConnectionFailure(error: unknown): boolean {
  const source: unknown = error instanceof QueryFailedError ? error.driverError : error;
  const code = (source as { code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && CONNECTION_FAILURES.has(code)) return true;
  return (
    source instanceof QueryRunnerAlreadyReleasedError ||
    source instanceof QueryRunnerProviderAlreadyReleasedError ||
    (source instanceof Error &&
      /^(Connection terminated|timeout exceeded when trying to connect|Client (was closed|has encountered))/.test(
        source.message,
      ))
  );
}

/** Whether a row with the same key was there already. */
export const isUniqueViolation = (error: unknown): boolean => sqlFailure(error).state === '23505';

/** Whether somebody held a lock for longer than the transaction was to wait. */
export const isLockHeld = (error: unknown): boolean => sqlFailure(error).state === '55P03';

/** Longer than a crowd's batches take; a publication takes longer. */
const LOCK_MILLISECONDS = 250;
/** Of a pool's connections, what those may have together who wait for platforms whose lock was not to be had. */
const MOST_PATIENT = 2;
const patienceOf = new WeakMap<DataSource, Patience>();
/** Transactions that are run again where a platform's lock was not to be had. */
const PATIENT = new WeakSet<EntityManager>();

/**
 * Runs the work in a transaction, the whole of it again after a serialization failure or a deadlock, or where somebody held a platform's
 * lock for long: who waits for one platform has no connection meanwhile, which others need.
 */
export function inTransaction<T>(database: DataSource, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  let patience = patienceOf.get(database);
  if (!patience) patienceOf.set(database, (patience = new Patience(MOST_PATIENT, isLockHeld)));
  return patience.run(() =>
    retried(() =>
      database.transaction((tx) => {
        PATIENT.add(tx);
        return work(tx);
      }),
    ),
  );
}

/** Runs a whole transaction, again where it failed to be serialized or was chosen to end a deadlock. */
export async function retried<T>(transaction: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await transaction();
    } catch (error) {
      const { state } = sqlFailure(error);
      if ((state !== SERIALIZATION_FAILURE && state !== DEADLOCK_DETECTED) || attempt === ATTEMPT_COUNT) throw error;
    }
  }
}

/** Namespaces of advisory locks: two features must never take the same number for different things. */
export const ADVISORY_LOCK = {
  migration: 1,
  import: 2,
  platform: 3,
  demo: 4,
  job: 5,
  /** What an establishment may have so many of at once. */
  establishment: 6,
  gateway: 10,
  bundle: 11,
} as const;

/** Holds a transaction-scoped advisory lock until the transaction ends. */
export async function advisoryLock(
  tx: EntityManager,
  namespace: keyof typeof ADVISORY_LOCK,
  key: number,
): Promise<void> {
  if (namespace === 'platform' && PATIENT.has(tx)) await boundedLock(tx, key, LOCK_MILLISECONDS);
  else await tx.query('select pg_advisory_xact_lock($1, $2)', [ADVISORY_LOCK[namespace], key]);
}

/** A platform's lock until the transaction ends. @throws the database's error where somebody holds it for longer: see isLockHeld */
export async function boundedLock(tx: EntityManager, platformId: number, milliseconds: number): Promise<void> {
  // from left to right: whatever else the transaction waits for is not bounded
  await tx.query(
    `select set_config('lock_timeout', $3, true), pg_advisory_xact_lock($1, $2), set_config('lock_timeout', '0', true)`,
    [ADVISORY_LOCK.platform, platformId, `${milliseconds}ms`],
  );
}

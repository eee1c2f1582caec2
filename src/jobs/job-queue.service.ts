import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { makeWorkerUtils } from 'graphile-worker';
import { Pool } from 'pg';
import { DataSource, EntityManager } from 'typeorm';
import type { Config } from '../common/config';
import { ADVISORY_LOCK, inTransaction } from '../common/database';
import { CONFIG } from '../common/database.module';
import { JobRunStore } from './job-run.store';
import { queueLogger } from './queue-logger';

/** One listens, one serves the runner, one migrates. */
const POOL_SIZE = 3;

const keyOf = (jobId: number): string => `job-run-${jobId}`;

/** Hands jobs out to whichever process is free (graphile-worker: SKIP LOCKED and LISTEN/NOTIFY, in a schema of its own). */
@Injectable()
export class JobQueue {
  private readonly logger = new Logger(JobQueue.name);
  private prepared: Promise<void> | undefined;
  private pool: Pool | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly store: JobRunStore,
  ) {}

  /** Brings the queue's own schema up to date and clears what replaced jobs left there, once per process. */
  prepare(): Promise<void> {
    this.prepared ??= this.migrate().catch((error: unknown) => {
      this.prepared = undefined;
      throw error;
    });
    return this.prepared;
  }

  /**
   * The connections of the library. Ours, because those that it opens itself crash the process when the server ends while they
   * close: the pool then has nobody left who listens to its errors.
   */
  connections(): Pool {
    if (this.pool) return this.pool;
    const note = (error: Error): void => this.logger.debug(error.message);
    this.pool = new Pool({
      connectionString: this.config.databaseUrl,
      max: POOL_SIZE,
      application_name: 'etale job queue',
    });
    this.pool.on('error', note).on('connect', (client) => client.on('error', note));
    return this.pool;
  }

  async close(): Promise<void> {
    await this.pool?.end();
  }

  private async migrate(): Promise<void> {
    const library = await makeWorkerUtils({ pgPool: this.connections(), logger: queueLogger });
    try {
      await library.migrate();
      await library.cleanup({ tasks: ['DELETE_PERMAFAILED_JOBS'] });
    } finally {
      await library.release();
    }
  }

  /**
   * Puts a job at the end of the queue, in the transaction that makes or changes it. A row that is already handed out
   * is replaced: that is how a job whose process died comes back. One attempt each, because retries are decided here
   * and in JobRunner, not by the queue's growing delays.
   */
  async add(tx: EntityManager, kind: string, jobId: number): Promise<void> {
    await tx.query('select graphile_worker.add_job($1, $2, job_key := $3, max_attempts := 1)', [
      kind,
      JSON.stringify({ jobId }),
      keyOf(jobId),
    ]);
  }

  /** What an ended job was to be followed by. */
  async addFollower(tx: EntityManager, jobId: number): Promise<void> {
    const next = await this.store.insertFollower(tx, jobId);
    if (next) await this.add(tx, next.kind, next.id);
  }

  /**
   * Queues again every job of these kinds that nobody waits for or works on: its process died, or the queue's row was
   * lost. A job between being handed out and being locked may be queued twice; the second finds the lock taken.
   */
  async bringBackLost(kinds: readonly string[]): Promise<number[]> {
    const candidates = await this.database.query<{ id: number; kind: string }[]>(
      `select r.id, r.kind from job_run r
        where r.state in ('queued', 'running') and r.kind = any($1)
          and not exists (select from graphile_worker.jobs j
                           where j.key = 'job-run-' || r.id and j.locked_at is null and j.attempts < j.max_attempts)
        order by r.id`,
      [kinds],
    );
    const broughtBack: number[] = [];
    for (const { id, kind } of candidates) {
      const isLost = await inTransaction(this.database, async (tx) => {
        const rows = await tx.query<{ is_free: boolean }[]>('select pg_try_advisory_xact_lock($1, $2) as is_free', [
          ADVISORY_LOCK.job,
          id,
        ]);
        if (rows[0]!.is_free) await this.add(tx, kind, id);
        return rows[0]!.is_free;
      });
      if (isLost) broughtBack.push(id);
    }
    return broughtBack;
  }
}

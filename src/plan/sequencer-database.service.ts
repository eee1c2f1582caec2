import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Config } from '../common/config';
import { boundedLock, databaseOptions, isLockHeld, retried } from '../common/database';
import { CONFIG } from '../common/database.module';
import { Patience } from '../common/patience';

/** A batch needs one, and so does who only asks: platforms of this replica that are busy at once share them. */
const POOL_SIZE = 6;
/** Many batches long: who waits longer for a platform's lock waits for something else than a crowd. */
const LOCK_MILLISECONDS = 100;
/** Of the connections, what platforms may have together whose lock was not to be had. */
const MOST_PATIENT = 2;

/**
 * The connections of the sequencer alone. Statements that do not wait for each other's answer leave together (pipelining), so that a
 * batch of bookings takes two round trips however many tables it touches. COPY and cursors cannot run on such a connection.
 */
@Injectable()
export class SequencerDatabase implements OnModuleInit, OnApplicationShutdown {
  readonly source: DataSource;
  private readonly patience = new Patience(MOST_PATIENT, isLockHeld);

  constructor(@Inject(CONFIG) config: Config) {
    this.source = new DataSource(databaseOptions(config.databaseUrl ?? '', POOL_SIZE, true));
  }

  async onModuleInit(): Promise<void> {
    await this.source.initialize();
  }

  /**
   * Runs the work in a transaction: `begin` and the statements that the work asks first leave together, and where the work asks for
   * the end itself (`end()`, once, after everything else was asked), so does the commit with those before it. The whole of it again
   * after a serialization failure or a deadlock.
   */
  transaction<T>(work: (tx: EntityManager, end: () => Promise<unknown>) => Promise<T>, begin = 'begin'): Promise<T> {
    return retried(async () => {
      const runner = this.source.createQueryRunner();
      try {
        await runner.connect();
        const tx = this.source.createEntityManager(runner);
        const begun = tx.query(begin);
        begun.catch(() => undefined);
        let ended: Promise<unknown> | undefined;
        const end = (): Promise<unknown> => (ended ??= tx.query('commit'));
        try {
          const result = await work(tx, end);
          await begun;
          await end();
          return result;
        } catch (error) {
          // after a statement that failed, a commit that is under way already rolls back too
          await (ended ?? tx.query('rollback')).catch(() => undefined);
          throw error;
        }
      } finally {
        await runner.release();
      }
    });
  }

  /** The platform's lock until the transaction ends. @throws the database's error where somebody holds it for long: see `patiently` */
  platformLock(tx: EntityManager, platformId: number): Promise<void> {
    return boundedLock(tx, platformId, LOCK_MILLISECONDS);
  }

  /** Runs a transaction that takes a platform's lock, the whole of it again where somebody held it for long: see Patience. */
  patiently<T>(transaction: () => Promise<T>): Promise<T> {
    return this.patience.run(transaction);
  }

  /** After `onModuleDestroy`, in which the sequencer commits what is under way. */
  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

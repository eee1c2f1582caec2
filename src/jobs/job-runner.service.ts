import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { parseCronItems, run, type Runner, type TaskList } from 'graphile-worker';
import { DataSource, type EntityManager } from 'typeorm';
import type { Config } from '../common/config';
import { inTransaction, isConnectionFailure } from '../common/database';
import { CONFIG } from '../common/database.module';
import { DomainError } from '../common/domain-error';
import type { JobContext, JobHandler, NightlyTask } from './job-handler';
import { JobCancelledError, JobInterruptedError, JobLostError } from './job.errors';
import type { Bell } from '../common/channel-feed';
import { JobFeed } from './job-feed.service';
import { takeJobLock } from './job-lock';
import { ProgressWriter } from './job-progress';
import { JobQueue } from './job-queue.service';
import type { JobFailure, JobRun } from './job-run';
import { JobRunStore } from './job-run.store';
import { queueLogger } from './queue-logger';

/** How soon a job whose process died is seen by a process that lives. */
const LOOK_INTERVAL_MILLISECONDS = 5000;
/** A job that takes its process down this often does not start again. */
const ATTEMPT_LIMIT = 5;
const DAY_MILLISECONDS = 86_400_000;

/** Works on the queue in this process, one job at a time (an allocation takes every core that it finds). */
@Injectable()
export class JobRunner implements OnModuleDestroy {
  private readonly logger = new Logger(JobRunner.name);
  private readonly handlers = new Map<string, JobHandler>();
  private readonly nightly: NightlyTask[] = [];
  private readonly interruptions = new Set<() => void>();
  private starting: Promise<void> | undefined;
  private runner: Runner | undefined;
  private look: NodeJS.Timeout | undefined;
  private isStopping = false;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly queue: JobQueue,
    private readonly store: JobRunStore,
    private readonly feed: JobFeed,
  ) {}

  /** Called by the features at start; `start` works on the kinds that are known by then. */
  register(handler: JobHandler): void {
    this.handlers.set(handler.kind, handler);
  }

  /** The same, for work that comes back by the clock. */
  registerNightly(task: NightlyTask): void {
    this.nightly.push(task);
  }

  /** Begins to work on the queue, with what dead processes left first. Ends with the application. */
  start(): Promise<void> {
    this.starting ??= this.launch().catch((error: unknown) => {
      this.starting = undefined;
      throw error;
    });
    return this.starting;
  }

  async onModuleDestroy(): Promise<void> {
    this.isStopping = true;
    clearInterval(this.look);
    await this.starting?.catch(() => undefined);
    for (const interrupt of this.interruptions) interrupt();
    // a runner that has given up cannot be stopped again
    await this.runner?.stop().catch((error: unknown) => this.logger.debug(error));
    await this.queue.close();
  }

  private async launch(): Promise<void> {
    await this.queue.prepare();
    // before the first job is handed out here: one that is handed out but not yet locked looks like a lost one
    await this.bringBackLost();
    const tasks = [...this.handlers.values()].map((handler) => [
      handler.kind,
      (payload: unknown) => this.perform(handler, (payload as { jobId: number }).jobId),
    ]);
    const nightly = this.nightly.map((task) => [task.kind, () => task.run()]);
    this.runner = await run({
      pgPool: this.queue.connections(),
      concurrency: 1,
      noHandleSignals: true,
      logger: queueLogger,
      taskList: Object.fromEntries([...tasks, ...nightly]) as TaskList,
      // a night that nobody was there for is made up for within a day
      parsedCronItems: parseCronItems(
        this.nightly.map(({ kind, schedule }) => ({
          task: kind,
          match: schedule,
          options: { backfillPeriod: DAY_MILLISECONDS },
        })),
      ),
    });
    this.runner.promise.catch((error: unknown) => this.logger.error(error)).finally(() => this.launchAgain());
    clearInterval(this.look);
    this.look = setInterval(() => {
      this.bringBackLost().catch((error: unknown) => this.logger.warn(error));
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  /** The library gives its runner up when the database stays away for long; a service comes back with its database. */
  private launchAgain(): void {
    if (this.isStopping) return;
    this.starting = undefined;
    setTimeout(() => {
      if (!this.isStopping) this.start().catch(() => this.launchAgain());
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  private async bringBackLost(): Promise<void> {
    const jobIds = await this.queue.bringBackLost([...this.handlers.keys()]);
    if (jobIds.length > 0)
      this.logger.log(`Queued again, because nobody works on it any more: job ${jobIds.join(', ')}`);
  }

  private async perform(handler: JobHandler, jobId: number): Promise<void> {
    const end = new AbortController();
    const interrupt = (): void => end.abort(new JobInterruptedError(jobId));
    const lock = await takeJobLock(this.config.databaseUrl!, jobId, interrupt);
    if (!lock) return;
    this.interruptions.add(interrupt);
    if (this.isStopping) interrupt();
    try {
      const job = await this.store.claim(jobId);
      if (job) await this.attempt(handler, job, end);
    } finally {
      this.interruptions.delete(interrupt);
      await lock.release();
    }
  }

  private async attempt(handler: JobHandler, job: JobRun, end: AbortController): Promise<void> {
    const { signal } = end;
    const look = (current: JobRun | undefined): void => {
      if (!current) end.abort(new JobInterruptedError(job.id));
      else if (current.isCancelRequested) end.abort(new JobCancelledError(job.id));
    };
    const writer = new ProgressWriter((progress) =>
      this.store.saveProgress(job, progress).then(look, (error: unknown) => this.logger.warn(error)),
    );
    const watching = this.watch(job.id, signal, look);
    try {
      look(job);
      signal.throwIfAborted();
      if (job.attemptCount > ATTEMPT_LIMIT) throw new JobLostError(job.id, ATTEMPT_LIMIT);
      await handler.run(job, this.contextOf(job, signal, writer));
    } catch (error) {
      await writer.end();
      await this.conclude(job, signal.aborted ? signal.reason : error);
    } finally {
      await writer.end();
      end.abort();
      await watching;
    }
  }

  private contextOf(job: JobRun, signal: AbortSignal, writer: ProgressWriter): JobContext {
    return {
      signal,
      onProgress: (progress) => {
        signal.throwIfAborted();
        writer.note(progress);
      },
      complete: async (tx, planId) => {
        await writer.end();
        signal.throwIfAborted();
        if (!(await this.end(tx, job, { state: 'done', ...(planId !== undefined && { planId }) })))
          throw new JobInterruptedError(job.id);
      },
    };
  }

  /** Looks at the job whenever somebody touches it, so that a cancellation reaches a job that reports nothing. */
  private async watch(jobId: number, signal: AbortSignal, look: (job: JobRun | undefined) => void): Promise<void> {
    let bell: Bell | undefined;
    try {
      bell = await this.feed.subscribe(jobId);
      while (!signal.aborted) {
        look(await this.store.find(jobId));
        await bell.next(LOOK_INTERVAL_MILLISECONDS, signal);
      }
    } catch (error) {
      // the lock's own connection tells when the database is really gone; progress is still answered with the wish to cancel
      this.logger.warn(error);
    } finally {
      if (bell) this.feed.unsubscribe(jobId, bell);
    }
  }

  /** Writes how the attempt ended; throws only where the database is away, and then the job comes back by itself. */
  private async conclude(job: JobRun, error: unknown): Promise<void> {
    // still `running` and soon without its lock: some process brings it back, and the attempt counts
    if (isConnectionFailure(error)) throw error;
    if (error instanceof JobInterruptedError) {
      await inTransaction(this.database, async (tx) => {
        const given = await this.store.giveBack(tx, job);
        if (given?.state === 'queued') await this.queue.add(tx, job.kind, job.id);
        else await this.queue.addFollower(tx, job.id);
      });
      return;
    }
    if (error instanceof JobCancelledError) {
      await inTransaction(this.database, (tx) => this.end(tx, job, { state: 'cancelled' }));
      return;
    }
    await inTransaction(this.database, (tx) =>
      this.end(tx, job, { state: 'failed', error: this.failureOf(job, error) }),
    );
  }

  /** Ends a job for good and queues what was to follow it; false where it is no longer in the hands of this attempt. */
  private async end(tx: EntityManager, job: JobRun, outcome: Parameters<JobRunStore['end']>[2]): Promise<boolean> {
    const isEnded = await this.store.end(tx, job, outcome);
    if (isEnded) await this.queue.addFollower(tx, job.id);
    return isEnded;
  }

  private failureOf(job: JobRun, error: unknown): JobFailure {
    if (error instanceof DomainError) return { code: error.code, message: error.message, facts: error.facts };
    this.logger.error(error instanceof Error ? error : String(error));
    return { code: 'internal', message: `Job ${job.id} failed unexpectedly; the reason has been logged.`, facts: {} };
  }
}

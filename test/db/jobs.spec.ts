import { Logger, type LoggerService } from '@nestjs/common';
import { Test, type TestingModule } from '@nestjs/testing';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { Bell } from '../../src/common/channel-feed';
import { loadConfig } from '../../src/common/config';
import { DatabaseModule } from '../../src/common/database.module';
import { DomainError } from '../../src/common/domain-error';
import type { JobContext, JobHandler } from '../../src/jobs/job-handler';
import type { JobRun } from '../../src/jobs/job-run';
import { JobRunner } from '../../src/jobs/job-runner.service';
import { JobService } from '../../src/jobs/job.service';
import { JobsModule } from '../../src/jobs/jobs.module';
import { makeCampaign, makeRegion } from '../plan-builder';
import { freshDatabaseUrl } from '../test-database';

const SILENT: LoggerService = { log: () => undefined, warn: () => undefined, error: () => undefined };
const KIND = 'rehearsal';
const AN_HOUR_MILLISECONDS = 3_600_000;

/** A promise that the test settles. */
function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void } {
  let open!: (value: T) => void;
  const promise = new Promise<T>((resolve) => (open = resolve));
  return { promise, open };
}

/** A job that does what the test says, and tells when it has begun. */
class Rehearsal implements JobHandler {
  readonly kind = KIND;
  runCount = 0;
  begun = gate();
  act: (job: JobRun, context: JobContext) => Promise<void> = () => Promise.resolve();

  async run(job: JobRun, context: JobContext): Promise<void> {
    this.runCount++;
    this.begun.open();
    await this.act(job, context);
  }
}

/** A process that works on the queue, as far as the database can see. */
async function startProcess(url: string, rehearsal: Rehearsal): Promise<TestingModule> {
  const config = loadConfig({ DATABASE_URL: url, LOG_LEVEL: 'silent', ETALE_POOL_SIZE: '4' });
  const module = await Test.createTestingModule({ imports: [DatabaseModule.with(config), JobsModule] })
    .setLogger(SILENT)
    .compile();
  module.get(JobRunner).register(rehearsal);
  return module.init();
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

async function ended(jobs: JobService, jobId: number): Promise<JobRun> {
  let last: JobRun | undefined;
  for await (const job of jobs.watch(jobId)) last = job;
  return last!;
}

describe('jobs', () => {
  let url: string;
  let rehearsal: Rehearsal;
  let first: TestingModule;
  let jobs: JobService;
  let database: DataSource;
  let campaignId: number;

  beforeEach(async () => {
    url = await freshDatabaseUrl();
    rehearsal = new Rehearsal();
    first = await startProcess(url, rehearsal);
    jobs = first.get(JobService);
    database = first.get<DataSource>(getDataSourceToken());
    ({ campaignId } = await makeRegion(database, { establishmentCount: 1 }));
  });
  afterEach(() => first.close());

  const request = async (): Promise<number> =>
    (await jobs.request(LOOPBACK_OPERATOR, { kind: KIND, campaignId, parameters: {} })).jobId;
  const complete = (context: JobContext): Promise<void> => database.transaction((tx) => context.complete(tx, 7));

  it('are done by whoever runs, with the progress on the way and the plan at the end', async () => {
    rehearsal.act = async (_job, context) => {
      context.onProgress({ phase: 'place', doneCount: 3, totalCount: 9, figures: { lowerBound: 5 } });
      await complete(context);
    };
    const jobId = await request();
    await first.get(JobRunner).start();
    expect(await ended(jobs, jobId)).toMatchObject({
      state: 'done',
      planId: 7,
      attemptCount: 1,
      progress: { phase: 'place', doneCount: 3, totalCount: 9, figures: { lowerBound: 5 } },
    });
  });

  it('exist once per campaign while they wait or run, whatever the number of requests at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => jobs.request(LOOPBACK_OPERATOR, { kind: KIND, campaignId, parameters: {} })),
    );
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(answers.map(({ jobId }) => jobId)).size).toBe(1);
  });

  it('say why they failed, and let the campaign be asked for again', async () => {
    rehearsal.act = () =>
      Promise.reject(new DomainError('rehearsal.refused', 'unprocessable', 'Not today.', { day: 1 }));
    await first.get(JobRunner).start();
    const jobId = await request();
    expect(await ended(jobs, jobId)).toMatchObject({
      state: 'failed',
      error: { code: 'rehearsal.refused', message: 'Not today.', facts: { day: 1 } },
    });
    rehearsal.act = (_job, context) => complete(context);
    expect(await ended(jobs, await request())).toMatchObject({ state: 'done' });
  });

  it('keep an unexpected reason for the log, out of the answer', async () => {
    const error = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    rehearsal.act = () => Promise.reject(new Error('password=hunter2'));
    await first.get(JobRunner).start();
    const job = await ended(jobs, await request());
    expect(job).toMatchObject({ state: 'failed', error: { code: 'internal' } });
    expect(JSON.stringify(job)).not.toContain('hunter2');
    expect(String(error.mock.calls[0]![0])).toContain('hunter2');
    error.mockRestore();
  });

  it('are cancelled by a notice while they run, not by the next look, even when they report nothing', async () => {
    // nobody looks again who is not told to
    const next = Reflect.get(Bell.prototype, 'next');
    const bells = jest.spyOn(Bell.prototype, 'next').mockImplementation(function (this: Bell, _milliseconds, signal) {
      return next.call(this, AN_HOUR_MILLISECONDS, signal);
    });
    rehearsal.act = (_job, { signal }) => untilAborted(signal);
    await first.get(JobRunner).start();
    const jobId = await request();
    await rehearsal.begun.promise;
    await jobs.cancel(LOOPBACK_OPERATOR, jobId);
    expect(await ended(jobs, jobId)).toMatchObject({ state: 'cancelled', planId: null });
    bells.mockRestore();
  });

  it('are cancelled at once while they wait, and then never begin', async () => {
    const jobId = await request();
    expect(await jobs.cancel(LOOPBACK_OPERATOR, jobId)).toMatchObject({ state: 'cancelled' });
    await first.get(JobRunner).start();
    rehearsal.act = (_job, context) => complete(context);
    expect(await ended(jobs, await request())).toMatchObject({ state: 'done' });
    expect(rehearsal.runCount).toBe(1);
    await expect(jobs.cancel(LOOPBACK_OPERATOR, jobId)).rejects.toMatchObject({ code: 'job.already_ended' });
  });

  it('are never cancelled into half a result: the transaction that writes it decides', async () => {
    rehearsal.act = async (job, context) => {
      await database.transaction(async (tx) => {
        await tx.query(`update campaign set name = 'half done' where id = $1`, [campaignId]);
        await jobs.cancel(LOOPBACK_OPERATOR, job.id);
        await untilAborted(context.signal).catch(() => undefined);
        await context.complete(tx, 7);
      });
    };
    await first.get(JobRunner).start();
    expect(await ended(jobs, await request())).toMatchObject({ state: 'cancelled', planId: null });
    expect(await database.query(`select from campaign where name = 'half done'`)).toEqual([]);
  });

  it('are given back by a process that shuts down, and finished by another one', async () => {
    rehearsal.act = (_job, { signal }) => untilAborted(signal);
    await first.get(JobRunner).start();
    const jobId = await request();
    await rehearsal.begun.promise;
    await first.close();

    rehearsal = new Rehearsal();
    first = await startProcess(url, rehearsal);
    database = first.get<DataSource>(getDataSourceToken());
    rehearsal.act = (_job, context) => complete(context);
    expect(await first.get(JobService).find(jobId)).toMatchObject({ state: 'queued', attemptCount: 0 });
    await first.get(JobRunner).start();
    expect(await ended(first.get(JobService), jobId)).toMatchObject({ state: 'done', attemptCount: 1 });
  });

  it('are taken over when the session of the process that held them is gone, and the old one writes nothing more', async () => {
    const outcome = gate<unknown>();
    rehearsal.act = async (_job, context) => {
      await untilAborted(context.signal).catch(() => undefined);
      outcome.open(
        await complete(context).then(
          () => 'written',
          (error: unknown) => error,
        ),
      );
      throw context.signal.reason;
    };
    await first.get(JobRunner).start();
    const jobId = await request();
    await rehearsal.begun.promise;
    rehearsal.act = (_job, context) => complete(context);
    await database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'etale job lock' and datname = current_database()`,
    );
    expect(await outcome.promise).toMatchObject({ code: 'job.interrupted' });
    expect(await ended(jobs, jobId)).toMatchObject({ state: 'done', planId: 7 });
    expect(rehearsal.runCount).toBe(2);
  });

  it('do not start again once their process was lost five times', async () => {
    const jobId = await request();
    await database.query('update job_run set attempt_count = 5 where id = $1', [jobId]);
    await first.get(JobRunner).start();
    expect(await ended(jobs, jobId)).toMatchObject({ state: 'failed', error: { code: 'job.process_lost' } });
    expect(rehearsal.runCount).toBe(0);
  });

  it('are worked on once when two processes look at the same queue', async () => {
    const other = new Rehearsal();
    const second = await startProcess(url, other);
    try {
      rehearsal.act = other.act = (_job, context) => complete(context);
      await Promise.all([first.get(JobRunner).start(), second.get(JobRunner).start()]);
      const ids = [];
      const { platformId } = await makeRegion(database, { establishmentCount: 1 });
      for (let n = 0; n < 10; n++) {
        campaignId = await makeCampaign(database, platformId);
        ids.push(await request());
      }
      for (const id of ids) expect(await ended(jobs, id)).toMatchObject({ state: 'done', attemptCount: 1 });
      expect(rehearsal.runCount + other.runCount).toBe(10);
    } finally {
      await second.close();
    }
  });
});

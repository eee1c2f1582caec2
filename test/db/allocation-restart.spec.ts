import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextLook } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { PoolClient } from 'pg';
import type { DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { AllocationService } from '../../src/allocation/allocation.service';
import { CampaignService } from '../../src/campaign/campaign.service';
import { JobService } from '../../src/jobs/job.service';
import { makeRegion } from '../plan-builder';
import { startTestApplication } from '../test-application';
import { freshDatabaseUrl } from '../test-database';

// two processes, two allocations each: some ten seconds, on a busy machine a minute
describe('an allocation whose process is killed', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let url: string;
  let folder: string;
  let campaignId: number;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    url = await freshDatabaseUrl();
    folder = mkdtempSync(join(tmpdir(), 'etale-restart-'));
    // this process only watches until it waits for the job: until then the child is the only one that works
    app = await startTestApplication({ DATABASE_URL: url });
    database = app.get<DataSource>(getDataSourceToken());
    const { platformId } = await makeRegion(database, {
      establishmentCount: 100,
      classesEach: 20,
      concurrentSessions: 100_000,
      loginsPerMinute: 20_000,
    });
    ({ id: campaignId } = await app.get(CampaignService).create(LOOPBACK_OPERATOR, {
      name: 'Semaine',
      platformId,
      startsOn: '2026-12-07',
      endsOn: '2026-12-11',
      preset: 'remote-week-secondary',
    }));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function startChild(): ChildProcess {
    const child = spawn(process.execPath, [join(__dirname, '../../dist/src/cli.js'), 'allocate', String(campaignId)], {
      env: { ...process.env, DATABASE_URL: url, ETALE_DATA_DIR: folder },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  }

  /** The job once it is in one of these phases, in the hands of the child. */
  async function reached(phases: readonly string[]): Promise<number> {
    const jobId = await requestedJob();
    for await (const { state, progress } of app.get(JobService).watch(jobId)) {
      if (phases.includes(progress.phase)) return jobId;
      if (state !== 'queued' && state !== 'running') break;
    }
    throw new Error('the job ended before it could be interrupted');
  }

  /** The id of the first job, as soon as somebody has asked for it. */
  async function requestedJob(): Promise<number> {
    const runner = database.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    try {
      await client.query('listen etale_job');
      const noticed = once(client, 'notification');
      const jobs = await database.query<{ id: number }[]>('select id from job_run');
      return jobs[0]?.id ?? Number(((await noticed) as [{ payload: string }])[0].payload);
    } finally {
      await client.query('unlisten *');
      await runner.release();
    }
  }

  /** A phase may pass between two notices of progress; a session that waits for the lock does not. */
  async function somebodyWaitsFor(table: string): Promise<void> {
    const waiting = 'select 1 from pg_locks where relation = $1::regclass and not granted';
    while ((await database.query<object[]>(waiting, [table])).length === 0) await nextLook(50);
  }

  async function kill(child: ChildProcess): Promise<void> {
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    expect(await exited).toEqual([null, 'SIGKILL']);
  }

  async function expectOnePlanFrom(jobId: number): Promise<void> {
    const { planId } = await app.get(AllocationService).wait(jobId);
    expect(await app.get(JobService).find(jobId)).toMatchObject({ state: 'done', planId, attemptCount: 2 });
    const plans = await database.query<{ id: number; window_count: number }[]>('select id, window_count from plan');
    expect(plans).toEqual([{ id: planId, window_count: expect.any(Number) as number }]);
    const windows = await database.query<object[]>(
      'select plan_id, count(*)::int as count from plan_window group by plan_id',
    );
    expect(windows).toEqual([{ plan_id: planId, count: plans[0]!.window_count }]);
    const tables = await database.query<{ relname: string }[]>(
      `select relname from pg_class where relname ~ '^plan_window_.*[0-9]+$' and relkind = 'r'`,
    );
    expect(tables).toHaveLength(1);
  }

  it('while it searches is finished by another process, with one plan', async () => {
    const child = startChild();
    const jobId = await reached(['bound', 'place', 'repair', 'polish']);
    await kill(child);
    await expectOnePlanFrom(jobId);
  });

  it('while it stores is finished by another process, with one plan and no orphan partition', async () => {
    const holder = database.createQueryRunner();
    await holder.connect();
    await holder.startTransaction();
    // the child gets no further than the middle of its transaction
    await holder.query('lock table plan_load_hour in exclusive mode');
    const child = startChild();
    await somebodyWaitsFor('plan_load_hour');
    await kill(child);
    const [{ id: jobId }] = await database.query<[{ id: number }]>('select id from job_run');
    await holder.rollbackTransaction();
    await holder.release();
    await expectOnePlanFrom(jobId);
  });
});

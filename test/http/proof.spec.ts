import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { JobQueue } from '../../src/jobs/job-queue.service';
import { JobRunner } from '../../src/jobs/job-runner.service';
import type { KeptProofPageDto, ProofDto } from '../../src/plan/proof.dto';
import { PlanService } from '../../src/plan/plan.service';
import { ProofService } from '../../src/plan/proof.service';
import { type BookableRegion, publishedRegion, standStillAt } from '../booking-region';
import { cellAt, draftOf, TESTER } from '../plan-builder';
import { asOwner, startTestApplication } from '../test-application';
import { until } from '../until';

const WINDOWS = [0, 1, 2, 3].map((classIndex) => ({
  establishment: 0,
  classIndex,
  startCell: cellAt(0, 9 + classIndex),
  headcount: 30,
}));

const NOW = '2026-12-06T12:00:00+01:00';

describe('the proof of a platform', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: BookableRegion;
  beforeAll(async () => {
    standStillAt(NOW);
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const book = async (payload: object, revision: number): Promise<void> => {
    const { statusCode } = await app.inject({
      method: 'POST',
      url: '/v1/bookings',
      payload,
      headers: { 'idempotency-key': randomUUID(), 'if-match': `"${revision}"` },
    });
    expect(statusCode).toBe(201);
  };
  const proof = async (planId = region.planId): Promise<ProofDto> =>
    (await app.inject({ url: `/v1/plans/${planId}/proof` })).json<ProofDto>();
  // as whoever has got hold of the owner's password: the application may not change what is history
  const tamper = (query: string, ...values: unknown[]): Promise<unknown> => asOwner(app, query, values);
  const kindsFound = async (): Promise<string[]> => (await proof()).windowDifferences.map(({ kind }) => kind);

  beforeEach(async () => {
    region = await publishedRegion(app, WINDOWS, { classesEach: 5 });
    const [first, second, third] = region.windowIds;
    await book({ operation: 'move', windowId: first, startsAt: '2026-12-07T14:00:00+01:00' }, 1);
    await book({ operation: 'move', windowId: first, startsAt: '2026-12-08T14:00:00+01:00' }, 2);
    await book({ operation: 'release', windowId: second }, 1);
    await book({ operation: 'swap', windowId: first, withWindowId: third, withRevision: 1 }, 3);
    await book({ operation: 'add', classId: region.classIds[0]![4], startsAt: '2026-12-09T10:00:00+01:00' }, 0);
    expect(await proof()).toMatchObject({ isProved: true, revision: 7, differenceCount: 0, windowDifferenceCount: 0 });
  });

  it('finds a cell of the ledger that somebody changed', async () => {
    await tamper(
      'update ledger_cell set login_planned = login_planned + 1, login_ceiling = login_ceiling + 1 where platform_id = $1 and cell = $2',
      region.platformId,
      cellAt(0, 12),
    );
    const { isProved, differences } = await proof();
    expect(isProved).toBe(false);
    expect(differences).toEqual([expect.objectContaining({ cell: cellAt(0, 12) })]);
    expect(differences[0]!.ledgerLogins - differences[0]!.windowLogins).toBeCloseTo(0.001);
  });

  it('finds a booked window that somebody moved: its change names another place, and the ledger has its load there', async () => {
    await tamper(
      `update plan_window set start_cell = start_cell + 6 where plan_id = $1 and window_id = $2`,
      region.planId,
      region.windowIds[0],
    );
    const found = await proof();
    expect(found.differenceCount).toBeGreaterThan(0);
    expect(found.windowDifferences).toEqual([
      { kind: 'unlike_last_change', planId: region.planId, windowId: region.windowIds[0], revision: 5 },
    ]);
  });

  it('finds a window that says it changed when it did not', async () => {
    await tamper(
      'update plan_window set revision = 4 where plan_id = $1 and window_id = $2',
      region.planId,
      region.windowIds[3],
    );
    expect(await kindsFound()).toEqual(['without_change']);
  });

  it('finds a change that was altered afterwards', async () => {
    await tamper(
      `update plan_change set after = jsonb_set(after, '{startCell}', to_jsonb((after ->> 'startCell')::int + 1))
        where platform_id = $1 and revision = 2`,
      region.platformId,
    );
    expect(await kindsFound()).toEqual(['broken_chain']);
  });

  it('finds a window that is gone, and a change that is gone', async () => {
    await tamper('delete from plan_window where plan_id = $1 and window_id = $2', region.planId, region.windowIds[3]);
    expect(await kindsFound()).toEqual(['window_count']);
    await tamper('delete from plan_change where platform_id = $1 and revision = 4', region.platformId);
    expect(await kindsFound()).toContain('revision_gap');
  });

  it('holds when a new epoch begins, and after the bookings in it, whose gaps it finds too', async () => {
    const begun = await app.inject({ method: 'POST', url: `/v1/platforms/${region.platformId}/epoch` });
    expect(begun.json()).toEqual({ epoch: 2, revision: 7 });
    expect(await proof()).toMatchObject({ isProved: true, epoch: 2, revision: 7, windowDifferences: [] });
    for (const [revision, clock] of [
      [1, '15:00'],
      [8, '16:00'],
    ] as const) {
      await book(
        { operation: 'move', windowId: region.windowIds[3], startsAt: `2026-12-07T${clock}:00+01:00` },
        revision,
      );
    }
    expect(await proof()).toMatchObject({ isProved: true, epoch: 2, revision: 9, windowDifferences: [] });
    await tamper('delete from plan_change where platform_id = $1 and revision = 8', region.platformId);
    expect(await kindsFound()).toContain('revision_gap');
  });

  it('holds over a publication that carries bookings over, and over its rollback', async () => {
    const plans = app.get(PlanService);
    const base = { epoch: 1, revision: 7 };
    const nextId = await plans.createDraft(TESTER, draftOf(region, WINDOWS, { base }));
    await plans.publish(TESTER, nextId, 'replan');
    expect(await proof(nextId)).toMatchObject({ isProved: true, revision: 8 });
    await book({ operation: 'move', windowId: region.windowIds[3], startsAt: '2026-12-10T14:00:00+01:00' }, 8);
    expect(await proof(nextId)).toMatchObject({ isProved: true, revision: 9 });
    await plans.rollback(TESTER, nextId, 'no');
    expect(await proof()).toMatchObject({ isProved: true, revision: 10 });
  });

  it('holds where a class has grown since its window was booked, and finds whoever counts it otherwise after a booking of the new plan', async () => {
    const plans = app.get(PlanService);
    const grown = WINDOWS.map((window) => ({ ...window, headcount: 33 }));
    const nextId = await plans.createDraft(TESTER, draftOf(region, grown, { base: { epoch: 1, revision: 7 } }));
    await plans.publish(TESTER, nextId, 'replan');
    expect(await proof(nextId)).toMatchObject({ isProved: true, windowDifferences: [], differenceCount: 0 });
    const [first] = region.windowIds;
    await book({ operation: 'move', windowId: first, startsAt: '2026-12-08T15:00:00+01:00' }, 8);
    expect(await proof(nextId)).toMatchObject({ isProved: true, revision: 9 });
    await tamper('update plan_window set headcount = 30 where plan_id = $1 and window_id = $2', nextId, first);
    expect((await proof(nextId)).windowDifferences).toMatchObject([{ kind: 'unlike_last_change', windowId: first }]);
  });

  it('alerts on demand too: once for each difference, by a message to the webhooks, and by the metric until it holds again', async () => {
    const webhook = {
      method: 'POST',
      url: `/v1/platforms/${region.platformId}/webhooks`,
      payload: { url: 'https://alerts.example' },
    } as const;
    expect((await app.inject(webhook)).statusCode).toBe(201);
    const kept = async (): Promise<KeptProofPageDto['items']> =>
      (await app.inject({ url: `/v1/platforms/${region.platformId}/proofs` })).json<KeptProofPageDto>().items;
    const messages = (): Promise<{ type: string; body: string }[]> =>
      database.query(
        `select d.type, d.body from webhook_delivery d join webhook w on w.id = d.webhook_id where w.platform_id = $1 order by d.made_at`,
        [region.platformId],
      );
    const [platform] = await database.query<[{ code: string }]>('select code from platform where id = $1', [
      region.platformId,
    ]);
    const metric = async (): Promise<string | undefined> =>
      new RegExp(`etale_proof_differences\\{platform="${platform.code}",of="windows"\\} (\\d+)`).exec(
        (await app.inject({ url: '/metrics' })).body,
      )?.[1];
    // what holds is nothing to keep
    expect([await kept(), await messages(), await metric()]).toEqual([[], [], undefined]);
    const say = (revision: number): Promise<unknown> =>
      tamper(
        'update plan_window set revision = $3 where plan_id = $1 and window_id = $2',
        region.planId,
        region.windowIds[3],
        revision,
      );
    await say(4);
    for (let asked = 0; asked < 2; asked++) expect((await proof()).isProved).toBe(false);
    const [found, ...others] = await kept();
    expect(found).toMatchObject({ isProved: false, isOnDemand: true, windowDifferenceCount: 1, revision: 7 });
    expect(others).toEqual([]);
    const [message, ...more] = await messages();
    expect(more).toEqual([]);
    expect(message!.type).toBe('etale.proof.difference');
    expect(JSON.parse(message!.body)).toMatchObject({
      specversion: '1.0',
      type: 'etale.proof.difference',
      source: `/v1/platforms/${region.platformId}`,
      data: {
        proofId: found!.id,
        epoch: 1,
        revision: 7,
        differenceCount: 0,
        windowDifferenceCount: 1,
        isOnDemand: true,
      },
    });
    expect(await metric()).toBe('1');
    // the night says it again
    await app.get(ProofService).proveAll();
    expect(await messages()).toHaveLength(2);
    await say(0);
    expect((await proof()).isProved).toBe(true);
    expect((await kept())[0]).toMatchObject({ isProved: true, isOnDemand: true });
    expect([await metric(), (await messages()).length]).toEqual(['0', 2]);
  });

  it('is made by the nightly job: a night that nobody was there for is made up for', async () => {
    // the clock of the job queue is the database's
    jest.useRealTimers();
    try {
      await app.get(JobQueue).prepare();
      await asOwner(
        app,
        `insert into graphile_worker._private_known_crontabs (identifier, known_since, last_execution)
         values ('ledger_proof', now() - interval '3 days', now() - interval '23:59:55')`,
      );
      await app.get(JobRunner).start();
      const nightly = async (): Promise<object[]> =>
        database.query('select revision from ledger_proof where platform_id = $1 and not is_on_demand', [
          region.platformId,
        ]);
      await until(async () => (await nightly()).length > 0);
      expect(await nightly()).toEqual([{ revision: 7 }]);
    } finally {
      standStillAt(NOW);
    }
  });

  it('is made each night and kept; a difference is an error of the log, a metric and a line of the list', async () => {
    const proofs = app.get(ProofService);
    const errors = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    try {
      await proofs.proveAll();
      expect(
        errors.mock.calls.flat().filter((text) => String(text).includes(`Platform ${region.platformId} `)),
      ).toEqual([]);
      await tamper(
        'update plan_window set revision = 4 where plan_id = $1 and window_id = $2',
        region.planId,
        region.windowIds[3],
      );
      await proofs.proveAll();
      expect(errors).toHaveBeenCalledWith(expect.stringContaining(`Platform ${region.platformId} at revision 7`));
    } finally {
      errors.mockRestore();
    }
    const list = async (query: string): Promise<KeptProofPageDto> =>
      (await app.inject({ url: `/v1/platforms/${region.platformId}/proofs${query}` })).json<KeptProofPageDto>();
    const { items, nextCursor } = await list('?limit=1');
    expect(items).toMatchObject([{ isProved: false, windowDifferenceCount: 1, differenceCount: 0, revision: 7 }]);
    expect((await list(`?limit=1&cursor=${nextCursor}`)).items).toMatchObject([{ isProved: true }]);
    const [platform] = await database.query<{ code: string }[]>('select code from platform where id = $1', [
      region.platformId,
    ]);
    const metrics = (await app.inject({ url: '/metrics' })).body;
    expect(metrics).toContain(`etale_proof_differences{platform="${platform!.code}",of="windows"} 1`);
    expect(metrics).toContain(`etale_proof_differences{platform="${platform!.code}",of="cells"} 0`);
    // it stops nothing
    await book({ operation: 'move', windowId: region.windowIds[0], startsAt: '2026-12-10T09:00:00+01:00' }, 5);
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { RegulationService } from '../../src/capacity/regulation.service';
import { LedgerService } from '../../src/plan/ledger.service';
import type { Revision } from '../../src/plan/ledger.store';
import { PlanLoadStore } from '../../src/plan/plan-load.store';
import { ProofService } from '../../src/plan/proof.service';
import { PlanService } from '../../src/plan/plan.service';
import { standStillAt } from '../booking-region';
import {
  cellAt,
  draftOf,
  ledgerDifferenceCount,
  makeCampaign,
  makeRegion,
  MONDAY_CELL,
  TESTER,
  weekOf,
  type Region,
  type WindowSpec,
} from '../plan-builder';
import { startTestApplication } from '../test-application';

describe('the ledger', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  let ledger: LedgerService;
  beforeAll(async () => {
    standStillAt('2026-12-06T12:00:00+01:00');
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
    ledger = app.get(LedgerService);
  });
  afterAll(async () => {
    await app.close();
    jest.useRealTimers();
  });

  const publish = async (
    region: Region,
    windows: readonly WindowSpec[],
    options: Parameters<typeof draftOf>[2] = {},
  ): Promise<Revision & { planId: number }> => {
    const base = await ledger.revision(region.platformId);
    const planId = await plans.createDraft(TESTER, draftOf(region, windows, { base, ...options }));
    return { planId, ...(await plans.publish(TESTER, planId, 'test')) };
  };
  const cellOf = async (region: Region, cell: number): Promise<Record<string, number> | undefined> =>
    (
      await database.query<Record<string, number>[]>('select * from ledger_cell where platform_id = $1 and cell = $2', [
        region.platformId,
        cell,
      ])
    )[0];
  const setSessions = async (region: Region, concurrentSessions: number): Promise<number[]> => {
    await database.query('update capacity_step set concurrent_sessions = $2 where platform_id = $1', [
      region.platformId,
      concurrentSessions,
    ]);
    return (await ledger.refreshLimits(region.platformId)).map(({ cell }) => cell);
  };
  const nine = (classIndex: number, headcount: number): WindowSpec => ({
    establishment: 0,
    classIndex,
    startCell: cellAt(0, 9),
    headcount,
  });
  /** The fifth cell of a window: all of its visitors are there. */
  const FULL_CELL = cellAt(0, 9, 25);

  it('holds what the published windows add up to, and no draft', async () => {
    const region = await makeRegion(database, { establishmentCount: 8 });
    await plans.createDraft(TESTER, draftOf(region, weekOf(region, 1)));
    expect(await cellOf(region, FULL_CELL)).toBeUndefined();
    await publish(region, weekOf(region, 2));
    expect((await cellOf(region, FULL_CELL))!.session_planned).toBeGreaterThan(0);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('takes headroom, background and what published plans reserve from the limit, logins five minutes at a time', async () => {
    const region = await makeRegion(database, { concurrentSessions: 1000, loginsPerMinute: 100 });
    await database.query('update platform set headroom_per_mille = 100 where id = $1', [region.platformId]);
    await database.query(
      `insert into background_load (platform_id, department_id, day_type, sessions_thousandths, logins_thousandths)
       select $1, $2, day_type, array_fill(5000::bigint, '{288}'), array_fill(3000::bigint, '{288}')
         from unnest('{school_day,wednesday,saturday,day_off}'::text[]) day_type`,
      [region.platformId, region.departmentIds[0]],
    );
    await publish(region, [nine(0, 30)], { reservedSessions: 20 });
    const otherCampaign = await makeCampaign(database, region.platformId);
    await publish(region, [nine(1, 30)], { reservedSessions: 7, campaignId: otherCampaign });
    expect(await cellOf(region, FULL_CELL)).toMatchObject({
      session_limit: 1_000_000 - 100_000 - 5_000 - 20_000 - 7_000,
      session_planned: 42_000,
      session_ceiling: 868_000,
      login_limit: 500_000 - 50_000 - 3_000,
    });
  });

  it('changes by the difference when a plan gives way to another, and a rollback puts it back', async () => {
    const region = await makeRegion(database, { establishmentCount: 8 });
    const first = await publish(region, weekOf(region, 1));
    const before = await database.query<object[]>('select * from ledger_cell where platform_id = $1 order by cell', [
      region.platformId,
    ]);
    const second = await publish(region, weekOf(region, 2));
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
    const back = await plans.rollback(TESTER, second.planId, 'the second was wrong');
    expect(
      await database.query('select * from ledger_cell where platform_id = $1 order by cell', [region.platformId]),
    ).toEqual(before);
    expect(back).toEqual({ epoch: 1, revision: 3 });
    const states = await database.query<object[]>('select id, state from plan where campaign_id = $1 order by id', [
      region.campaignId,
    ]);
    expect(states).toEqual([
      { id: first.planId, state: 'published' },
      { id: second.planId, state: 'superseded' },
    ]);
    expect(
      await database.query(
        'select revision, kind, plan_id as plan, superseded_plan_id as superseded, reason, changed_by as by from plan_change where platform_id = $1 order by revision',
        [region.platformId],
      ),
    ).toEqual([
      { revision: 1, kind: 'publication', plan: first.planId, superseded: null, reason: 'test', by: TESTER.subject },
      {
        revision: 2,
        kind: 'publication',
        plan: second.planId,
        superseded: first.planId,
        reason: 'test',
        by: TESTER.subject,
      },
      {
        revision: 3,
        kind: 'rollback',
        plan: first.planId,
        superseded: second.planId,
        reason: 'the second was wrong',
        by: TESTER.subject,
      },
    ]);
  });

  it('has nothing to roll back for the first publication, a draft, or a superseded plan', async () => {
    const region = await makeRegion(database);
    const first = await publish(region, [nine(0, 10)]);
    await expect(plans.rollback(TESTER, first.planId, 'no')).rejects.toMatchObject({
      code: 'plan.nothing_to_roll_back',
    });
    await publish(region, [nine(0, 11)]);
    await expect(plans.rollback(TESTER, first.planId, 'no')).rejects.toMatchObject({ code: 'plan.not_published' });
  });

  it('refuses a publication that other plans leave no room for, names the cells, and changes nothing', async () => {
    const region = await makeRegion(database, { concurrentSessions: 30 });
    await publish(region, [nine(0, 30)]);
    const campaignId = await makeCampaign(database, region.platformId);
    const draftId = await plans.createDraft(
      TESTER,
      draftOf(region, [nine(1, 20)], { campaignId, base: await ledger.revision(region.platformId) }),
    );
    const before = await database.query<object[]>('select * from ledger_cell order by platform_id, cell');
    await expect(plans.publish(TESTER, draftId, 'too much')).rejects.toMatchObject({
      code: 'plan.over_capacity',
      kind: 'conflict',
      facts: {
        cellCount: 4,
        cells: [
          { cell: cellAt(0, 9, 10), at: '2026-12-07T08:10:00Z', sessions: 31.5, sessionLimit: 30 },
          { sessions: 33.25 },
          { sessions: 35 },
          { sessions: 35 },
        ],
      },
    });
    expect(await database.query('select * from ledger_cell order by platform_id, cell')).toEqual(before);
    expect(await ledger.revision(region.platformId)).toEqual({ epoch: 1, revision: 1 });
    expect((await plans.find(TESTER, draftId)).state).toBe('draft');
  });

  it('is guarded by the table itself: no statement can raise a cell over its ceiling', async () => {
    const region = await makeRegion(database, { concurrentSessions: 30 });
    await publish(region, [nine(0, 30)]);
    for (const limit of ['session', 'login']) {
      const raise = database.query(
        `update ledger_cell set ${limit}_planned = ${limit}_ceiling + 1 where platform_id = $1 and cell = $2`,
        [region.platformId, FULL_CELL],
      );
      await expect(raise).rejects.toThrow(`ledger_cell_${limit}s_check`);
    }
  });

  it('accepts a capacity below what is planned, flags the cells, and lets nothing make them worse', async () => {
    const region = await makeRegion(database, { concurrentSessions: 100 });
    const published = await publish(region, [nine(0, 100)]);
    expect(await setSessions(region, 66)).toEqual([15, 20, 25].map((minute) => cellAt(0, 9, minute)));
    expect(await cellOf(region, FULL_CELL)).toMatchObject({
      session_limit: 66_000,
      session_planned: 70_000,
      session_ceiling: 70_000,
    });
    // another campaign adds a single visitor to a cell over its limit
    const campaignId = await makeCampaign(database, region.platformId);
    await expect(publish(region, [nine(1, 2)], { campaignId })).rejects.toMatchObject({ code: 'plan.over_capacity' });
    // the same campaign may go down, even where it stays over the limit: then the ceiling goes down with it
    await publish(region, [nine(0, 96)]);
    expect(await cellOf(region, FULL_CELL)).toMatchObject({ session_planned: 67_200, session_ceiling: 67_200 });
    await expect(publish(region, [nine(0, 97)])).rejects.toMatchObject({ code: 'plan.over_capacity' });
    await publish(region, [nine(0, 80)]);
    expect(await cellOf(region, FULL_CELL)).toMatchObject({ session_planned: 56_000, session_ceiling: 66_000 });
    expect(await setSessions(region, 100)).toEqual([]);
    expect(await cellOf(region, FULL_CELL)).toMatchObject({ session_limit: 100_000, session_ceiling: 100_000 });
    expect((await plans.find(TESTER, published.planId)).state).toBe('superseded');
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(0);
  });

  it('follows a regulation in the transaction that makes it, and its end', async () => {
    const region = await makeRegion(database, { concurrentSessions: 100 });
    const { planId } = await publish(region, [nine(0, 100)]);
    const regulations = app.get(RegulationService);
    const regulation = {
      startsAt: new Date('2026-12-07T08:00:00Z'),
      endsAt: new Date('2026-12-07T09:00:00Z'),
      sessionsPerMille: 500,
      loginsPerMille: 1000,
      reason: 'a node is down',
    };
    const versionBefore = (await plans.find(TESTER, planId)).curveVersion;
    const { id } = await regulations.add(TESTER, region.platformId, regulation);
    expect(await cellOf(region, FULL_CELL)).toMatchObject({ session_limit: 50_000, session_ceiling: 70_000 });
    expect(await cellOf(region, cellAt(0, 10))).toMatchObject({ session_limit: 100_000 });
    const curve = await app.get(PlanLoadStore).curve(planId);
    expect(curve.capacitySessions[FULL_CELL - MONDAY_CELL]).toBe(50_000);
    expect((await plans.find(TESTER, planId)).curveVersion).toBeGreaterThan(versionBefore);
    expect((await app.get(ProofService).prove(TESTER, planId)).overfull.length).toBeGreaterThan(0);
    await regulations.delete(TESTER, region.platformId, id);
    expect(await cellOf(region, FULL_CELL)).toMatchObject({ session_limit: 100_000, session_ceiling: 100_000 });
    expect((await app.get(ProofService).prove(TESTER, planId)).overfull).toEqual([]);
  });

  it('refuses a draft when its campaign was published again since, not when another campaign was', async () => {
    const region = await makeRegion(database);
    const campaignId = await makeCampaign(database, region.platformId);
    const late = await plans.createDraft(TESTER, draftOf(region, [nine(0, 10)]));
    const other = await plans.createDraft(TESTER, draftOf(region, [nine(1, 10)], { campaignId }));
    await publish(region, [nine(0, 12)]);
    await expect(plans.publish(TESTER, late, 'late')).rejects.toMatchObject({
      code: 'plan.stale_base',
      facts: { baseRevision: 0, publishedRevision: 1 },
    });
    await expect(plans.publish(TESTER, other, 'of another campaign')).resolves.toEqual({ epoch: 1, revision: 2 });
    await expect(plans.publish(TESTER, other, 'twice')).rejects.toMatchObject({ code: 'plan.not_a_draft' });
  });

  it('tells each published plan what the others take, and renews its certificate and curve version', async () => {
    const region = await makeRegion(database, { concurrentSessions: 1000 });
    const first = await publish(region, [nine(0, 30)], { reservedSessions: 20 });
    const campaignId = await makeCampaign(database, region.platformId);
    const others = await ledger.otherPlans(region.platformId, campaignId, MONDAY_CELL, 288);
    expect(others.sessions[FULL_CELL - MONDAY_CELL]).toBe(21_000 + 20_000);
    expect(others.sessions[0]).toBe(20_000);
    const versionBefore = (await plans.find(TESTER, first.planId)).curveVersion;
    const second = await publish(region, [nine(1, 10)], { campaignId, reservedSessions: 5 });
    const index = FULL_CELL - MONDAY_CELL;
    const curve = async (planId: number): Promise<number[]> => {
      const { capacitySessions, otherSessions, plannedSessions } = await app
        .get(PlanLoadStore)
        .curve(planId, undefined);
      return [capacitySessions[index]!, plannedSessions[index]!, otherSessions[index]!];
    };
    expect(await curve(first.planId)).toEqual([1_000_000, 21_000, 7_000 + 5_000]);
    expect(await curve(second.planId)).toEqual([1_000_000, 7_000, 21_000 + 20_000]);
    expect((await plans.find(TESTER, first.planId)).curveVersion).toBeGreaterThan(versionBefore);
    expect(await plans.certificate(TESTER, second.planId)).toMatchObject({
      epoch: 1,
      revision: 2,
      sessions: { limit: 1000 - 5 - 41, planned: 7, capacity: 1000 },
    });
  });

  it('is proved against the windows, and a difference is found', async () => {
    const region = await makeRegion(database, { establishmentCount: 6 });
    const { planId } = await publish(region, weekOf(region, 7));
    const campaignId = await makeCampaign(database, region.platformId);
    const other = await publish(region, weekOf(region, 8), { campaignId });
    expect(await app.get(ProofService).prove(TESTER, planId)).toMatchObject({
      revision: 2,
      planIds: [planId, other.planId],
      differences: [],
      overfull: [],
    });
    await database.query(
      'update ledger_cell set session_planned = session_planned + 1 where platform_id = $1 and cell = $2',
      [region.platformId, FULL_CELL],
    );
    const { differences } = await app.get(ProofService).prove(TESTER, planId);
    expect(differences).toHaveLength(1);
    expect(differences[0]!.ledgerSessions - differences[0]!.windowSessions).toBe(1);
    expect(await ledgerDifferenceCount(database, region.platformId)).toBe(1);
  });
});

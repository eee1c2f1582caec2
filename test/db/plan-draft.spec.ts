import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { windowLoad } from '../../src/kernel/load/profile';
import { PlanLoadStore } from '../../src/plan/plan-load.store';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, makeCampaign, makeRegion, PROFILE, TESTER, weekOf } from '../plan-builder';
import { startTestApplication } from '../test-application';

describe('a draft', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let plans: PlanService;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    plans = app.get(PlanService);
  });
  afterAll(() => app.close());

  it('is stored with every column of every window', async () => {
    const region = await makeRegion(database);
    const windows = [
      {
        establishment: 0,
        classIndex: 1,
        startCell: cellAt(1, 9),
        ordinal: 1,
        wishCell: cellAt(1, 8),
        headcount: 28,
        series: 7,
        activity: 1,
        teacherKeyId: 5,
      },
      { establishment: 1, classIndex: -1, startCell: cellAt(0, 18), audience: 2, headcount: 40 },
    ];
    const planId = await plans.createDraft(TESTER, draftOf(region, windows));
    const rows = await database.query<Record<string, unknown>[]>(
      `select establishment_id, class_id, audience, activity, origin, cell_count, ordinal, profile_id, local_date::text,
              start_cell, wish_cell, headcount, teacher_key_id, series_id = window_id as leads, revision
         from plan_window where plan_id = $1 order by window_id`,
      [planId],
    );
    expect(rows).toEqual([
      {
        establishment_id: region.establishmentIds[0],
        class_id: region.classIds[0]![1],
        audience: 0,
        activity: 1,
        origin: 0,
        cell_count: 6,
        ordinal: 1,
        profile_id: 3,
        local_date: '2026-12-08',
        start_cell: cellAt(1, 9),
        wish_cell: cellAt(1, 8),
        headcount: 28,
        teacher_key_id: 5,
        leads: true,
        revision: 0,
      },
      {
        establishment_id: region.establishmentIds[1],
        class_id: null,
        audience: 2,
        activity: 0,
        origin: 0,
        cell_count: 6,
        ordinal: 0,
        profile_id: 3,
        local_date: '2026-12-07',
        start_cell: cellAt(0, 18),
        wish_cell: null,
        headcount: 40,
        teacher_key_id: null,
        leads: null,
        revision: 0,
      },
    ]);
  });

  it('has, in each department and cell, the load that its windows add up to', async () => {
    const region = await makeRegion(database, { establishmentCount: 6 });
    const windows = weekOf(region, 11);
    const planId = await plans.createDraft(TESTER, draftOf(region, windows));
    const expected = new Map<string, { sessions: number; logins: number }>();
    for (const { establishment, startCell } of windows) {
      PROFILE.sessionsPerMille.forEach((sessionsPerMille, k) => {
        const key = `${region.departmentIds[establishment % 2]} ${startCell - 1 + k}`;
        const cell = expected.get(key) ?? { sessions: 0, logins: 0 };
        cell.sessions += windowLoad(25 * PROFILE.participationPerMille, sessionsPerMille);
        cell.logins += windowLoad(25 * PROFILE.participationPerMille, PROFILE.loginsPerMille[k]!);
        expected.set(key, cell);
      });
    }
    const rows = await database.query<{ department_id: number; cell: number; sessions: number; logins: number }[]>(
      'select department_id, cell, sessions, logins from plan_load where plan_id = $1',
      [planId],
    );
    expect(rows.length).toBeGreaterThan(100);
    const stored = new Map(
      rows.map((r) => [`${r.department_id} ${r.cell}`, { sessions: r.sessions, logins: r.logins }]),
    );
    expect(stored).toEqual(expected);
  });

  it('keeps the cells that it was computed against', async () => {
    const region = await makeRegion(database);
    const draft = draftOf(region, weekOf(region, 1), { reservedSessions: 7 });
    draft.cells.otherLogins[3] = 1234;
    const planId = await plans.createDraft(TESTER, draft);
    const curve = await app.get(PlanLoadStore).curve(planId, undefined);
    expect(curve).toMatchObject(draft.cells);
  });

  it('takes over the ids of the same windows from the latest plan, and draws new ones for new windows', async () => {
    const region = await makeRegion(database);
    const windows = weekOf(region, 5).map((window, i) => ({ ...window, series: i % 9 }));
    const first = await plans.createDraft(TESTER, draftOf(region, windows));
    const moved = windows.map((window) => ({ ...window, startCell: window.startCell + 3 }));
    const added = { establishment: 0, classIndex: 0, startCell: cellAt(2, 20), ordinal: 1 };
    const second = await plans.createDraft(TESTER, draftOf(region, [added, ...moved.slice(4).reverse()]));
    const identities = (planId: number): Promise<{ id: number; key: string; series: number }[]> =>
      database.query(
        `select window_id as id, concat_ws('/', establishment_id, class_id, audience, local_date, ordinal) as key, series_id as series
           from plan_window where plan_id = $1`,
        [planId],
      );
    const before = new Map((await identities(first)).map(({ key, id }) => [key, id]));
    const after = await identities(second);
    expect(after).toHaveLength(windows.length - 3);
    const inherited = after.filter(({ key, id }) => before.get(key) === id);
    expect(inherited).toHaveLength(windows.length - 4);
    const [fresh] = after.filter(({ key }) => !before.has(key));
    expect([...before.values()]).not.toContain(fresh!.id);
  });

  it('calls a series after its earliest window, so that it keeps its name from draft to draft', async () => {
    const region = await makeRegion(database);
    const hours = [2, 0, 4, 1].map((day) => ({
      establishment: 0,
      classIndex: 0,
      startCell: cellAt(day, 9),
      series: 3,
    }));
    const series = async (planId: number): Promise<unknown> =>
      database.query('select distinct series_id as id from plan_window where plan_id = $1', [planId]);
    const first = await plans.createDraft(TESTER, draftOf(region, hours));
    const second = await plans.createDraft(
      TESTER,
      draftOf(
        region,
        hours.map((window) => ({ ...window, startCell: window.startCell + 12, series: 88 })),
      ),
    );
    const [earliest] = await database.query<{ id: number }[]>(
      'select window_id as id from plan_window where plan_id = $1 order by start_cell limit 1',
      [first],
    );
    expect(await series(first)).toEqual([{ id: earliest!.id }]);
    expect(await series(second)).toEqual([{ id: earliest!.id }]);
  });

  it('gives windows of one identity different ids', async () => {
    const region = await makeRegion(database);
    const twice = [cellAt(0, 8), cellAt(0, 10)].map((startCell) => ({ establishment: 0, classIndex: 0, startCell }));
    await plans.createDraft(TESTER, draftOf(region, twice));
    const planId = await plans.createDraft(TESTER, draftOf(region, twice));
    expect(
      await database.query('select count(distinct window_id) from plan_window where plan_id = $1', [planId]),
    ).toEqual([{ count: 2 }]);
  });

  it('may have no window at all', async () => {
    const region = await makeRegion(database);
    const planId = await plans.createDraft(TESTER, draftOf(region, []));
    expect(await plans.certificate(TESTER, planId)).toMatchObject({ windowCount: 0, peakUtilisationRatio: 0 });
  });

  it('reports how many windows are stored and when it is checked', async () => {
    const region = await makeRegion(database);
    const heard: string[] = [];
    const windows = weekOf(region, 3);
    await plans.createDraft(TESTER, draftOf(region, windows), ({ phase, doneCount, totalCount }) =>
      heard.push(`${phase} ${doneCount}/${totalCount}`),
    );
    expect(heard).toEqual([`store ${windows.length}/${windows.length}`, 'check 0/2', 'check 1/2', 'check 2/2']);
  });

  it('is deleted with its windows; what is not a draft stays', async () => {
    const region = await makeRegion(database);
    const planId = await plans.createDraft(TESTER, draftOf(region, weekOf(region, 4)));
    await plans.deleteDraft(TESTER, planId);
    expect(await database.query(`select to_regclass('plan_window_${planId}') as name`)).toEqual([{ name: null }]);
    for (const table of ['plan_load', 'plan_cell', 'plan_window']) {
      expect(await database.query(`select count(*) from ${table} where plan_id = $1`, [planId])).toEqual([
        { count: 0 },
      ]);
    }
    await expect(plans.deleteDraft(TESTER, planId)).rejects.toMatchObject({ code: 'plan.not_found' });
    const published = await plans.createDraft(TESTER, draftOf(region, weekOf(region, 4)));
    await plans.publish(TESTER, published, 'first');
    await expect(plans.deleteDraft(TESTER, published)).rejects.toMatchObject({ code: 'plan.not_a_draft' });
  });

  it('is certified from its stored rows', async () => {
    const region = await makeRegion(database);
    const campaignId = await makeCampaign(database, region.platformId);
    const draft = draftOf(
      region,
      [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), wishCell: cellAt(0, 9), headcount: 20 },
        { establishment: 0, classIndex: 1, startCell: cellAt(0, 9), wishCell: cellAt(0, 8), headcount: 20 },
        { establishment: 0, classIndex: -1, startCell: cellAt(1, 9), headcount: 20 },
      ],
      { campaignId, capacitySessions: 100, capacityLogins: 200, reservedSessions: 20, seed: 42 },
    );
    draft.unplaced.push({
      establishmentId: region.establishmentIds[1]!,
      classId: null,
      audience: 'staff',
      localDay: 20_000,
      ordinal: 0,
      reason: 'logins_full',
      neededSessions: 0,
      neededLogins: 1500,
    });
    const planId = await plans.createDraft(TESTER, draft);
    expect(await plans.certificate(TESTER, planId)).toEqual({
      windowCount: 3,
      unplacedCount: 1,
      unplacedByReason: { logins_full: 1 },
      violationCount: 0,
      violationCounts: { session_limit: 0 },
      sessions: {
        peakCell: cellAt(0, 9, 20),
        peakAt: '2026-12-07T08:20:00Z',
        planned: 28,
        limit: 80,
        limitRatio: 0.35,
        capacity: 100,
        capacityRatio: 0.48,
        meanLimitRatio: expect.any(Number) as number,
      },
      logins: {
        peakCell: cellAt(0, 9),
        peakAt: '2026-12-07T08:00:00Z',
        planned: 14,
        limit: 200,
        limitRatio: 0.07,
        capacity: 200,
        capacityRatio: 0.07,
        meanLimitRatio: expect.any(Number) as number,
      },
      peakUtilisationRatio: 0.35,
      peakLowerBoundRatio: 0.5,
      displacement: { wishedCount: 2, atWishRatio: 0.5, meanMinutes: 30, worstMinutes: 60, capMinutes: 60 },
      objective: 144,
      lowerBound: 0,
      gapRatio: null,
      jointLowerBound: 0,
      jointGapRatio: null,
      dayGapRatios: [],
      isBoundProved: true,
      baselinePeakRatios: draft.evidence.baselinePeakRatios,
      saving: { fr: expect.stringContaining('35 %') as string, en: expect.stringContaining('35%') as string },
      seed: 42,
      computedAt: expect.any(String) as string,
      epoch: 1,
      revision: 0,
    });
  });
});

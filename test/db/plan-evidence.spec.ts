import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { CELL_MINUTES } from '../../src/kernel/cell-grid';
import { FAIRNESS_DIMENSIONS } from '../../src/plan/plan-evidence';
import type { FairnessDto } from '../../src/plan/plan-evidence.dto';
import { PlanEvidenceService } from '../../src/plan/plan-evidence.service';
import { PlanPriceStore } from '../../src/plan/plan-price.store';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, makeRegion, MONDAY_CELL, type Region, TESTER, weekOf } from '../plan-builder';
import { startTestApplication } from '../test-application';

describe('the evidence of a plan', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let region: Region;

  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
    region = await makeRegion(database);
  });
  afterAll(() => app.close());

  const store = (...parameters: Parameters<typeof draftOf>) =>
    app.get(PlanService).createDraft(TESTER, draftOf(...parameters));
  const groupsOf = async (planId: number): Promise<FairnessDto['groups']> =>
    (await app.get(PlanEvidenceService).fairness(TESTER, planId)).groups;

  it('keeps prices as they are, up to the largest whole number', async () => {
    const cellCount = 5 * 288;
    const column = (value: number) => new Float64Array(cellCount).fill(value);
    const prices = {
      firstCell: MONDAY_CELL,
      peakSessions: column(0),
      peakLogins: column(2 ** 24),
      objectiveSessions: column(Number.MAX_SAFE_INTEGER),
      objectiveLogins: column(1),
      localLaw: Uint8Array.of(0, 1, 2),
      localOwnerId: Int32Array.of(7, 8, 2_147_483_647),
      localCell: Int32Array.of(MONDAY_CELL, MONDAY_CELL + 1, MONDAY_CELL + 2),
      localPrice: Float64Array.of(1024, 1, 2 ** 40),
    };
    const planId = await store(region, [], { prices });
    expect(await app.get(PlanPriceStore).find(planId)).toEqual(prices);
  });

  it('counts bad hours at their edges', async () => {
    // windows of 30 minutes
    const starts: [hour: number, minute: number, isBad: boolean][] = [
      [8, 25, true],
      [8, 30, false],
      [11, 55, false],
      [12, 0, true],
      [13, 25, true],
      [13, 30, false],
      [17, 0, false],
      [17, 5, true],
    ];
    const windows = starts.map(([hour, minute], k) => ({
      establishment: k % 4,
      classIndex: Math.floor(k / 4),
      startCell: cellAt(0, hour, minute),
    }));
    const [all] = await groupsOf(await store(region, windows));
    expect(all).toMatchObject({
      windowCount: 8,
      wishedCount: 0,
      atWishRatio: null,
      meanMinutes: null,
      worstMinutes: null,
      badHourRatio: 0.5,
    });
  });

  it('counts windows on another day than was wished as such, and not in minutes', async () => {
    const windows = [
      { establishment: 0, classIndex: 0, startCell: cellAt(1, 9), wishCell: cellAt(0, 9) },
      { establishment: 0, classIndex: 1, startCell: cellAt(1, 7, 30), wishCell: cellAt(0, 21) },
      { establishment: 0, classIndex: 2, startCell: cellAt(0, 20, 30), wishCell: cellAt(0, 8) },
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 9, 30), wishCell: cellAt(0, 9) },
    ];
    const [all] = await groupsOf(await store(region, windows));
    expect(all).toMatchObject({
      windowCount: 4,
      wishedCount: 2,
      otherDayCount: 2,
      meanMinutes: 390,
      worstMinutes: 750,
      atWishRatio: 0,
    });
  });

  it('has the distribution of displacement that the windows have, whole and by department, and leaves relatives out', async () => {
    const windows = weekOf(region, 5);
    const groups = await groupsOf(await store(region, windows));
    const expected = (chosen: typeof windows) => {
      const minutes = chosen
        .map(({ startCell, wishCell }) => Math.abs(startCell - wishCell!) * CELL_MINUTES)
        .sort((a, b) => a - b);
      const at = (share: number) => minutes[Math.ceil(share * minutes.length) - 1];
      return {
        windowCount: minutes.length,
        wishedCount: minutes.length,
        meanMinutes: Math.round((minutes.reduce((sum, m) => sum + m, 0) / minutes.length) * 100) / 100,
        medianMinutes: at(0.5),
        p90Minutes: at(0.9),
        p95Minutes: at(0.95),
        worstMinutes: minutes.at(-1),
        atWishRatio: Math.round((minutes.filter((m) => m === 0).length / minutes.length) * 1e4) / 1e4,
      };
    };
    const ofClasses = windows.filter(({ classIndex }) => classIndex >= 0);
    expect(groups[0]).toMatchObject({ dimension: 'all', value: 'all', ...expected(ofClasses) });
    const codes = await database.query<{ id: number; code: string }[]>('select id, code from territory');
    for (const [k, departmentId] of region.departmentIds.entries()) {
      const { code } = codes.find(({ id }) => id === departmentId)!;
      expect(groups.find(({ dimension, value }) => dimension === 'department' && value === code)).toMatchObject(
        expected(ofClasses.filter(({ establishment }) => establishment % 2 === k)),
      );
    }
    for (const dimension of FAIRNESS_DIMENSIONS) {
      const counts = groups.filter((group) => group.dimension === dimension).map(({ windowCount }) => windowCount);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(ofClasses.length);
    }
  });

  it('adds departments up to their academy and region, and knows those that have no academy between', async () => {
    const own = await makeRegion(database, { establishmentCount: 4, classesEach: 1 });
    const [first, second] = own.departmentIds;
    const [above] = await database.query<{ academyId: number; academy: string; regionId: number; region: string }[]>(
      `select a.id as "academyId", a.code as academy, r.id as "regionId", r.code as region from territory d
         join territory a on a.id = d.parent_id join territory r on r.id = a.parent_id where d.id = $1`,
      [first],
    );
    await database.query('update territory set parent_id = $2 where id = $1', [second, above!.regionId]);
    const windows = [0, 1, 2, 3].map((establishment) => ({ establishment, classIndex: 0, startCell: cellAt(0, 9) }));
    const groups = await groupsOf(await store(own, windows));
    const countsOf = (wanted: string) =>
      groups.filter(({ dimension }) => dimension === wanted).map(({ value, windowCount }) => [value, windowCount]);
    expect(countsOf('department').map(([, count]) => count)).toEqual([2, 2]);
    expect(countsOf('academy')).toEqual([[above!.academy, 2]]);
    expect(countsOf('region')).toEqual([[above!.region, 4]]);
  });

  it('counts a class of several levels as its oldest, and says which schools are in priority education', async () => {
    const own = await makeRegion(database, { establishmentCount: 2, classesEach: 1 });
    await database.query(`update establishment set priority_education = 'rep_plus' where id = $1`, [
      own.establishmentIds[0],
    ]);
    await database.query(`update class set levels = '{5E,4E}' where id = $1`, [own.classIds[0]![0]]);
    const windows = [0, 1].map((establishment) => ({ establishment, classIndex: 0, startCell: cellAt(0, 9) }));
    const groups = await groupsOf(await store(own, windows));
    const valuesOf = (wanted: string) =>
      groups.filter(({ dimension }) => dimension === wanted).map(({ value }) => value);
    expect(valuesOf('level')).toEqual(['6E', '4E']);
    expect(valuesOf('priority_education')).toEqual(['none', 'rep_plus']);
  });

  it('goes away with its draft', async () => {
    const planId = await store(region, weekOf(region, 6));
    await app.get(PlanService).deleteDraft(TESTER, planId);
    const [left] = await database.query<{ count: number }[]>(
      `select (select count(*) from plan_price where plan_id = $1) + (select count(*) from plan_fairness where plan_id = $1) as count`,
      [planId],
    );
    expect(Number(left!.count)).toBe(0);
  });

  describe('of an incomplete plan', () => {
    it('says by how much the priced cells would have to grow, and who is left out and why', async () => {
      const draft = draftOf(region, [], { capacitySessions: 100, capacityLogins: 40 });
      draft.evidence.peakLowerBoundRatio = 1.25;
      const narrower = {
        cause: 'capacity' as const,
        leastCapacityRatio: 0.95,
        leftOutCount: null,
        leftOutBefore: null,
        isEnough: true,
        lossRatio: 0.25,
        uais: [],
      };
      const stretch = {
        startCell: MONDAY_CELL,
        cellCount: 2,
        startsAt: '2026-12-06T23:00:00Z',
        endsAt: '2026-12-06T23:10:00Z',
      };
      draft.evidence.missingCapacity = {
        stretches: [{ ...stretch, extraSessions: 3, extraLogins: 0 }],
        parts: [],
        beyondCapacityCount: 1,
      };
      draft.evidence.relaxations = [{ kind: 'shorter_windows', amount: 750, ...narrower }];
      draft.prices.peakLogins[3] = 5;
      const missed = {
        establishmentId: region.establishmentIds[0]!,
        classId: region.classIds[0]![0]!,
        audience: 'pupils' as const,
        localDay: 20_000,
        ordinal: 0,
      };
      draft.unplaced = [
        { ...missed, reason: 'logins_full', neededSessions: 0, neededLogins: 9000 },
        { ...missed, ordinal: 1, reason: 'logins_full', neededSessions: 1000, neededLogins: 7500 },
        { ...missed, classId: null, audience: 'relatives', reason: 'no_candidate', neededSessions: 0, neededLogins: 0 },
      ];
      const planId = await app.get(PlanService).createDraft(TESTER, draft);
      expect(await app.get(PlanEvidenceService).shortfall(TESTER, planId)).toEqual({
        planId,
        isComplete: false,
        unplacedCount: 3,
        leastCapacityRatio: 1.25,
        isProvenImpossible: true,
        cells: [
          {
            cell: MONDAY_CELL + 3,
            at: '2026-12-06T23:15:00Z',
            sessionLimit: 100,
            extraSessions: 0,
            loginLimit: 40,
            extraLogins: 10,
          },
        ],
        omittedCellCount: 0,
        missingCapacity: draft.evidence.missingCapacity,
        relaxations: [{ kind: 'shorter_windows', amount: 750, ...narrower }],
        reasons: [
          { reason: 'logins_full', windowCount: 2, classCount: 1, neededSessions: 1, neededLogins: 9 },
          { reason: 'no_candidate', windowCount: 1, classCount: 0, neededSessions: 0, neededLogins: 0 },
        ],
      });
      const certificate = await app.get(PlanService).certificate(TESTER, planId);
      expect([certificate.gapRatio, certificate.jointGapRatio]).toEqual([null, null]);
    });

    it('proves nothing where the capacity would do, and names no cell', async () => {
      const planId = await store(region, []);
      expect(await app.get(PlanEvidenceService).shortfall(TESTER, planId)).toMatchObject({
        isComplete: true,
        isProvenImpossible: false,
        leastCapacityRatio: 0.5,
        cells: [],
        missingCapacity: null,
        reasons: [],
      });
    });
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import type { PlanDraft } from '../../src/plan/plan-draft';
import { PlanService } from '../../src/plan/plan.service';
import { cellAt, draftOf, makeRegion, MONDAY_CELL, TESTER, weekOf, type Region } from '../plan-builder';
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

  const refusal = (draft: PlanDraft): Promise<{ code: string; facts: Record<string, unknown> }> =>
    plans.createDraft(TESTER, draft).then(
      () => Promise.reject(new Error('the draft was accepted')),
      (error: { code: string; facts: Record<string, unknown> }) => error,
    );
  const storedCount = async (region: Region): Promise<number> => {
    const [row] = await database.query<{ count: number }[]>('select count(*) from plan where campaign_id = $1', [
      region.campaignId,
    ]);
    return row!.count;
  };

  it.each([
    ['sessions', { capacitySessions: 27 }],
    ['logins', { capacityLogins: 9.7 }],
    ['sessions, less what is reserved', { capacitySessions: 40, reservedSessions: 13 }],
  ])(
    'is refused when its stored windows go over the limit in %s',
    async (_limit, capacity: { capacitySessions?: number; capacityLogins?: number; reservedSessions?: number }) => {
      const region = await makeRegion(database);
      const windows = [0, 1].map((classIndex) => ({
        establishment: 0,
        classIndex,
        startCell: cellAt(0, 9) + classIndex,
        headcount: 20,
      }));
      // 14 visitors each: 28 sessions at most, 14 x (0.5 + 0.2) = 9.8 logins in the fullest cell
      const error = await refusal(draftOf(region, windows, capacity));
      expect(error.code).toBe('plan.over_limit');
      expect(await storedCount(region)).toBe(0);
      const exact = { capacitySessions: 28 + (capacity.reservedSessions ?? 0), capacityLogins: 9.8 };
      await expect(
        plans.createDraft(TESTER, draftOf(region, windows, { ...capacity, ...exact })),
      ).resolves.toBeGreaterThan(0);
    },
  );

  it('is refused with a class in two windows at once, and accepted when one ends as the other starts', async () => {
    const region = await makeRegion(database);
    const pair = (apartCells: number): PlanDraft =>
      draftOf(region, [
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9), ordinal: 0 },
        { establishment: 0, classIndex: 0, startCell: cellAt(0, 9) + apartCells, ordinal: 1 },
      ]);
    expect((await refusal(pair(5))).code).toBe('plan.class_twice');
    await expect(plans.createDraft(TESTER, pair(6))).resolves.toBeGreaterThan(0);
  });

  it('is refused with a teacher in two live windows at once; open windows may share the teacher', async () => {
    const region = await makeRegion(database);
    const pair = (activity: number): PlanDraft =>
      draftOf(
        region,
        [0, 1].map((classIndex) => ({
          establishment: 0,
          classIndex,
          startCell: cellAt(0, 9) + classIndex,
          activity,
          teacherKeyId: 4,
        })),
      );
    expect((await refusal(pair(1))).code).toBe('plan.teacher_twice');
    await expect(plans.createDraft(TESTER, pair(0))).resolves.toBeGreaterThan(0);
  });

  it('is refused with a group and a class that it draws from at once', async () => {
    const region = await makeRegion(database);
    const [division, group] = region.classIds[0]!;
    await database.query(`update class set kind = 'group' where id = $1`, [group]);
    await database.query('insert into class_group_source values ($1, $2)', [group, division]);
    const draft = draftOf(
      region,
      [0, 1].map((classIndex) => ({ establishment: 0, classIndex, startCell: cellAt(0, 9) + classIndex })),
    );
    expect((await refusal(draft)).code).toBe('plan.group_twice');
  });

  it('is refused with two groups of one class at once, unless they are parallel options', async () => {
    const region = await makeRegion(database);
    const [division, first, second] = region.classIds[0]!;
    const draft = draftOf(
      region,
      [1, 2].map((classIndex) => ({ establishment: 0, classIndex, startCell: cellAt(0, 9) })),
    );
    await database.query(`update class set kind = 'group' where id = any($1)`, [[first, second]]);
    await database.query('insert into class_group_source values ($1, $3), ($2, $3)', [first, second, division]);
    expect((await refusal(draft)).code).toBe('plan.group_twice');
    await database.query(`update class set option_set = 'LV2' where id = any($1)`, [[first, second]]);
    await expect(plans.createDraft(TESTER, draft)).resolves.toBeGreaterThan(0);
  });

  it('is refused when its load leaves the cells that it was computed for', async () => {
    const region = await makeRegion(database);
    const error = await refusal(draftOf(region, [{ establishment: 0, classIndex: 0, startCell: MONDAY_CELL }]));
    expect(error).toMatchObject({ code: 'plan.window_outside', facts: { cell: MONDAY_CELL - 1 } });
  });

  it('is refused with violations, columns of different lengths, unknown profiles, and another platform', async () => {
    const region = await makeRegion(database);
    const other = await makeRegion(database);
    const draft = (): PlanDraft => draftOf(region, weekOf(region, 2));
    const withViolation = draft();
    withViolation.evidence.violationCounts = { session_limit: 0, gap: 2 };
    expect((await refusal(withViolation)).code).toBe('plan.violations');
    const short = draft();
    short.columns.headcount = short.columns.headcount.slice(1);
    expect((await refusal(short)).code).toBe('plan.columns_invalid');
    const unknownProfile = draft();
    unknownProfile.columns.profileId[2] = 9;
    expect((await refusal(unknownProfile)).code).toBe('plan.columns_invalid');
    expect((await refusal({ ...draft(), platformId: other.platformId })).code).toBe('plan.other_platform');
    expect((await refusal({ ...draft(), campaignId: 2_000_000_000 })).code).toBe('campaign.not_found');
    expect(await storedCount(region)).toBe(0);
  });

  it('leaves nothing behind when what happens alongside fails', async () => {
    const region = await makeRegion(database);
    let planId = 0;
    const failure = new Error('the job was cancelled');
    const attempt = plans.createDraft(TESTER, draftOf(region, weekOf(region, 3)), undefined, (_tx, id) => {
      planId = id;
      return Promise.reject(failure);
    });
    await expect(attempt).rejects.toBe(failure);
    expect(await storedCount(region)).toBe(0);
    expect(await database.query(`select to_regclass('plan_window_${planId}') as name`)).toEqual([{ name: null }]);
  });
});

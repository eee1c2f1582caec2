import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { CampaignService } from '../../src/campaign/campaign.service';
import { civilOfCell } from '../../src/common/civil-time';
import { unheard } from '../../src/common/progress';
import { allocate } from '../../src/kernel/allocation/allocate';
import { checkPlan } from '../../src/kernel/allocation/check-plan';
import { curveByVisitors, profileByVisitors } from '../../src/kernel/load/check-curve';
import { baselinesOf } from '../../src/load/baselines-of';
import { planDraftOf } from '../../src/load/plan-draft-of';
import { ProblemAssembler } from '../../src/load/problem-assembler.service';
import { PlanService } from '../../src/plan/plan.service';
import { windowRows } from '../assembled-windows';
import { TestAssembler, OPEN } from './test-assembler';

describe('the problem of a campaign', () => {
  let assembler: TestAssembler;
  beforeAll(async () => {
    assembler = await TestAssembler.start();
  });
  afterAll(() => assembler.stop());

  it('reads the limit of simultaneous windows of each establishment, none where none is set', async () => {
    const region = await assembler.newRegion();
    for (const simultaneousWindowLimit of [3, null])
      await region.class(await region.establishment({ simultaneousWindowLimit }));
    const { problem } = await assembler.assemble(await assembler.campaign(region, { endsOn: '2026-11-02' }));
    expect([...problem.establishmentSiteLimit]).toEqual([3, 0]);
    expect([...new Set(problem.demandSiteUnits)]).toEqual([1]);
  });

  it('knows which classes share pupils, and gives a group windows only where it wishes some', async () => {
    const region = await assembler.newRegion();
    const establishment = await region.establishment();
    const a = await region.class(establishment);
    const b = await region.class(establishment);
    const german = await region.class(establishment, { from: [a, b], optionSet: 'LV2' });
    const spanish = await region.class(establishment, { from: [a, b], optionSet: 'LV2' });
    const physics = await region.class(establishment, { from: [a], headcount: 12 });
    const id = await assembler.campaign(region, { endsOn: '2026-11-03' });
    await assembler.wish([{ campaignId: id, classId: german, startMinute: 600 }]);
    const assembled = await assembler.assemble(id);
    const { classConflictOffset: offset, classConflict } = assembled.problem;
    const order = [a, b, german, spanish, physics];
    const conflicts = order.map((_, c) => [...classConflict.subarray(offset[c], offset[c + 1])].map((k) => order[k]));
    expect(conflicts).toEqual([
      [german, spanish, physics],
      [german, spanish],
      [a, b, physics],
      [a, b, physics],
      [a, german, spanish],
    ]);
    const groups = windowRows(assembled).filter(({ classId }) => ![a, b].includes(classId));
    expect(groups.map(({ classId }) => classId)).toEqual([german]);
  });

  it('gives relatives and staff windows of the establishment, apart from those of its neighbours', async () => {
    const region = await assembler.newRegion();
    const near = await region.establishment({ latitude: 50.6, longitude: 3 });
    const next = await region.establishment({ latitude: 50.61, longitude: 3, kind: 'primaire' });
    const nowhere = await region.establishment({ latitude: null, longitude: null });
    for (const place of [near, nowhere]) await region.class(place, { headcount: 100 });
    await region.class(next, { headcount: 100, levels: ['CP'] });
    const hours = [{ weekdays: [1, 3], from: '17:00', to: '19:00' }];
    const own = { activity: 'open' as const, windowMinutes: 30, windowsPerDay: 1, hours };
    const id = await assembler.campaign(region, {
      rules: [
        { audience: 'relatives', ...own },
        { audience: 'staff', ...own },
      ],
    });
    const assembled = await assembler.assemble(id);
    const { problem, identity } = assembled;
    // Monday for all; on Wednesday, a half day, those of the second degree
    expect(problem.demandCount).toBe(2 * 5);
    expect([...identity.audience.slice(0, 4)]).toEqual([1, 1, 2, 2]);
    expect([...identity.headcount]).toEqual([100, 100, 9, 9, 100, 7, 100, 100, 9, 9]);
    expect(problem.demandClass.every((index) => index === -1)).toBe(true);
    expect([...problem.neighbourOffset]).toEqual([0, 1, 2, 2]);
    expect([...problem.neighbour]).toEqual([1, 0]);
    expect(problem.neighbourSpacingCells).toBe(3);
  });

  it('lets pupils without accounts come as their parents, and leaves out who does not take part', async () => {
    const region = await assembler.newRegion();
    const school = await region.establishment({ kind: 'primaire' });
    const elsewhere = await region.establishment({ department: 'Réunion', kind: 'primaire' });
    await region.class(school, { levels: ['MS', 'GS'], headcount: 20 });
    await region.class(school, { levels: ['GS', 'CP'], headcount: 30 });
    await region.class(school, { levels: ['CM2'], headcount: 40 });
    await region.class(elsewhere, { levels: ['CP'] });
    const id = await assembler.campaign(region, {
      endsOn: '2026-11-02',
      territoryIds: [region.departmentIds['Lille']!],
      levels: ['MS', 'GS', 'CP'],
      rules: [OPEN],
    });
    const { identity, profiles } = await assembler.assemble(id);
    expect([...identity.headcount]).toEqual([20, 20, 30, 30]);
    expect(profiles.map(({ levelGroup }) => levelGroup)).toEqual(['pre_elementary', 'elementary']);
    expect(await assembler.app.get(CampaignService).concerned(LOOPBACK_OPERATOR, id)).toMatchObject({
      classCount: 2,
      pupilCount: 50,
    });
  });

  it('has limits that are capacity less headroom, background, reserve and other plans, and never below none', async () => {
    const region = await assembler.newRegion();
    const establishment = await region.establishment();
    await region.class(establishment, { headcount: 30 });
    const id = await assembler.campaign(region, {
      endsOn: '2026-11-02',
      catchUp: { from: '18:30', to: '21:00', missedPerMille: 200 },
    });
    const { problem, cells } = await assembler.assemble(id);
    for (let k = 0; k < problem.cellCount; k++) {
      for (const [limit, parts] of [
        [
          problem.sessionLimit,
          ['capacitySessions', 'headroomSessions', 'backgroundSessions', 'reservedSessions', 'otherSessions'],
        ],
        [problem.loginLimit, ['capacityLogins', 'headroomLogins', 'backgroundLogins', 'reservedLogins', 'otherLogins']],
      ] as const) {
        const [capacity, ...taken] = parts.map((name) => cells[name][k]!);
        expect(limit[k]).toBe(
          Math.max(
            0,
            taken.reduce((left, part) => left - part, capacity!),
          ),
        );
      }
    }
    // 30 pupils at 650 per mille in live windows, a fifth of whom come back once, whatever the number of windows
    const { loadModel } = await assembler.app.get(CampaignService).find(LOOPBACK_OPERATOR, id);
    const behaviour = loadModel.behaviours.find(
      (one) => one.audience === 'pupils' && one.levelGroup === 'college' && one.activity === 'open',
    )!;
    const evening = problem.originCell + 1 + 18.5 * 12;
    const late = curveByVisitors(problem.originCell, problem.cellCount, [
      { startCell: evening, windowCells: 30, headcount: 3900, parameters: { ...behaviour, participationPerMille: 1 } },
    ]);
    expect(cells.reservedSessions).toEqual(late.sessions);
    expect(cells.reservedLogins).toEqual(late.logins);
  });

  it('has profiles that are those of the definition', async () => {
    const region = await assembler.newRegion();
    await region.class(await region.establishment());
    const id = await assembler.campaign(region, { preset: 'remote-week-everybody', rules: undefined });
    const { profiles, problem } = await assembler.assemble(id);
    const { loadModel } = await assembler.app.get(CampaignService).find(LOOPBACK_OPERATOR, id);
    expect(profiles.map(({ audience }) => audience)).toEqual(['pupils', 'relatives', 'staff']);
    for (const profile of profiles) {
      const behaviour = loadModel.behaviours.find(
        (one) =>
          one.audience === profile.audience &&
          one.levelGroup === profile.levelGroup &&
          one.activity === profile.activity,
      )!;
      const expected = profileByVisitors(behaviour, profile.windowCells);
      expect(profile.sessionsPerMille).toEqual([...expected.sessionsPerMille]);
      expect(profile.loginsPerMille).toEqual([...expected.loginsPerMille]);
      expect(profile.participationPerMille).toBe(behaviour.participationPerMille);
      expect(profile.loginsPerMille.reduce((sum, share) => sum + share, 0)).toBe(1000);
    }
    expect(problem.demandScale[0]).toBe(25 * profiles[0]!.participationPerMille);
  });

  it('becomes a plan in which every fixed window stands and no window lies in a closed time, in the tightest region', async () => {
    // a capacity that holds a few classes at a time: everybody else must move, what is fixed must not
    const region = await assembler.newRegion(60, 16);
    const schools: { establishmentId: number; classIds: number[] }[] = [];
    for (let k = 0; k < 4; k++) {
      const establishmentId = await region.establishment({ latitude: 50 + k, longitude: 3 });
      const classIds: number[] = [];
      for (let c = 0; c < 3; c++) classIds.push(await region.class(establishmentId));
      schools.push({ establishmentId, classIds });
    }
    const id = await assembler.campaign(region, { endsOn: '2026-11-13', rules: [OPEN], keepsSameHours: true });
    const [exam, closed] = schools as [(typeof schools)[0], (typeof schools)[0]];
    await assembler.wish([
      {
        campaignId: id,
        classId: null,
        establishmentId: exam.establishmentId,
        audience: 'pupils',
        weekday: 2,
        startMinute: 600,
        kind: 'fixed',
      },
      { campaignId: id, classId: exam.classIds[0]!, on: '2026-11-12', startMinute: 840, kind: 'fixed' },
      {
        campaignId: id,
        classId: null,
        establishmentId: closed.establishmentId,
        audience: 'pupils',
        weekday: 1,
        startMinute: 480,
        endMinute: 720,
        kind: 'closed',
      },
      {
        campaignId: id,
        classId: closed.classIds[1]!,
        on: '2026-11-10',
        startMinute: 780,
        endMinute: 1080,
        kind: 'closed',
      },
    ]);
    const assembled = await assembler.assemble(id);
    const allocation = allocate(assembled.problem, { seed: 3 });
    expect(checkPlan(assembled.problem, allocation.starts).violationCount).toBe(0);
    const placed = windowRows(assembled).map((row) => ({
      ...row,
      minute: civilOfCell(allocation.starts[row.demand]! + row.shift, 'Europe/Paris').minuteOfDay,
      isPlaced: allocation.starts[row.demand]! >= 0,
    }));
    const at = (classId: number, on: string) =>
      placed.filter((row) => row.classId === classId && row.on === on && row.isPlaced).map(({ minute }) => minute);
    for (const on of ['2026-11-03', '2026-11-10']) {
      for (const classId of exam.classIds) expect(at(classId, on)).toContain(600);
    }
    expect(at(exam.classIds[0]!, '2026-11-12')).toContain(840);
    for (const on of ['2026-11-02', '2026-11-09']) {
      for (const classId of closed.classIds) expect(at(classId, on).filter((minute) => minute < 720)).toEqual([]);
    }
    expect(at(closed.classIds[1]!, '2026-11-10').filter((minute) => minute >= 780)).toEqual([]);
    expect(placed.filter(({ isPlaced }) => isPlaced).length).toBeGreaterThan(100);
    // it had to move others: the region is as tight as it was meant to be
    expect(new Set(placed.map(({ minute }) => minute)).size).toBeGreaterThan(10);
  });

  it('becomes a plan that keeps every law and counts in the limits of other campaigns', async () => {
    const region = await assembler.newRegion();
    for (let k = 0; k < 2; k++) {
      const establishment = await region.establishment({ latitude: 50 + k / 10, longitude: 3 });
      const teacher = await region.teacher(establishment);
      for (let c = 0; c < 3; c++) await region.class(establishment, { teachers: [teacher] });
    }
    const id = await assembler.campaign(region, {
      preset: 'remote-week-everybody',
      rules: undefined,
      keepsSameHours: true,
      endsOn: '2026-11-13',
    });
    const assembled = await assembler.assemble(id);
    const allocation = allocate(assembled.problem, { seed: 1 });
    const check = checkPlan(assembled.problem, allocation.starts);
    expect(check.violationCount).toBe(0);
    const proof = { ...allocation, beyondCapCount: 0, baselines: baselinesOf(assembled, 1) };
    const draft = planDraftOf(assembled, allocation, check, proof, 1);
    expect(draft.columns.windowCount + draft.unplaced.length).toBe(windowRows(assembled).length);
    const plans = assembler.app.get(PlanService);
    const planId = await plans.createDraft(LOOPBACK_OPERATOR, draft, unheard);
    await plans.publish(LOOPBACK_OPERATOR, planId, 'test');

    const again = await assembler.assemble(id);
    expect(again.baseRevision).toBe(assembled.baseRevision + 1);
    expect(again.problem.sessionLimit).toEqual(assembled.problem.sessionLimit);
    const beside = await assembler.assemble(await assembler.campaign(region, { endsOn: '2026-11-13' }));
    const planned = sumOf(beside.cells.otherLogins) - sumOf(assembled.cells.reservedLogins);
    expect(planned).toBe(sumOf(check.loginLoad));
  });

  it('is refused where nobody takes part or no day is open', async () => {
    const region = await assembler.newRegion();
    const empty = await assembler.campaign(region, {});
    await expect(assembler.assemble(empty)).rejects.toMatchObject({
      code: 'load.nobody_concerned',
      kind: 'unprocessable',
    });
    await region.class(await region.establishment({ holidayZone: 'B' }));
    const holidays = await assembler.campaign(region, { startsOn: '2026-12-21', endsOn: '2026-12-31' });
    await expect(assembler.assemble(holidays)).rejects.toMatchObject({ code: 'load.no_window' });
    await expect(assembler.assemble(999_999)).rejects.toMatchObject({ code: 'campaign.not_found' });
  });

  it('ends when progress says so', async () => {
    const region = await assembler.newRegion();
    await region.class(await region.establishment());
    const id = await assembler.campaign(region, {});
    const stop = new Error('stop');
    const assembling = assembler.app.get(ProblemAssembler).assemble(id, () => {
      throw stop;
    });
    await expect(assembling).rejects.toBe(stop);
    expect((await assembler.assemble(id)).problem.demandCount).toBe(9);
  });
});

const sumOf = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);

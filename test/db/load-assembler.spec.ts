import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../../src/access/actor';
import { CalendarService } from '../../src/calendar/calendar.service';
import type { CreateCampaignDto } from '../../src/campaign/campaign.dto';
import { CampaignService } from '../../src/campaign/campaign.service';
import { WishStore, type WishRow } from '../../src/wish/wish.store';
import { civilOfCell, minuteOfClock, weekdayOf } from '../../src/common/civil-time';
import { unheard } from '../../src/common/progress';
import { allocate } from '../../src/kernel/allocation/allocate';
import { checkPlan } from '../../src/kernel/allocation/check-plan';
import { curveByVisitors, profileByVisitors } from '../../src/kernel/load/check-curve';
import { baselinesOf } from '../../src/load/baselines-of';
import { planDraftOf } from '../../src/load/plan-draft-of';
import { ProblemAssembler } from '../../src/load/problem-assembler.service';
import { PlanService } from '../../src/plan/plan.service';
import { SmallRegion } from '../small-region';
import { candidatesOf, openHalvesOf, windowRows, windowsOf } from '../assembled-windows';
import { startTestApplication } from '../test-application';

type Rules = NonNullable<CreateCampaignDto['rules']>;
const LIVE: Rules[number] = {
  audience: 'pupils',
  activity: 'live',
  windowMinutes: 60,
  windowsPerDay: 2,
  windowsPerHalfDay: 1,
  minimumGapMinutes: 30,
  hours: [
    { weekdays: [1, 2, 3, 4, 5, 6], from: '08:00', to: '12:30' },
    { weekdays: [1, 2, 3, 4, 5, 6], from: '13:30', to: '18:00' },
  ],
};
const OPEN: Rules[number] = { ...LIVE, activity: 'open', windowMinutes: 30 };

describe('the problem of a campaign', () => {
  let app: NestFastifyApplication;
  let database: DataSource;
  let regionCount = 0;
  beforeAll(async () => {
    app = await startTestApplication();
    database = app.get<DataSource>(getDataSourceToken());
  });
  afterAll(() => app.close());

  const newRegion = () => SmallRegion.make(database, `test-${++regionCount}`);
  const campaign = async (region: SmallRegion, fields: Partial<CreateCampaignDto>) =>
    (
      await app.get(CampaignService).create(LOOPBACK_OPERATOR, {
        name: 'test',
        platformId: region.platformId,
        startsOn: '2026-11-02',
        endsOn: '2026-11-06',
        rules: [LIVE],
        catchUp: null,
        ...fields,
      })
    ).id;
  const assemble = (campaignId: number) => app.get(ProblemAssembler).assemble(campaignId, unheard);
  const wish = async (rows: (Partial<WishRow> & Pick<WishRow, 'campaignId' | 'classId' | 'startMinute'>)[]) =>
    database.transaction((tx) =>
      app.get(WishStore).copyWishes(
        tx,
        rows.map((row) => ({
          kind: 'wished' as const,
          weekday: row.on ? null : 1,
          on: null,
          endMinute: null,
          teacherKeyId: null,
          reason: row.kind === 'fixed' ? 'test' : null,
          origin: 'timetable' as const,
          ...row,
        })),
      ),
    );

  it('has two live windows a day and one on Wednesday, at the first lessons', async () => {
    const region = await newRegion();
    const classId = await region.class(await region.establishment());
    const windows = windowsOf(await assemble(await campaign(region, {})), 'Europe/Paris');
    expect(windows.map(({ on }) => on)).toEqual([
      '2026-11-02',
      '2026-11-02',
      '2026-11-03',
      '2026-11-03',
      '2026-11-04',
      '2026-11-05',
      '2026-11-05',
      '2026-11-06',
      '2026-11-06',
    ]);
    expect(windows.slice(0, 2).map(({ wish, ordinal }) => [ordinal, wish])).toEqual([
      [0, '08:00'],
      [1, '13:30'],
    ]);
    expect(windows.every((window) => window.classId === classId)).toBe(true);
    const wednesday = windows[4]!;
    expect([wednesday.starts[0], wednesday.starts.at(-1)]).toEqual(['08:00', '11:30']);
  });

  it('reads the limit of simultaneous windows of each establishment, none where none is set', async () => {
    const region = await newRegion();
    for (const simultaneousWindowLimit of [3, null])
      await region.class(await region.establishment({ simultaneousWindowLimit }));
    const { problem } = await assemble(await campaign(region, { endsOn: '2026-11-02' }));
    expect([...problem.establishmentSiteLimit]).toEqual([3, 0]);
    expect([...new Set(problem.demandSiteUnits)]).toEqual([1]);
  });

  it('keeps the local hours of each establishment, wherever it is', async () => {
    const region = await newRegion();
    for (const department of ['Lille', 'Réunion', 'Guadeloupe'] as const) {
      await region.class(await region.establishment({ department }));
    }
    const assembled = await assemble(await campaign(region, {}));
    const rows = windowRows(assembled);
    const classIds = [...new Set(rows.map(({ classId }) => classId))];
    const [lille, reunion, guadeloupe] = ['Europe/Paris', 'Indian/Reunion', 'America/Guadeloupe'].map((zone, k) => {
      const own = rows.filter(({ classId }) => classId === classIds[k]);
      const windows = windowsOf(assembled, zone, own);
      expect(windows.map(({ wish: wished }) => wished)).toEqual([
        '08:00',
        '13:30',
        '08:00',
        '13:30',
        '08:00',
        '08:00',
        '13:30',
        '08:00',
        '13:30',
      ]);
      expect(new Set(windows.map(({ starts }) => starts[0]))).toEqual(new Set(['08:00']));
      return candidatesOf(assembled, own[0]!.demand)[0]!;
    });
    expect(lille! - reunion!).toBe(3 * 12);
    expect(guadeloupe! - lille!).toBe(5 * 12);
  });

  it('gives a class that keeps its hours one series per weekday and lesson, across the change of the clock', async () => {
    const region = await newRegion();
    await region.class(await region.establishment({ kind: 'lycee_gt' }), { levels: ['2GT'] });
    // Sunday 25 October 2026: back to winter time
    const id = await campaign(region, { startsOn: '2026-10-12', endsOn: '2026-10-30', keepsSameHours: true });
    const assembled = await assemble(id);
    const { problem } = assembled;
    expect(problem.demandCount).toBe(9);
    const shifts = [...problem.occurrenceShift.subarray(problem.occurrenceOffset[0], problem.occurrenceOffset[1])];
    expect(shifts).toEqual([0, 7 * 288, 14 * 288 + 12]);
    for (const window of windowsOf(assembled, 'Europe/Paris')) expect(window.starts[0]).toMatch(/^(08:00|13:30)$/);
    expect(assembled.identity.isSeries.every((flag) => flag === 1)).toBe(true);
  });

  it('drops the dates of a holiday from a series, and lets a date with a wish of its own leave it', async () => {
    const region = await newRegion();
    const classId = await region.class(await region.establishment({ holidayZone: 'B' }));
    // autumn holidays until 2 November; Wednesday 11 November is a public holiday
    const id = await campaign(region, { startsOn: '2026-10-12', endsOn: '2026-11-13', keepsSameHours: true });
    await wish([{ campaignId: id, classId, on: '2026-11-09', startMinute: 600 }]);
    const windows = windowsOf(await assemble(id), 'Europe/Paris');
    const mondays = windows.filter(({ on }) => weekdayOf(on) === 1);
    expect(mondays.map(({ on, isSeries, wish: wished }) => [on, isSeries, wished])).toEqual([
      ['2026-10-12', true, '08:00'],
      ['2026-11-02', true, '08:00'],
      ['2026-10-12', true, '13:30'],
      ['2026-11-02', true, '13:30'],
      ['2026-11-09', false, '10:00'],
      ['2026-11-09', false, '13:30'],
    ]);
    expect(windows.filter(({ on }) => weekdayOf(on) === 3).map(({ on }) => on)).toEqual(['2026-10-14', '2026-11-04']);
    expect(windows.some(({ on }) => on > '2026-10-17' && on < '2026-11-02')).toBe(false);
  });

  it('follows wishes, closed times and fixed windows, and binds the teacher of live windows', async () => {
    const region = await newRegion();
    const establishment = await region.establishment();
    const [sole, other] = [await region.teacher(establishment), await region.teacher(establishment)];
    const classId = await region.class(establishment, { teachers: [sole] });
    const shared = await region.class(establishment, { teachers: [sole, other] });
    const id = await campaign(region, { endsOn: '2026-11-02' });
    await wish([
      { campaignId: id, classId, startMinute: 840, teacherKeyId: other },
      { campaignId: id, classId, startMinute: 600, kind: 'fixed' },
      { campaignId: id, classId: shared, startMinute: 480, endMinute: 660, kind: 'closed' },
    ]);
    const assembled = await assemble(id);
    const windows = windowsOf(assembled, 'Europe/Paris');
    expect(windows.map((window) => [window.classId, window.wish, window.origin, window.teacherKeyId])).toEqual([
      [classId, '10:00', 1, sole],
      [classId, '14:00', 0, other],
      // its first lesson is closed, and nobody asked for it: it counts from the nearest start that can be had
      [shared, '11:00', 0, -1],
      [shared, '13:30', 0, -1],
    ]);
    expect(windows[0]!.starts).toEqual(['10:00']);
    expect(windows[2]!.starts[0]).toBe('11:00');
    expect([...assembled.problem.demandTeacher]).toEqual([0, 1, -1, -1]);
    expect(assembled.problem.teacherCount).toBe(2);
  });

  it('tells a wish that the hours or a closed time refuse as it was wished, and offers the starts that can be had', async () => {
    const region = await newRegion();
    const establishment = await region.establishment();
    const [early, closed] = [await region.class(establishment), await region.class(establishment)];
    const id = await campaign(region, { endsOn: '2026-11-02' });
    await wish([
      { campaignId: id, classId: early, startMinute: 420 },
      { campaignId: id, classId: closed, startMinute: 540 },
      { campaignId: id, classId: closed, startMinute: 480, endMinute: 660, kind: 'closed' },
    ]);
    const windows = windowsOf(await assemble(id), 'Europe/Paris').filter(({ ordinal }) => ordinal === 0);
    expect(windows.map((window) => [window.classId, window.wish, window.starts[0]])).toEqual([
      [early, '07:00', '08:00'],
      [closed, '09:00', '11:00'],
    ]);
  });

  it('follows what is asked for a whole establishment: own fixed and wished starts go first, closed times add up', async () => {
    const region = await newRegion();
    const establishmentId = await region.establishment();
    const [alone, own] = [await region.class(establishmentId), await region.class(establishmentId)];
    const group = await region.class(establishmentId, { from: [alone] });
    const id = await campaign(region, { endsOn: '2026-11-02', preset: 'remote-week-everybody', rules: undefined });
    const whole = { campaignId: id, classId: null, establishmentId, audience: 'pupils' as const };
    await wish([
      { ...whole, startMinute: 540, kind: 'fixed' },
      { ...whole, startMinute: 900 },
      { ...whole, startMinute: 720, endMinute: 840, kind: 'closed' },
      { ...whole, startMinute: 1080, audience: 'relatives' },
      { campaignId: id, classId: own, startMinute: 600, kind: 'fixed' },
      { campaignId: id, classId: own, startMinute: 840, endMinute: 900, kind: 'closed' },
      { campaignId: id, classId: group, startMinute: 780 },
    ]);
    const windows = windowsOf(await assemble(id), 'Europe/Paris');
    const of = (classId: number) => windows.filter((window) => window.classId === classId);
    expect(of(alone).map(({ wish: wished, origin, starts }) => [wished, origin, starts[0]])).toEqual([
      ['09:00', 1, '09:00'],
      ['15:00', 0, '08:00'],
    ]);
    expect(of(own).map(({ wish: wished, starts }) => [wished, starts.length])).toEqual([
      ['10:00', 1],
      ['15:00', of(own)[1]!.starts.length],
    ]);
    const closedFor = (starts: string[], from: string, to: string) =>
      starts.filter((start) => start > from && start < to);
    expect(closedFor(of(alone)[1]!.starts, '11:15', '14:00')).toEqual([]);
    expect(closedFor(of(own)[1]!.starts, '11:15', '15:00')).toEqual([]);
    // the group has its own wish alone, told as it is though the hour is closed with its establishment
    expect(of(group).map(({ wish: wished, starts }) => [wished, starts.includes('13:00')])).toEqual([['13:00', false]]);
    // its relatives wish an hour, its staff do not
    expect(of(-1).map(({ wish: wished }) => wished)).toEqual(['18:00', null]);
  });

  it('lets a date go before its weekday, in a series that keeps the rest', async () => {
    const region = await newRegion();
    const establishmentId = await region.establishment();
    await region.class(establishmentId);
    const id = await campaign(region, { endsOn: '2026-11-20', keepsSameHours: true });
    const whole = { campaignId: id, classId: null, establishmentId, audience: 'pupils' as const };
    await wish([
      { ...whole, startMinute: 540, kind: 'fixed' },
      { ...whole, weekday: null, on: '2026-11-09', startMinute: 480, endMinute: 720, kind: 'closed' },
      { ...whole, weekday: 2, startMinute: 600 },
      { ...whole, weekday: null, on: '2026-11-10', startMinute: 630 },
    ]);
    const windows = windowsOf(await assemble(id), 'Europe/Paris');
    const fixed = windows.filter(({ origin }) => origin === 1);
    // what is fixed every Monday cannot be had on the one that is closed: it is told, not moved
    expect(fixed.map(({ on, starts, isSeries }) => [on, starts, isSeries])).toEqual([
      ['2026-11-02', ['09:00'], true],
      ['2026-11-16', ['09:00'], true],
      ['2026-11-09', [], false],
    ]);
    const tuesdays = windows.filter(({ on, wish: wished }) => weekdayOf(on) === 2 && wished! < '13:00');
    expect(tuesdays.map(({ on, wish: wished }) => [on, wished])).toEqual([
      ['2026-11-03', '10:00'],
      ['2026-11-17', '10:00'],
      ['2026-11-10', '10:30'],
    ]);
  });

  it('is not bound by fixed windows that wait for the authority, which count as wishes, nor at all by refused ones', async () => {
    const region = await newRegion();
    const classId = await region.class(await region.establishment());
    const id = await campaign(region, { endsOn: '2026-11-02' });
    await wish([{ campaignId: id, classId, startMinute: 600, kind: 'fixed', approval: 'pending' }]);
    const read = async () =>
      windowsOf(await assemble(id), 'Europe/Paris').map(({ wish: wished, origin }) => [wished, origin]);
    expect(await read()).toEqual([
      ['10:00', 0],
      ['13:30', 0],
    ]);
    const decide = (approval: string) =>
      database.query(
        `update wish set approval = $2, approval_reason = 'x', decided_by = 'authority', decided_at = now() where class_id = $1`,
        [classId, approval],
      );
    await decide('refused');
    expect(await read()).toEqual([
      ['08:00', 0],
      ['13:30', 0],
    ]);
    await decide('approved');
    expect(await read()).toEqual([
      ['10:00', 1],
      ['13:30', 0],
    ]);
  });

  it('becomes a plan in which every fixed window stands and no window lies in a closed time, in the tightest region', async () => {
    // a capacity that holds a few classes at a time: everybody else must move, what is fixed must not
    const region = await SmallRegion.make(database, `test-${++regionCount}`, 60, 16);
    const schools: { establishmentId: number; classIds: number[] }[] = [];
    for (let k = 0; k < 4; k++) {
      const establishmentId = await region.establishment({ latitude: 50 + k, longitude: 3 });
      const classIds: number[] = [];
      for (let c = 0; c < 3; c++) classIds.push(await region.class(establishmentId));
      schools.push({ establishmentId, classIds });
    }
    const id = await campaign(region, { endsOn: '2026-11-13', rules: [OPEN], keepsSameHours: true });
    const [exam, closed] = schools as [(typeof schools)[0], (typeof schools)[0]];
    await wish([
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
    const assembled = await assemble(id);
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

  it('has no binding teacher and no wish in open windows', async () => {
    const region = await newRegion();
    const establishment = await region.establishment();
    await region.class(establishment, { teachers: [await region.teacher(establishment)] });
    const { problem } = await assemble(await campaign(region, { rules: [OPEN] }));
    expect(problem.demandWish.every((cell) => cell === -1)).toBe(true);
    expect(problem.demandTeacher.every((teacher) => teacher === -1)).toBe(true);
  });

  it('knows which classes share pupils, and gives a group windows only where it wishes some', async () => {
    const region = await newRegion();
    const establishment = await region.establishment();
    const a = await region.class(establishment);
    const b = await region.class(establishment);
    const german = await region.class(establishment, { from: [a, b], optionSet: 'LV2' });
    const spanish = await region.class(establishment, { from: [a, b], optionSet: 'LV2' });
    const physics = await region.class(establishment, { from: [a], headcount: 12 });
    const id = await campaign(region, { endsOn: '2026-11-03' });
    await wish([{ campaignId: id, classId: german, startMinute: 600 }]);
    const assembled = await assemble(id);
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
    const region = await newRegion();
    const near = await region.establishment({ latitude: 50.6, longitude: 3 });
    const next = await region.establishment({ latitude: 50.61, longitude: 3, kind: 'primaire' });
    const nowhere = await region.establishment({ latitude: null, longitude: null });
    for (const place of [near, nowhere]) await region.class(place, { headcount: 100 });
    await region.class(next, { headcount: 100, levels: ['CP'] });
    const hours = [{ weekdays: [1, 3], from: '17:00', to: '19:00' }];
    const own = { activity: 'open' as const, windowMinutes: 30, windowsPerDay: 1, hours };
    const id = await campaign(region, {
      rules: [
        { audience: 'relatives', ...own },
        { audience: 'staff', ...own },
      ],
    });
    const assembled = await assemble(id);
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
    const region = await newRegion();
    const school = await region.establishment({ kind: 'primaire' });
    const elsewhere = await region.establishment({ department: 'Réunion', kind: 'primaire' });
    await region.class(school, { levels: ['MS', 'GS'], headcount: 20 });
    await region.class(school, { levels: ['GS', 'CP'], headcount: 30 });
    await region.class(school, { levels: ['CM2'], headcount: 40 });
    await region.class(elsewhere, { levels: ['CP'] });
    const id = await campaign(region, {
      endsOn: '2026-11-02',
      territoryIds: [region.departmentIds['Lille']!],
      levels: ['MS', 'GS', 'CP'],
      rules: [OPEN],
    });
    const { identity, profiles } = await assemble(id);
    expect([...identity.headcount]).toEqual([20, 20, 30, 30]);
    expect(profiles.map(({ levelGroup }) => levelGroup)).toEqual(['pre_elementary', 'elementary']);
    expect(await app.get(CampaignService).concerned(LOOPBACK_OPERATOR, id)).toMatchObject({
      classCount: 2,
      pupilCount: 50,
    });
  });

  it('has limits that are capacity less headroom, background, reserve and other plans, and never below none', async () => {
    const region = await newRegion();
    const establishment = await region.establishment();
    await region.class(establishment, { headcount: 30 });
    const id = await campaign(region, {
      endsOn: '2026-11-02',
      catchUp: { from: '18:30', to: '21:00', missedPerMille: 200 },
    });
    const { problem, cells } = await assemble(id);
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
    const { loadModel } = await app.get(CampaignService).find(LOOPBACK_OPERATOR, id);
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
    const region = await newRegion();
    await region.class(await region.establishment());
    const id = await campaign(region, { preset: 'remote-week-everybody', rules: undefined });
    const { profiles, problem } = await assemble(id);
    const { loadModel } = await app.get(CampaignService).find(LOOPBACK_OPERATOR, id);
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

  it('has only candidates in the allowed hours of open days, and is the same each time', async () => {
    const region = await newRegion();
    const zones = new Map<number, string>();
    const patterns = [0b11_11_00_11_11, 0b11_11_01_11_11, 0b01_11_10_11_11, 0b01_11_11_01_10_11];
    for (const [k, department] of (['Lille', 'Réunion', 'Guadeloupe', 'Lille'] as const).entries()) {
      const establishment = await region.establishment({ department, openHalfDays: patterns[k]! });
      zones.set(
        establishment,
        { Lille: 'Europe/Paris', Réunion: 'Indian/Reunion', Guadeloupe: 'America/Guadeloupe' }[department],
      );
      for (const levels of [['6E'], ['3E'], ['TGT']] as const)
        await region.class(establishment, { levels: [...levels] });
    }
    for (const keepsSameHours of [false, true]) {
      const weekly: Rules[number] = {
        ...OPEN,
        levels: ['3E'],
        windowsPerDay: null,
        windowsPerHalfDay: null,
        windowsPerWeek: 3,
      };
      const fields = { startsOn: '2026-10-19', endsOn: '2026-11-08', keepsSameHours, rules: [LIVE, weekly] };
      const id = await campaign(region, fields);
      const assembled = await assemble(id);
      expect(await assemble(id)).toEqual(assembled);
      const open = await openHalvesOf(
        region.database,
        app.get(CalendarService),
        [...zones.keys()],
        '2026-10-19',
        '2026-11-08',
      );
      let checked = 0;
      const outside: unknown[] = [];
      for (const { establishmentId, on, demand, shift } of windowRows(assembled)) {
        const halves = open(establishmentId, on);
        for (const cell of candidatesOf(assembled, demand)) {
          const start = civilOfCell(cell + shift, zones.get(establishmentId)!);
          const endMinute = start.minuteOfDay + assembled.problem.demandCells[demand]! * 5;
          const isAllowed =
            start.on === on &&
            LIVE.hours.some(
              ({ from, to }) => start.minuteOfDay >= minuteOfClock(from)! && endMinute <= minuteOfClock(to)!,
            ) &&
            (start.minuteOfDay >= 780 || (halves & 1) !== 0) &&
            (endMinute <= 780 || (halves & 2) !== 0);
          if (!isAllowed) outside.push({ establishmentId, on, start, endMinute, halves });
          checked++;
        }
      }
      expect(outside).toEqual([]);
      expect(checked).toBeGreaterThan(1000);
    }
  });

  it('becomes a plan that keeps every law and counts in the limits of other campaigns', async () => {
    const region = await newRegion();
    for (let k = 0; k < 2; k++) {
      const establishment = await region.establishment({ latitude: 50 + k / 10, longitude: 3 });
      const teacher = await region.teacher(establishment);
      for (let c = 0; c < 3; c++) await region.class(establishment, { teachers: [teacher] });
    }
    const id = await campaign(region, {
      preset: 'remote-week-everybody',
      rules: undefined,
      keepsSameHours: true,
      endsOn: '2026-11-13',
    });
    const assembled = await assemble(id);
    const allocation = allocate(assembled.problem, { seed: 1 });
    const check = checkPlan(assembled.problem, allocation.starts);
    expect(check.violationCount).toBe(0);
    const proof = { ...allocation, beyondCapCount: 0, baselines: baselinesOf(assembled, 1) };
    const draft = planDraftOf(assembled, allocation, check, proof, 1);
    expect(draft.columns.windowCount + draft.unplaced.length).toBe(windowRows(assembled).length);
    const plans = app.get(PlanService);
    const planId = await plans.createDraft(LOOPBACK_OPERATOR, draft, unheard);
    await plans.publish(LOOPBACK_OPERATOR, planId, 'test');

    const again = await assemble(id);
    expect(again.baseRevision).toBe(assembled.baseRevision + 1);
    expect(again.problem.sessionLimit).toEqual(assembled.problem.sessionLimit);
    const beside = await assemble(await campaign(region, { endsOn: '2026-11-13' }));
    const planned = sumOf(beside.cells.otherLogins) - sumOf(assembled.cells.reservedLogins);
    expect(planned).toBe(sumOf(check.loginLoad));
  });

  it('is refused where nobody takes part or no day is open', async () => {
    const region = await newRegion();
    const empty = await campaign(region, {});
    await expect(assemble(empty)).rejects.toMatchObject({ code: 'load.nobody_concerned', kind: 'unprocessable' });
    await region.class(await region.establishment({ holidayZone: 'B' }));
    const holidays = await campaign(region, { startsOn: '2026-12-21', endsOn: '2026-12-31' });
    await expect(assemble(holidays)).rejects.toMatchObject({ code: 'load.no_window' });
    await expect(assemble(999_999)).rejects.toMatchObject({ code: 'campaign.not_found' });
  });

  it('ends when progress says so', async () => {
    const region = await newRegion();
    await region.class(await region.establishment());
    const id = await campaign(region, {});
    const stop = new Error('stop');
    const assembling = app.get(ProblemAssembler).assemble(id, () => {
      throw stop;
    });
    await expect(assembling).rejects.toBe(stop);
    expect((await assemble(id)).problem.demandCount).toBe(9);
  });
});

const sumOf = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);

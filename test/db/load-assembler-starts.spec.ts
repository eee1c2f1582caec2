import { CalendarService } from '../../src/calendar/calendar.service';
import { civilOfCell, minuteOfClock, weekdayOf } from '../../src/common/civil-time';
import { candidatesOf, openHalvesOf, windowRows, windowsOf } from '../assembled-windows';
import { TestAssembler, LIVE, OPEN, type Rules } from './test-assembler';

describe('the problem of a campaign', () => {
  let assembler: TestAssembler;
  beforeAll(async () => {
    assembler = await TestAssembler.start();
  });
  afterAll(() => assembler.stop());

  it('has two live windows a day and one on Wednesday, at the first lessons', async () => {
    const region = await assembler.newRegion();
    const classId = await region.class(await region.establishment());
    const windows = await assembler.windows(await assembler.campaign(region, {}));
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

  it('keeps the local hours of each establishment, wherever it is', async () => {
    const region = await assembler.newRegion();
    for (const department of ['Lille', 'Réunion', 'Guadeloupe'] as const) {
      await region.class(await region.establishment({ department }));
    }
    const assembled = await assembler.assemble(await assembler.campaign(region, {}));
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
    const region = await assembler.newRegion();
    await region.class(await region.establishment({ kind: 'lycee_gt' }), { levels: ['2GT'] });
    // Sunday 25 October 2026: back to winter time
    const id = await assembler.campaign(region, { startsOn: '2026-10-12', endsOn: '2026-10-30', keepsSameHours: true });
    const assembled = await assembler.assemble(id);
    const { problem } = assembled;
    expect(problem.demandCount).toBe(9);
    const shifts = [...problem.occurrenceShift.subarray(problem.occurrenceOffset[0], problem.occurrenceOffset[1])];
    expect(shifts).toEqual([0, 7 * 288, 14 * 288 + 12]);
    for (const window of windowsOf(assembled, 'Europe/Paris')) expect(window.starts[0]).toMatch(/^(08:00|13:30)$/);
    expect(assembled.identity.isSeries.every((flag) => flag === 1)).toBe(true);
  });

  it('drops the dates of a holiday from a series, and lets a date with a wish of its own leave it', async () => {
    const region = await assembler.newRegion();
    const classId = await region.class(await region.establishment({ holidayZone: 'B' }));
    // autumn holidays until 2 November; Wednesday 11 November is a public holiday
    const id = await assembler.campaign(region, { startsOn: '2026-10-12', endsOn: '2026-11-13', keepsSameHours: true });
    await assembler.wish([{ campaignId: id, classId, on: '2026-11-09', startMinute: 600 }]);
    const windows = await assembler.windows(id);
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
    const region = await assembler.newRegion();
    const establishment = await region.establishment();
    const [sole, other] = [await region.teacher(establishment), await region.teacher(establishment)];
    const classId = await region.class(establishment, { teachers: [sole] });
    const shared = await region.class(establishment, { teachers: [sole, other] });
    const id = await assembler.campaign(region, { endsOn: '2026-11-02' });
    await assembler.wish([
      { campaignId: id, classId, startMinute: 840, teacherKeyId: other },
      { campaignId: id, classId, startMinute: 600, kind: 'fixed' },
      { campaignId: id, classId: shared, startMinute: 480, endMinute: 660, kind: 'closed' },
    ]);
    const assembled = await assembler.assemble(id);
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
    const region = await assembler.newRegion();
    const establishment = await region.establishment();
    const [early, closed] = [await region.class(establishment), await region.class(establishment)];
    const id = await assembler.campaign(region, { endsOn: '2026-11-02' });
    await assembler.wish([
      { campaignId: id, classId: early, startMinute: 420 },
      { campaignId: id, classId: closed, startMinute: 540 },
      { campaignId: id, classId: closed, startMinute: 480, endMinute: 660, kind: 'closed' },
    ]);
    const windows = (await assembler.windows(id)).filter(({ ordinal }) => ordinal === 0);
    expect(windows.map((window) => [window.classId, window.wish, window.starts[0]])).toEqual([
      [early, '07:00', '08:00'],
      [closed, '09:00', '11:00'],
    ]);
  });

  it('follows what is asked for a whole establishment: own fixed and wished starts go first, closed times add up', async () => {
    const region = await assembler.newRegion();
    const establishmentId = await region.establishment();
    const [alone, own] = [await region.class(establishmentId), await region.class(establishmentId)];
    const group = await region.class(establishmentId, { from: [alone] });
    const id = await assembler.campaign(region, {
      endsOn: '2026-11-02',
      preset: 'remote-week-everybody',
      rules: undefined,
    });
    const whole = { campaignId: id, classId: null, establishmentId, audience: 'pupils' as const };
    await assembler.wish([
      { ...whole, startMinute: 540, kind: 'fixed' },
      { ...whole, startMinute: 900 },
      { ...whole, startMinute: 720, endMinute: 840, kind: 'closed' },
      { ...whole, startMinute: 1080, audience: 'relatives' },
      { campaignId: id, classId: own, startMinute: 600, kind: 'fixed' },
      { campaignId: id, classId: own, startMinute: 840, endMinute: 900, kind: 'closed' },
      { campaignId: id, classId: group, startMinute: 780 },
    ]);
    const windows = await assembler.windows(id);
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
    const region = await assembler.newRegion();
    const establishmentId = await region.establishment();
    await region.class(establishmentId);
    const id = await assembler.campaign(region, { endsOn: '2026-11-20', keepsSameHours: true });
    const whole = { campaignId: id, classId: null, establishmentId, audience: 'pupils' as const };
    await assembler.wish([
      { ...whole, startMinute: 540, kind: 'fixed' },
      { ...whole, weekday: null, on: '2026-11-09', startMinute: 480, endMinute: 720, kind: 'closed' },
      { ...whole, weekday: 2, startMinute: 600 },
      { ...whole, weekday: null, on: '2026-11-10', startMinute: 630 },
    ]);
    const windows = await assembler.windows(id);
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
    const region = await assembler.newRegion();
    const classId = await region.class(await region.establishment());
    const id = await assembler.campaign(region, { endsOn: '2026-11-02' });
    await assembler.wish([{ campaignId: id, classId, startMinute: 600, kind: 'fixed', approval: 'pending' }]);
    const read = async () => (await assembler.windows(id)).map(({ wish: wished, origin }) => [wished, origin]);
    expect(await read()).toEqual([
      ['10:00', 0],
      ['13:30', 0],
    ]);
    const decide = (approval: string) =>
      assembler.database.query(
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

  it('has no binding teacher and no wish in open windows', async () => {
    const region = await assembler.newRegion();
    const establishment = await region.establishment();
    await region.class(establishment, { teachers: [await region.teacher(establishment)] });
    const { problem } = await assembler.assemble(await assembler.campaign(region, { rules: [OPEN] }));
    expect(problem.demandWish.every((cell) => cell === -1)).toBe(true);
    expect(problem.demandTeacher.every((teacher) => teacher === -1)).toBe(true);
  });

  it('has only candidates in the allowed hours of open days, and is the same each time', async () => {
    const region = await assembler.newRegion();
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
      const id = await assembler.campaign(region, fields);
      const assembled = await assembler.assemble(id);
      expect(await assembler.assemble(id)).toEqual(assembled);
      const open = await openHalvesOf(
        region.database,
        assembler.app.get(CalendarService),
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
});

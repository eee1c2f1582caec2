import { DataSource } from 'typeorm';
import { COMMAND_LINE_OPERATOR as OPERATOR } from '../../src/access/actor';
import { CalendarExceptionEntity } from '../../src/calendar/calendar-exception.entity';
import { CalendarChanges } from '../../src/calendar/calendar-changes';
import { CalendarService } from '../../src/calendar/calendar.service';
import { CalendarStore } from '../../src/calendar/calendar.store';
import { HolidayPeriodEntity } from '../../src/calendar/holiday-period.entity';
import { defaultBackground } from '../../src/capacity/background.rules';
import { CapacityStepEntity } from '../../src/capacity/capacity-step.entity';
import { CapacityChanges } from '../../src/capacity/capacity-changes';
import { CapacityService } from '../../src/capacity/capacity.service';
import { CapacityStore } from '../../src/capacity/capacity.store';
import { CapacityWork } from '../../src/capacity/capacity-work';
import { PlatformEntity } from '../../src/capacity/platform.entity';
import { PlatformStore, type Platform } from '../../src/capacity/platform.store';
import { PortalEntity } from '../../src/capacity/portal.entity';
import { RegulationEntity } from '../../src/capacity/regulation.entity';
import { RegulationService } from '../../src/capacity/regulation.service';
import { cellOfCivil } from '../../src/common/civil-time';
import { databaseOptions } from '../../src/common/database';
import { freshDatabaseUrl } from '../test-database';

describe('the capacity of platforms', () => {
  let database: DataSource;
  let capacity: CapacityService;
  let regulations: RegulationService;
  let platform: Platform;
  let north: number;
  let reunion: number;
  let platformCount = 0;

  beforeAll(async () => {
    database = await new DataSource({
      ...databaseOptions(await freshDatabaseUrl(), 6),
      entities: [
        HolidayPeriodEntity,
        CalendarExceptionEntity,
        PlatformEntity,
        PortalEntity,
        CapacityStepEntity,
        RegulationEntity,
      ],
    }).initialize();
    const calendar = new CalendarService(database, new CalendarStore(database), new CalendarChanges());
    const [platforms, store, changes] = [
      new PlatformStore(database),
      new CapacityStore(database),
      new CapacityChanges(),
    ];
    const work = new CapacityWork(database, platforms, changes);
    capacity = new CapacityService(platforms, store, calendar, changes, work);
    regulations = new RegulationService(platforms, store, work);
    const departments = await database.query<{ id: number }[]>(
      `with region as (insert into territory (code, kind, name) values ('R', 'region', 'R') returning id)
       insert into territory (code, kind, name, parent_id) select code, 'department', code, id from region, (values ('D059'), ('D974')) d(code) returning id`,
    );
    [north, reunion] = departments.map(({ id }) => id) as [number, number];
  });
  afterAll(() => database.destroy());
  beforeEach(async () => {
    platform = await capacity.ensurePlatform(OPERATOR, {
      code: `p${++platformCount}`,
      name: 'P',
      timeZone: 'Europe/Paris',
    });
  });

  it('makes a platform once, and afterwards only what differs', async () => {
    const statement = {
      code: 'one',
      name: 'One',
      timeZone: 'Europe/Paris',
      headroomPerMille: 150,
      portals: [{ name: 'Neo', url: 'https://neo.example' }, { name: 'Mon ENT' }],
    };
    const made = await capacity.ensurePlatform(OPERATOR, statement);
    expect(made).toMatchObject({ headroomPerMille: 150, parentAccountLevels: ['PS', 'MS', 'GS', 'MAT'] });
    expect(made.portals).toEqual([
      { name: 'Mon ENT', url: null },
      { name: 'Neo', url: 'https://neo.example' },
    ]);
    expect(await capacity.ensurePlatform(OPERATOR, statement)).toEqual(made);
    const renamed = await capacity.ensurePlatform(OPERATOR, { code: 'one', name: 'Two', timeZone: 'Europe/Paris' });
    expect(renamed).toEqual({ ...made, name: 'Two' });
    await expect(capacity.createPlatform(OPERATOR, statement)).rejects.toMatchObject({ code: 'platform.exists' });
    await expect(capacity.ensurePlatform(OPERATOR, { ...statement, timeZone: 'Mars/Phobos' })).rejects.toMatchObject({
      code: 'capacity.input_invalid',
    });
  });

  it('reads steps, regulations and headroom per cell, and names the cells that a change touches', async () => {
    const day = cellOfCivil('2026-11-23', 0, 'Europe/Paris');
    const eight = { concurrentSessions: 1000, loginsPerMinute: 100, reason: 'declared' };
    const first = await capacity.addStep(OPERATOR, platform.id, {
      ...eight,
      startsAt: new Date('2026-11-23T08:00:00+01:00'),
    });
    expect(first).toMatchObject({ platformId: platform.id, firstCell: day + 96, endCell: null });
    const second = await capacity.addStep(OPERATOR, platform.id, {
      ...eight,
      startsAt: new Date('2026-11-23T07:00:00+01:00'),
      concurrentSessions: 500,
    });
    expect(second).toMatchObject({ firstCell: day + 84, endCell: day + 96 });
    const regulation = await regulations.add(OPERATOR, platform.id, {
      startsAt: new Date('2026-11-23T08:30:00+01:00'),
      endsAt: new Date('2026-11-23T09:01:00+01:00'),
      sessionsPerMille: 600,
      loginsPerMille: 0,
      reason: 'a server is down',
    });
    expect(regulation).toMatchObject({ firstCell: day + 102, endCell: day + 109 });
    const cells = await capacity.cells(platform.id, day, 288);
    expect([83, 84, 95, 96, 102, 108, 109].map((cell) => cells.effectiveSessions[cell]! / 1000)).toEqual([
      0, 500, 500, 1000, 600, 600, 1000,
    ]);
    expect([101, 102, 109].map((cell) => cells.effectiveLogins[cell]! / 1000)).toEqual([500, 0, 500]);
    expect(cells.plannedSessions[102]).toBe(1_000_000);
    expect([cells.headroomSessions[96], cells.headroomSessions[102]]).toEqual([100_000, 60_000]);
    expect(await regulations.delete(OPERATOR, platform.id, regulation.id)).toMatchObject({
      firstCell: day + 102,
    });
    expect(await capacity.deleteStep(OPERATOR, platform.id, first.id)).toMatchObject({
      firstCell: day + 96,
      endCell: null,
    });
    expect((await capacity.cells(platform.id, day + 200, 1)).effectiveSessions[0]).toBe(500_000);
  });

  it('lays the background of each department by its own type of day', async () => {
    const rows = [north, reunion].flatMap((departmentId) =>
      Object.entries(defaultBackground(10_000)).map(([dayType, curve]) => ({
        departmentId,
        dayType: dayType as never,
        ...curve,
      })),
    );
    await capacity.setBackground(OPERATOR, platform.id, rows);
    const { school_day: school, day_off: off } = defaultBackground(10_000);
    // Monday 20 December 2027 is a day off on the Réunion only
    const day = cellOfCivil('2027-12-20', 0, 'Europe/Paris');
    const cells = await capacity.cells(platform.id, day, 288);
    const expected = school.loginsThousandths.map((logins, cell) => logins + off.loginsThousandths[cell]!);
    expect([...cells.backgroundLogins]).toEqual(expected);
    // replacing one department leaves the other alone
    await capacity.setBackground(OPERATOR, platform.id, [
      {
        departmentId: north,
        dayType: 'school_day',
        sessionsThousandths: Array<number>(288).fill(7000),
        loginsThousandths: Array<number>(288).fill(0),
      },
    ]);
    const again = await capacity.cells(platform.id, day, 288);
    expect([...again.backgroundLogins]).toEqual(off.loginsThousandths);
    expect(again.backgroundSessions[0]).toBe(7000 + off.sessionsThousandths[0]!);
  });

  it('gives the background of the day that the clock changes its 276 or 300 cells', async () => {
    const curve = Array.from({ length: 288 }, (_, cell) => cell);
    await capacity.setBackground(OPERATOR, platform.id, [
      { departmentId: north, dayType: 'day_off', sessionsThousandths: curve, loginsThousandths: curve },
    ]);
    const spring = await capacity.cells(platform.id, cellOfCivil('2026-03-29', 0, 'Europe/Paris'), 276);
    expect([...spring.backgroundSessions]).toEqual([...curve.slice(0, 24), ...curve.slice(36)]);
    const autumn = await capacity.cells(platform.id, cellOfCivil('2026-10-25', 0, 'Europe/Paris'), 300);
    expect([...autumn.backgroundSessions]).toEqual([...curve.slice(0, 36), ...curve.slice(24)]);
  });

  it('refuses what no capacity can be', async () => {
    const step = {
      startsAt: new Date('2026-11-23T07:00:00Z'),
      concurrentSessions: 10,
      loginsPerMinute: 1,
      reason: 'x',
    };
    const span = {
      startsAt: step.startsAt,
      endsAt: new Date('2026-11-23T08:00:00Z'),
      sessionsPerMille: 1,
      loginsPerMille: 1,
      reason: 'x',
    };
    const curve = Array<number>(288).fill(0);
    const row = {
      departmentId: north,
      dayType: 'saturday' as const,
      sessionsThousandths: curve,
      loginsThousandths: curve,
    };
    await capacity.addStep(OPERATOR, platform.id, step);
    const refused: [() => Promise<unknown>, string][] = [
      [() => capacity.addStep(OPERATOR, platform.id, { ...step, concurrentSessions: 0 }), 'capacity.input_invalid'],
      [() => capacity.addStep(OPERATOR, platform.id, { ...step, loginsPerMinute: 1.5 }), 'capacity.input_invalid'],
      [() => capacity.addStep(OPERATOR, platform.id, { ...step, reason: ' ' }), 'capacity.input_invalid'],
      [() => capacity.addStep(OPERATOR, platform.id, step), 'capacity.step_exists'],
      [() => capacity.addStep(OPERATOR, 999_999, step), 'platform.not_found'],
      [() => capacity.deleteStep(OPERATOR, platform.id, 999_999), 'capacity_step.not_found'],
      [() => regulations.add(OPERATOR, platform.id, { ...span, endsAt: span.startsAt }), 'capacity.input_invalid'],
      [() => regulations.add(OPERATOR, platform.id, { ...span, loginsPerMille: 1001 }), 'capacity.input_invalid'],
      [() => regulations.delete(OPERATOR, platform.id, 999_999), 'regulation.not_found'],
      [
        () => capacity.setBackground(OPERATOR, platform.id, [{ ...row, departmentId: 999_999 }]),
        'department.not_found',
      ],
      [() => capacity.setBackground(OPERATOR, platform.id, [row, row]), 'capacity.input_invalid'],
      [
        () => capacity.setBackground(OPERATOR, platform.id, [{ ...row, loginsThousandths: [1] }]),
        'capacity.input_invalid',
      ],
      [() => capacity.cells(platform.id, 0, 10_000_000), 'capacity.input_invalid'],
      [() => capacity.cells(999_999, 0, 1), 'platform.not_found'],
    ];
    for (const [attempt, code] of refused) await expect(attempt()).rejects.toMatchObject({ code });
  });

  it('accepts one of sixteen steps that race for the same instant', async () => {
    const step = {
      startsAt: new Date('2026-11-23T07:00:00Z'),
      concurrentSessions: 10,
      loginsPerMinute: 1,
      reason: 'x',
    };
    const answers = await Promise.allSettled(
      Array.from({ length: 16 }, () => capacity.addStep(OPERATOR, platform.id, step)),
    );
    const codes = answers.map((answer) =>
      answer.status === 'fulfilled' ? 'added' : (answer.reason as { code: string }).code,
    );
    expect(codes.filter((code) => code === 'added')).toHaveLength(1);
    expect(codes.filter((code) => code === 'capacity.step_exists')).toHaveLength(15);
  });
});

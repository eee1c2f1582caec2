import { performance } from 'node:perf_hooks';
import { DataSource } from 'typeorm';
import { COMMAND_LINE_OPERATOR as OPERATOR } from '../../src/access/actor';
import { CalendarExceptionEntity } from '../../src/calendar/calendar-exception.entity';
import type { CalendarPlace } from '../../src/calendar/calendar-place';
import { CalendarChanges } from '../../src/calendar/calendar-changes';
import { CalendarService } from '../../src/calendar/calendar.service';
import { CalendarStore } from '../../src/calendar/calendar.store';
import { HolidayPeriodEntity } from '../../src/calendar/holiday-period.entity';
import { databaseOptions } from '../../src/common/database';
import { freshDatabaseUrl } from '../test-database';

/** Four days a week and Wednesday morning. */
const PATTERN = 0b11_11_01_11_11;

describe('the calendar', () => {
  let database: DataSource;
  let calendar: CalendarService;
  const ids: Record<string, number> = {};

  async function addTerritory(code: string, kind: string, parent: string | null): Promise<void> {
    const [row] = await database.query<[{ id: number }]>(
      'insert into territory (code, kind, name, parent_id) values ($1, $2, $1, $3) returning id',
      [code, kind, parent === null ? null : ids[parent]],
    );
    ids[code] = row.id;
  }
  const placeOf = (given: Partial<CalendarPlace>): CalendarPlace => ({
    establishmentId: 1,
    timeZone: 'Europe/Paris',
    holidayZone: 'B',
    openHalfDays: PATTERN,
    departmentId: ids.D059!,
    academyId: ids.A09!,
    regionId: ids.R32!,
    ...given,
  });
  const daysOf = async (place: CalendarPlace, firstOn: string, lastOn: string): Promise<number[]> => [
    ...(await calendar.openDays([place], firstOn, lastOn))[0]!,
  ];

  beforeAll(async () => {
    database = await new DataSource({
      ...databaseOptions(await freshDatabaseUrl(), 4),
      entities: [HolidayPeriodEntity, CalendarExceptionEntity],
    }).initialize();
    calendar = new CalendarService(database, new CalendarStore(database), new CalendarChanges());
    await addTerritory('R32', 'region', null);
    await addTerritory('A09', 'academy', 'R32');
    await addTerritory('D059', 'department', 'A09');
    await addTerritory('D062', 'department', 'A09');
    await addTerritory('R44', 'region', null);
    await addTerritory('A15', 'academy', 'R44');
    await addTerritory('D067', 'department', 'A15');
    await addTerritory('R04', 'region', null);
    await addTerritory('A28', 'academy', 'R04');
    await addTerritory('D974', 'department', 'A28');
  });
  afterAll(() => database.destroy());
  afterEach(() => database.query('delete from calendar_exception'));

  it('closes school holidays, public holidays and weekends of the school year without any import', async () => {
    // Monday 15 to Sunday 21 February 2027, then the holidays of zone B
    expect(await daysOf(placeOf({}), '2027-02-15', '2027-02-22')).toEqual([3, 3, 1, 3, 3, 0, 0, 0]);
    expect(await daysOf(placeOf({ holidayZone: 'C' }), '2027-02-15', '2027-02-22')).toEqual([0, 0, 0, 0, 0, 0, 0, 3]);
    // Armistice, a Wednesday
    expect(await daysOf(placeOf({}), '2026-11-10', '2026-11-12')).toEqual([3, 0, 3]);
    // Ascension, its Friday, and 8 May, a Saturday
    expect(await daysOf(placeOf({ openHalfDays: 16383 }), '2027-05-05', '2027-05-09')).toEqual([3, 0, 0, 0, 3]);
  });

  it('closes Good Friday in Alsace only', async () => {
    const alsace = placeOf({ departmentId: ids.D067!, academyId: ids.A15!, regionId: ids.R44! });
    expect(await daysOf(alsace, '2027-03-26', '2027-03-26')).toEqual([0]);
    expect(await daysOf(placeOf({}), '2027-03-26', '2027-03-26')).toEqual([3]);
  });

  it('lets the nearest and latest statement hold: establishment over department over academy over region', async () => {
    const [establishment] = await database.query<[{ id: number }]>(
      `insert into establishment (uai, name, kind, sector, department_id, commune_name, time_zone, holiday_zone, open_half_days, source)
       values ('0590001A', 'x', 'college', 'public', $1, 'x', 'Europe/Paris', 'B', $2, 'test') returning id`,
      [ids.D059, PATTERN],
    );
    const on = { firstOn: '2026-11-23', lastOn: '2026-11-23', reason: 'test' };
    const place = placeOf({ establishmentId: establishment.id });
    const neighbour = placeOf({ departmentId: ids.D062!, establishmentId: establishment.id + 1 });
    await calendar.createException(OPERATOR, { ...on, territoryId: ids.D059, openHalfDays: 1 });
    await calendar.createException(OPERATOR, { ...on, territoryId: ids.R32, openHalfDays: 0 });
    expect(await daysOf(place, on.firstOn, on.lastOn)).toEqual([1]);
    expect(await daysOf(neighbour, on.firstOn, on.lastOn)).toEqual([0]);
    await calendar.createException(OPERATOR, { ...on, territoryId: ids.A09, openHalfDays: 3 });
    expect(await daysOf(neighbour, on.firstOn, on.lastOn)).toEqual([3]);
    await calendar.createException(OPERATOR, { ...on, establishmentId: establishment.id, openHalfDays: 2 });
    expect(await daysOf(place, on.firstOn, on.lastOn)).toEqual([2]);
    await calendar.createException(OPERATOR, { ...on, territoryId: ids.D059, openHalfDays: 0 });
    expect(await daysOf(place, on.firstOn, on.lastOn)).toEqual([2]);
  });

  it('tells the type of each day of departments, with what is stated for the territories above', async () => {
    await calendar.createException(OPERATOR, {
      territoryId: ids.R32,
      firstOn: '2026-11-28',
      lastOn: '2026-11-28',
      openHalfDays: 1,
      reason: 'a Saturday made up for',
    });
    const types = await calendar.dayTypes([ids.D059!, ids.D974!], '2026-11-25', '2026-11-29');
    expect(types.get(ids.D059!)).toEqual(['wednesday', 'school_day', 'school_day', 'school_day', 'day_off']);
    expect(types.get(ids.D974!)).toEqual(['wednesday', 'school_day', 'school_day', 'saturday', 'day_off']);
    // the abolition of slavery on the Réunion, which is not a day off in the north; a Sunday in 2026, a Monday in 2027
    const december = await calendar.dayTypes([ids.D974!], '2027-12-20', '2027-12-20');
    expect(december.get(ids.D974!)).toEqual(['day_off']);
  });

  it('refuses unknown departments, ranges that are none and ranges without end', async () => {
    await expect(calendar.dayTypes([999_999], '2026-11-25', '2026-11-29')).rejects.toMatchObject({
      code: 'department.not_found',
    });
    await expect(calendar.openDays([], '2026-11-25', '2026-11-24')).rejects.toMatchObject({
      code: 'calendar.range_invalid',
    });
    await expect(calendar.openDays([], '2026-02-30', '2026-03-24')).rejects.toMatchObject({
      code: 'calendar.range_invalid',
    });
    await expect(calendar.openDays([], '2026-01-01', '2036-01-01')).rejects.toMatchObject({
      code: 'calendar.range_invalid',
    });
  });

  it('answers for 60,000 places over a school year in two seconds, sharing what is the same', async () => {
    const places = Array.from({ length: 60_000 }, (_, at) =>
      placeOf({
        establishmentId: at + 1,
        holidayZone: 'ABC'[at % 3]!,
        openHalfDays: at % 2 ? PATTERN : 0b11_11_00_11_11,
      }),
    );
    const started = performance.now();
    const days = await calendar.openDays(places, '2026-09-01', '2027-07-31');
    const seconds = (performance.now() - started) / 1000;
    expect(days).toHaveLength(60_000);
    expect(new Set(days).size).toBe(6);
    expect(seconds).toBeLessThan(2);
  });
});

import fc from 'fast-check';
import { addDays, datesBetween, weekdayOf } from '../common/civil-time';
import { dayTypesOf, daysOff, openDaysOf, statedHalfDays, type DateRange, type StatedDays } from './open-days.rules';

const rangeOf = (firstOn: string, lastOn: string): DateRange => {
  const dates = datesBetween(firstOn, lastOn);
  return { dates, weekdays: Uint8Array.from(dates, weekdayOf) };
};
const anyRange = fc
  .tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: 0, max: 60 }))
  .map(([after, length]) => rangeOf(addDays('2025-09-01', after), addDays('2025-09-01', after + length)));
const anyStated = fc.array(
  fc
    .record({
      after: fc.integer({ min: 0, max: 760 }),
      length: fc.integer({ min: 0, max: 20 }),
      openHalfDays: fc.integer({ min: 0, max: 3 }),
    })
    .map(({ after, length, openHalfDays }): StatedDays => {
      const firstOn = addDays('2025-09-01', after);
      return { firstOn, lastOn: addDays(firstOn, length), openHalfDays };
    }),
  { maxLength: 4 },
);
const HOLIDAYS = [{ firstDayOffOn: '2026-02-14', resumeOn: '2026-03-02' }];
/** Four days and Wednesday morning. */
const FOUR_AND_A_HALF_DAYS = 0b11_11_01_11_11;

describe('open days', () => {
  it('follow the weekly pattern, nothing on days off, and what is stated over both', () => {
    fc.assert(
      fc.property(anyRange, anyStated, fc.integer({ min: 1, max: 16383 }), (range, stated, pattern) => {
        const off = daysOff(range, HOLIDAYS, (on) => on === '2026-04-06');
        const open = openDaysOf(range, pattern, off, statedHalfDays(range, stated));
        range.dates.forEach((on, day) => {
          const said = stated.filter((entry) => entry.firstOn <= on && on <= entry.lastOn).at(-1);
          const isOff = on === '2026-04-06' || (on >= '2026-02-14' && on < '2026-03-02');
          const weekday = new Date(`${on}T12:00:00Z`).getUTCDay() || 7;
          const morning = pattern & (1 << (2 * (weekday - 1))) ? 1 : 0;
          const afternoon = pattern & (1 << (2 * weekday - 1)) ? 2 : 0;
          expect(open[day]).toBe(said ? said.openHalfDays : isOff ? 0 : morning + afternoon);
        });
      }),
    );
  });

  it('make the day of return a school day again', () => {
    const range = rangeOf('2026-02-13', '2026-03-02');
    const open = openDaysOf(
      range,
      FOUR_AND_A_HALF_DAYS,
      daysOff(range, HOLIDAYS, () => false),
      statedHalfDays(range, []),
    );
    expect(open.at(0)).toBe(3);
    expect(open.at(-1)).toBe(3);
    expect(open.slice(1, -1).every((bits) => bits === 0)).toBe(true);
  });

  it('open Wednesday in the morning only where the pattern says so', () => {
    const range = rangeOf('2026-03-04', '2026-03-04');
    const open = openDaysOf(range, FOUR_AND_A_HALF_DAYS, new Uint8Array(1), statedHalfDays(range, []));
    expect([...open]).toEqual([1]);
  });
});

describe('types of day', () => {
  it('tell Wednesdays, Saturdays and days off from school days', () => {
    const range = rangeOf('2026-03-02', '2026-03-08');
    const types = dayTypesOf(range, new Uint8Array(7), statedHalfDays(range, []));
    expect(types).toEqual(['school_day', 'school_day', 'wednesday', 'school_day', 'school_day', 'saturday', 'day_off']);
  });

  it('make an opened Saturday a school day, a closed Friday a day off, and leave holidays off', () => {
    const range = rangeOf('2026-05-14', '2026-05-17');
    const off = daysOff(range, [], (on) => on === '2026-05-14');
    const stated = statedHalfDays(range, [
      { firstOn: '2026-05-15', lastOn: '2026-05-15', openHalfDays: 0 },
      { firstOn: '2026-05-16', lastOn: '2026-05-16', openHalfDays: 1 },
    ]);
    expect(dayTypesOf(range, off, stated)).toEqual(['day_off', 'day_off', 'school_day', 'day_off']);
  });
});

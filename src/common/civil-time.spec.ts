import fc from 'fast-check';
import { DateTime, Settings } from 'luxon';
import {
  addDays,
  cellOfCivil,
  civilOfCell,
  clockOfMinute,
  datesBetween,
  instantOfCell,
  minuteOfClock,
  weekdayOf,
  zonedInstantOfCell,
} from './civil-time';

const ZONES = [
  'Europe/Paris',
  'America/Guadeloupe',
  'America/Martinique',
  'America/Cayenne',
  'Indian/Reunion',
  'Indian/Mayotte',
  'America/Miquelon',
  'Pacific/Noumea',
  'Pacific/Tahiti',
  'Pacific/Marquesas',
  'Pacific/Wallis',
];
/** 2020-01-01 to 2039-12-31, every cell. */
const anyCell = fc.integer({ min: 5_259_744, max: 7_363_584 });
const anyZone = fc.constantFrom(...ZONES);

describe('civil time', () => {
  it('finds the cell again from its civil date and minute, except the second time of an hour that comes twice', () => {
    fc.assert(
      fc.property(anyCell, anyZone, (cell, zone) => {
        const { on, minuteOfDay } = civilOfCell(cell, zone);
        const back = cellOfCivil(on, minuteOfDay, zone);
        const again = civilOfCell(back, zone);
        expect(again).toEqual({ on, minuteOfDay });
        expect([0, 12]).toContain(cell - back);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives the same cell whatever the season in which it is asked', () => {
    const now = Settings.now;
    try {
      fc.assert(
        fc.property(anyCell, anyZone, fc.integer({ min: 0, max: 287 }), (day, zone, cellOfDay) => {
          const { on } = civilOfCell(day, zone);
          const cells = ['2026-01-15', '2026-07-15'].map((today) => {
            Settings.now = () => Date.parse(today);
            return cellOfCivil(on, cellOfDay * 5, zone);
          });
          expect(cells[0]).toBe(cells[1]);
        }),
      );
      for (const today of ['2026-01-15', '2026-07-15']) {
        Settings.now = () => Date.parse(today);
        expect(instantOfCell(cellOfCivil('2026-10-25', 150, 'Europe/Paris'))).toBe('2026-10-25T00:30:00Z');
      }
    } finally {
      Settings.now = now;
    }
  });

  it('moves a time that the clock skips forward by the gap', () => {
    expect(instantOfCell(cellOfCivil('2026-03-29', 150, 'Europe/Paris'))).toBe('2026-03-29T01:30:00Z');
    expect(civilOfCell(cellOfCivil('2026-03-29', 150, 'Europe/Paris'), 'Europe/Paris').minuteOfDay).toBe(210);
    // Saint-Pierre-et-Miquelon follows North America: its clock changes on other days than in Paris
    expect(civilOfCell(cellOfCivil('2026-03-08', 150, 'America/Miquelon'), 'America/Miquelon').minuteOfDay).toBe(210);
  });

  it.each([
    ['Europe/Paris', '2026-03-29', 276],
    ['Europe/Paris', '2026-10-25', 300],
    ['Europe/Paris', '2026-10-26', 288],
    ['America/Miquelon', '2026-03-08', 276],
    ['America/Miquelon', '2026-11-01', 300],
    ['America/Miquelon', '2026-03-29', 288],
    ['Indian/Reunion', '2026-03-29', 288],
    ['Pacific/Noumea', '2026-10-25', 288],
  ])('counts the cells of %s on %s: %i', (zone, on, cellCount) => {
    expect(cellOfCivil(addDays(on, 1), 0, zone) - cellOfCivil(on, 0, zone)).toBe(cellCount);
    expect(cellOfCivil(on, 1440, zone)).toBe(cellOfCivil(addDays(on, 1), 0, zone));
  });

  it('answers as luxon does, on any day of any zone: days on which a clock changes, half hours, before 1970', () => {
    const cells = fc.integer({ min: -5_259_744, max: 8_415_360 });
    const zones = fc.constantFrom(
      ...ZONES,
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'America/New_York',
      'Pacific/Apia',
      'UTC',
    );
    fc.assert(
      fc.property(cells, zones, (cell, zone) => {
        const local = DateTime.fromSeconds(cell * 300, { zone });
        fc.pre(local.second === 0); // a zone of old times that was ahead by seconds has no cells
        expect(civilOfCell(cell, zone)).toEqual({ on: local.toISODate(), minuteOfDay: local.hour * 60 + local.minute });
        expect(zonedInstantOfCell(cell, zone)).toBe(local.toISO({ suppressMilliseconds: true }));
        expect(weekdayOf(local.toISODate()!)).toBe(local.weekday);
        expect(addDays(local.toISODate()!, 40)).toBe(local.plus({ days: 40 }).toISODate());
      }),
      { numRuns: 3000, seed: 1912 },
    );
  });

  it('writes instants in UTC and with the offset of a zone', () => {
    const cell = cellOfCivil('2026-11-23', 645, 'Europe/Paris');
    expect(instantOfCell(cell)).toBe('2026-11-23T09:45:00Z');
    expect(zonedInstantOfCell(cell, 'Europe/Paris')).toBe('2026-11-23T10:45:00+01:00');
    expect(zonedInstantOfCell(cell, 'Indian/Reunion')).toBe('2026-11-23T13:45:00+04:00');
  });

  it('counts dates across months, years and leap days', () => {
    expect(datesBetween('2028-02-28', '2028-03-01')).toEqual(['2028-02-28', '2028-02-29', '2028-03-01']);
    expect(datesBetween('2026-12-31', '2027-01-01')).toEqual(['2026-12-31', '2027-01-01']);
    expect(datesBetween('2026-12-31', '2026-12-30')).toEqual([]);
    expect([weekdayOf('2026-11-23'), weekdayOf('2026-11-29')]).toEqual([1, 7]);
  });

  it('reads and writes clock times of the whole day', () => {
    for (let minute = 0; minute <= 1440; minute++) expect(minuteOfClock(clockOfMinute(minute))).toBe(minute);
    for (const wrong of ['24:01', '8:30', '08:60', '', '25:00']) expect(minuteOfClock(wrong)).toBeUndefined();
  });
});

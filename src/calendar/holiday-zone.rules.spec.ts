import { isZone } from '../common/civil-time';
import {
  departmentNumberOf,
  HOLIDAY_ZONES,
  holidayZoneOfDepartment,
  publicHolidayRegionOf,
  timeZoneOfDepartment,
  timeZoneOfHolidayZone,
} from './holiday-zone.rules';
import { publicHolidaysOf } from './public-holiday.rules';

describe('zones', () => {
  it.each([
    ['059', '59'],
    ['59', '59'],
    ['D059', '59'],
    ['dep-059', '59'],
    ['02A', '2A'],
    ['2b', '2B'],
    ['974', '974'],
    ['D001', '01'],
  ])('find the department of the code %s', (code, number) => {
    expect(departmentNumberOf(code)).toBe(number);
  });

  it('hold each of the 101 departments and the places overseas once', () => {
    const mainland = Array.from({ length: 95 }, (_, at) => String(at + 1).padStart(2, '0'))
      .filter((number) => number !== '20')
      .concat('2A', '2B');
    const overseas = ['971', '972', '973', '974', '975', '976', '977', '978', '986', '987', '988'];
    for (const number of [...mainland, ...overseas]) {
      expect(HOLIDAY_ZONES).toContain(holidayZoneOfDepartment(number));
      expect(isZone(timeZoneOfDepartment(number)!)).toBe(true);
    }
    expect(holidayZoneOfDepartment('20')).toBeUndefined();
    expect(timeZoneOfDepartment('99')).toBeUndefined();
    expect(HOLIDAY_ZONES.every((zone) => isZone(timeZoneOfHolidayZone(zone)))).toBe(true);
  });

  it('place the academies where they are', () => {
    expect(['59', '62', '02', '60', '80'].map(holidayZoneOfDepartment)).toEqual(['B', 'B', 'B', 'B', 'B']);
    expect(['69', '75', '31', '34', '33'].map(holidayZoneOfDepartment)).toEqual(['A', 'C', 'C', 'C', 'A']);
    expect(timeZoneOfDepartment('974')).toBe('Indian/Reunion');
  });
});

describe('public holidays', () => {
  it('are legal days off only, not observances', () => {
    const dates = publicHolidaysOf('FR', 2026);
    expect([...dates].sort()).toEqual([
      '2026-01-01',
      '2026-04-06',
      '2026-05-01',
      '2026-05-08',
      '2026-05-14',
      '2026-05-25',
      '2026-07-14',
      '2026-08-15',
      '2026-11-01',
      '2026-11-11',
      '2026-12-25',
    ]);
    expect(dates.has('2026-05-24')).toBe(false);
  });

  it('add Good Friday and the day after Christmas in Alsace and Moselle', () => {
    for (const number of ['57', '67', '68']) {
      const dates = publicHolidaysOf(publicHolidayRegionOf(number), 2026);
      expect(dates.has('2026-04-03') && dates.has('2026-12-26')).toBe(true);
    }
    expect(publicHolidaysOf(publicHolidayRegionOf('59'), 2026).has('2026-12-26')).toBe(false);
  });

  it.each([
    ['971', '2026-05-27'],
    ['972', '2026-05-22'],
    ['973', '2026-06-10'],
    ['974', '2026-12-20'],
    ['976', '2026-04-27'],
    ['988', '2026-09-24'],
    ['986', '2026-07-29'],
  ])('know the day of department %s: %s', (number, on) => {
    expect(publicHolidaysOf(publicHolidayRegionOf(number), 2026).has(on)).toBe(true);
    expect(publicHolidaysOf('FR', 2026).has(on)).toBe(false);
  });
});

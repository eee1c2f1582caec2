import Holidays from 'date-holidays';
import type { CivilDate } from '../common/civil-time';

const CACHE = new Map<string, ReadonlySet<CivilDate>>();

/**
 * Public holidays of a region (publicHolidayRegionOf) in a year. Only legal days off: observances such as Mothers' Day
 * or Whit Sunday close nothing. Source: the date-holidays package; computed once per year and region.
 */
export function publicHolidaysOf(region: string, year: number): ReadonlySet<CivilDate> {
  const key = `${region} ${year}`;
  let dates = CACHE.get(key);
  if (!dates) {
    const [country, state] = region.split('-') as [string, string?];
    const holidays = state === undefined ? new Holidays(country) : new Holidays(country, state);
    dates = new Set(
      holidays
        .getHolidays(year)
        .filter((holiday) => holiday.type === 'public')
        .map((holiday) => holiday.date.slice(0, 10)),
    );
    CACHE.set(key, dates);
  }
  return dates;
}

import type { CivilDate } from '../common/civil-time';
import type { DayType } from './calendar-place';

const WEDNESDAY = 3;
const SATURDAY = 6;
const SUNDAY = 7;
const BOTH_HALVES = 3;

/** Consecutive dates as columns, made once for many places. */
export interface DateRange {
  dates: readonly CivilDate[];
  /** Monday = 1 ... Sunday = 7. */
  weekdays: Uint8Array;
}

/** Half days that somebody stated for the dates of a territory or of an establishment, against pattern and holidays. */
export interface StatedDays {
  firstOn: CivilDate;
  lastOn: CivilDate;
  /** Bits of each of these dates. */
  openHalfDays: number;
}

interface Stretch {
  firstDayOffOn: CivilDate;
  resumeOn: CivilDate;
}

/** 1 for each date that is a public holiday or lies in school holidays. */
export function daysOff(
  { dates }: DateRange,
  holidays: readonly Stretch[],
  isPublicHoliday: (on: CivilDate) => boolean,
): Uint8Array {
  return Uint8Array.from(dates, (on) =>
    isPublicHoliday(on) || holidays.some((period) => period.firstDayOffOn <= on && on < period.resumeOn) ? 1 : 0,
  );
}

/** What is stated for each date, -1 where nothing is; of several the last one in the list holds. */
export function statedHalfDays({ dates }: DateRange, stated: readonly StatedDays[]): Int8Array {
  return Int8Array.from(
    dates,
    (on) => stated.findLast((entry) => entry.firstOn <= on && on <= entry.lastOn)?.openHalfDays ?? -1,
  );
}

/** Open half days of each date: what is stated, else nothing on days off, else the weekly pattern. */
export function openDaysOf(range: DateRange, openHalfDays: number, off: Uint8Array, stated: Int8Array): Uint8Array {
  return Uint8Array.from(off, (isOff, day) => {
    if (stated[day]! >= 0) return stated[day]!;
    return isOff ? 0 : (openHalfDays >> (2 * (range.weekdays[day]! - 1))) & BOTH_HALVES;
  });
}

/** The type of each date: what is stated closes a day, or makes a Saturday or a holiday a school day. */
export function dayTypesOf(range: DateRange, off: Uint8Array, stated: Int8Array): DayType[] {
  return Array.from(off, (isOff, day) => {
    const weekday = range.weekdays[day]!;
    if (stated[day] === 0) return 'day_off';
    if (stated[day]! > 0) return weekday === WEDNESDAY ? 'wednesday' : 'school_day';
    if (isOff || weekday === SUNDAY) return 'day_off';
    return weekday === WEDNESDAY ? 'wednesday' : weekday === SATURDAY ? 'saturday' : 'school_day';
  });
}

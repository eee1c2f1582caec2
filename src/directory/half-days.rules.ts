import type { EstablishmentKind } from './directory-rows';
import { FIRST_DEGREE_KINDS } from './establishment-kind.rules';

/** The bit of a half day in `open_half_days`: 2 x (weekday - 1) for the morning, the next one for the afternoon. */
function halfDayBit(weekday: number, half: 'morning' | 'afternoon'): number {
  return 1 << (2 * (weekday - 1) + (half === 'morning' ? 0 : 1));
}

const wholeDays = (weekdays: readonly number[]): number =>
  weekdays.reduce((bits, weekday) => bits | halfDayBit(weekday, 'morning') | halfDayBit(weekday, 'afternoon'), 0);

/** Monday, Tuesday, Thursday, Friday: nine communes in ten since the decree of 27 June 2017. */
export const FOUR_DAYS = wholeDays([1, 2, 4, 5]);
/** The same with Wednesday morning. */
export const FOUR_DAYS_AND_A_HALF = FOUR_DAYS | halfDayBit(3, 'morning');

/** The week of an establishment that has not stated its own: no official file tells it. */
export function openHalfDaysOf(kind: EstablishmentKind): number {
  return FIRST_DEGREE_KINDS.includes(kind) ? FOUR_DAYS : FOUR_DAYS_AND_A_HALF;
}

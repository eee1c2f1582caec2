/** What the calendar needs to know of an establishment. */
export interface CalendarPlace {
  establishmentId: number;
  /** IANA name. */
  timeZone: string;
  /** One of HOLIDAY_ZONES; another one has no school holidays. */
  holidayZone: string;
  /** Bit 2 x (weekday - 1) for the morning, the next one for the afternoon, Monday = weekday 1. */
  openHalfDays: number;
  departmentId: number;
  academyId: number | null;
  regionId: number | null;
}

/** Bits of one day. */
export const MORNING = 1;
export const AFTERNOON = 2;
/** Where the half days meet: 13:00 of the establishment's local time. */
export const AFTERNOON_STARTS_AT_MINUTE = 13 * 60;

export const DAY_TYPES = ['school_day', 'wednesday', 'saturday', 'day_off'] as const;
/** What a date is for the schools of a department in general, whatever the pattern of one of them. */
export type DayType = (typeof DAY_TYPES)[number];

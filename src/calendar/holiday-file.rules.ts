import { DateTime } from 'luxon';
import { addDays, type CivilDate } from '../common/civil-time';
import { HOLIDAY_ZONES, timeZoneOfHolidayZone, type HolidayZone } from './holiday-zone.rules';

/** Columns of the official file, by the names that its exports use (headers are compared by `fold`). */
export const COLUMNS = {
  label: ['description'],
  population: ['population'],
  startsAt: ['datededebut', 'startdate'],
  endsAt: ['datedefin', 'enddate'],
  academy: ['academies', 'location'],
  zone: ['zones', 'zone'],
  schoolYear: ['anneescolaire'],
} as const;
export type HolidayColumn = keyof typeof COLUMNS;
export type HolidayRecord = Record<HolidayColumn, string>;

/** One row of the file, understood. */
export interface HolidayRow {
  lineNumber: number;
  zones: HolidayZone[];
  academy: string;
  schoolYear: string;
  label: string;
  /** The part of the schools that it is for, null for all of them. */
  schools: string | null;
  firstDayOffOn: CivilDate;
  resumeOn: CivilDate;
  /** The file says when it begins only: the return is assumed. */
  isOpenEnded: boolean;
}

export interface HolidayRefusal {
  code: string;
  field: HolidayColumn | null;
  message: string;
}

const PUBLISHED_IN = 'Europe/Paris';
/** An instant that is further from midnight is no civil date; the file's worst slip is one hour of summer time. */
const MIDNIGHT_SLACK_MINUTES = 120;
/** The longest holidays (southern summer, New Caledonia) last nine weeks; beyond this the file holds a slip. */
const LONGEST_PERIOD_DAYS = 100;
/** Day of return (month-day) of long holidays whose end is not published yet; the mainland's is 1 September. */
const ASSUMED_RETURN: Partial<Record<HolidayZone, string>> = {
  Réunion: '08-18',
  Mayotte: '08-23',
  Polynésie: '08-12',
  'Nouvelle-Calédonie': '02-15',
  'Wallis-et-Futuna': '02-15',
};

/** Text without accents, case, spaces and signs: `Date de début` -> `datededebut`. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

const ZONE_OF_NAME = new Map<string, HolidayZone>(
  HOLIDAY_ZONES.flatMap((zone): [string, HolidayZone][] => [
    [fold(zone), zone],
    [fold(`Zone ${zone}`), zone],
  ]),
);

/** Rows for teachers only: pupils have other dates, which stand in rows of their own. */
export function isForTeachers(population: string): boolean {
  return fold(population).includes('enseignant');
}

/** A row of the file, or why it cannot be followed. */
export function holidayRowOf(record: HolidayRecord, lineNumber: number): HolidayRow | HolidayRefusal {
  const zone = ZONE_OF_NAME.get(fold(record.zone));
  if (!zone) return refusal('calendar.zone_unknown', 'zone', `The zone ${JSON.stringify(record.zone)} is not known.`);
  if (!/^20\d{2}(-20\d{2})?$/.test(record.schoolYear))
    return refusal(
      'calendar.school_year_invalid',
      'schoolYear',
      `${JSON.stringify(record.schoolYear)} is no school year.`,
    );
  const label = record.label.trim().replace(/^Début des /i, '');
  if (label === '') return refusal('calendar.label_missing', 'label', 'The description is missing.');
  const firstDayOffOn = civilDateOf(record.startsAt, zone);
  if (!firstDayOffOn) return notADate('startsAt', record.startsAt);
  const endOn = civilDateOf(record.endsAt, zone);
  const isOpenEnded = /^Début des /i.test(record.label.trim());
  if (!isOpenEnded && !endOn) return notADate('endsAt', record.endsAt);
  // a single date is one day off; of two the second is the day of return
  const resumeOn = isOpenEnded
    ? assumedReturn(zone, firstDayOffOn)
    : endOn === firstDayOffOn
      ? addDays(firstDayOffOn, 1)
      : endOn!;
  if (resumeOn <= firstDayOffOn)
    return refusal(
      'calendar.period_reversed',
      'endsAt',
      `It ends on ${resumeOn}, before it begins on ${firstDayOffOn}.`,
    );
  if (addDays(firstDayOffOn, LONGEST_PERIOD_DAYS) < resumeOn)
    return refusal(
      'calendar.period_too_long',
      'endsAt',
      `From ${firstDayOffOn} to ${resumeOn} is more than ${LONGEST_PERIOD_DAYS} days.`,
    );
  const { zones, schools } = concerned(zone, record.population);
  return {
    lineNumber,
    zones,
    schools,
    label,
    firstDayOffOn,
    resumeOn,
    isOpenEnded,
    academy: record.academy.trim(),
    schoolYear: record.schoolYear,
  };
}

/**
 * The civil date of a date in either style of the exports. What was written at a local midnight
 * (`2025-10-18T00:00:00+02:00`) is that date. A UTC instant (`2025-10-17T22:00:00+00:00`) is the date that begins then,
 * in Paris, where the file is published, or in the zone itself, whichever clock is nearer to midnight: cutting it would
 * give the day before. Undefined for what is no midnight anywhere.
 */
export function civilDateOf(text: string, zone: HolidayZone): CivilDate | undefined {
  const trimmed = text.trim();
  if (!/^20\d{2}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/.test(trimmed)) return undefined;
  const instant = DateTime.fromISO(trimmed, { setZone: true });
  if (!instant.isValid) return undefined;
  if (trimmed.length === 10) return trimmed;
  if (instant.offset !== 0 && instant.hour === 0) return trimmed.slice(0, 10);
  const nearest = [PUBLISHED_IN, timeZoneOfHolidayZone(zone)]
    .map((timeZone) => instant.setZone(timeZone))
    .map((local) => ({ on: local.toISODate()!, minutes: local.hour * 60 + local.minute }))
    .reduce((best, other) => (other.minutes < best.minutes ? other : best));
  return nearest.minutes <= MIDNIGHT_SLACK_MINUTES ? nearest.on : undefined;
}

/** Whom a row is for: Guadeloupe's rows name its islands in the population, others name a part of the schools. */
function concerned(zone: HolidayZone, population: string): { zones: HolidayZone[]; schools: string | null } {
  const words = fold(population);
  if (zone === 'Guadeloupe') {
    const islands: HolidayZone[] = ['Saint-Martin', 'Saint-Barthélemy'];
    if (words === '' || words === 'eleves') return { zones: ['Guadeloupe', ...islands], schools: null };
    // the file writes the island's name with and without an accent more: Barthélémy
    const named = islands.filter((island) => words.includes(fold(island)));
    if (words.includes('sauf'))
      return { zones: ['Guadeloupe', ...islands.filter((island) => !named.includes(island))], schools: null };
    if (words.includes('guadeloupe')) named.unshift('Guadeloupe');
    if (named.length > 0) return { zones: named, schools: null };
  }
  return { zones: [zone], schools: words === '' || words === 'eleves' ? null : population.trim() };
}

function assumedReturn(zone: HolidayZone, firstDayOffOn: CivilDate): CivilDate {
  const year = Number(firstDayOffOn.slice(0, 4));
  const monthDay = ASSUMED_RETURN[zone] ?? '09-01';
  const sameYear = `${year}-${monthDay}`;
  return sameYear > firstDayOffOn ? sameYear : `${year + 1}-${monthDay}`;
}

function refusal(code: string, field: HolidayColumn, message: string): HolidayRefusal {
  return { code, field, message };
}

function notADate(field: HolidayColumn, text: string): HolidayRefusal {
  return refusal('calendar.date_invalid', field, `${JSON.stringify(text)} is not a date of the calendar.`);
}

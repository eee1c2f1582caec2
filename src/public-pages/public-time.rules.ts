import { DateTime } from 'luxon';
import type { CivilDate } from '../common/civil-time';
import { type Language, localeOf, withFirstOfMonth } from '../common/language.rules';
import { secondsOfCell } from '../kernel/cell-grid';

const MINUTE = 60;
const MINUTES_PER_HOUR = 60;
const DAY = 86_400;
const NARROW_SPACE = '\u00a0';

/** A clock time that does not break over lines: `9 h 45`, `09:45`. */
export function clockText(unixSeconds: number, zone: string, language: Language): string {
  const at = DateTime.fromSeconds(unixSeconds, { zone });
  return language === 'fr' ? at.toFormat("H 'h' mm").replaceAll(' ', NARROW_SPACE) : at.toFormat('HH:mm');
}

/** A date: `lundi 30 novembre`, `mardi 1er décembre`. */
export function dateText(on: CivilDate, language: Language): string {
  return dated(on, language, 'cccc d LLLL');
}

/** A short date: `lun. 30 nov.`. */
export function shortDateText(on: CivilDate, language: Language): string {
  return dated(on, language, 'ccc d LLL');
}

function dated(on: CivilDate, language: Language, format: string): string {
  return withFirstOfMonth(
    DateTime.fromISO(on, { zone: 'utc' }).setLocale(localeOf(language)).toFormat(format),
    language,
  );
}

/** An instant of a cell with the offset of a zone, as machines read it. */
export function machineTime(cell: number, zone: string): string {
  return DateTime.fromSeconds(secondsOfCell(cell), { zone }).toISO({ suppressMilliseconds: true })!;
}

/** Minutes that a zone is ahead of UTC at an instant. */
export function offsetMinutes(unixSeconds: number, zone: string): number {
  return DateTime.fromSeconds(unixSeconds, { zone }).offset;
}

/** What people call the time of a zone: `heure de Paris`, `heure de La Réunion`. */
export function zoneText(zone: string, language: Language): string {
  if (zone === 'Europe/Paris') return language === 'fr' ? 'heure de Paris' : 'Paris time';
  const format = new Intl.DateTimeFormat(localeOf(language), { timeZone: zone, timeZoneName: 'longGeneric' });
  return format.formatToParts(new Date(0)).find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}

export interface DelayWords {
  soon: string;
  minutes: string;
  hours: string;
  days: string;
}

/** How long still, in words; the script of the page says the same. Days are counted on the calendar: `dayCount` of them lie between. */
export function delayText(seconds: number, dayCount: number, words: DelayWords): string {
  if (seconds < MINUTE) return words.soon;
  const minutes = Math.ceil(seconds / MINUTE);
  if (minutes < MINUTES_PER_HOUR) return words.minutes.replace('{m}', String(minutes));
  if (seconds < DAY || dayCount < 2) {
    const rest = String(minutes % MINUTES_PER_HOUR).padStart(2, '0');
    return words.hours.replace('{h}', String(Math.floor(minutes / MINUTES_PER_HOUR))).replace('{m}', rest);
  }
  return words.days.replace('{d}', String(dayCount));
}

import { dateWords } from './date-words';
import { currentLanguage } from './i18n';

const locale = (): string => (currentLanguage() === 'en' ? 'en-GB' : 'fr-FR');
const kept = new Map<string, Intl.DateTimeFormat | Intl.NumberFormat>();

function dates(options: Intl.DateTimeFormatOptions, language = locale()): Intl.DateTimeFormat {
  const key = `d${language}${JSON.stringify(options)}`;
  const known = kept.get(key) as Intl.DateTimeFormat | undefined;
  if (known) return known;
  const made = new Intl.DateTimeFormat(language, options);
  kept.set(key, made);
  return made;
}

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `n${locale()}${JSON.stringify(options)}`;
  const known = kept.get(key) as Intl.NumberFormat | undefined;
  if (known) return known;
  const made = new Intl.NumberFormat(locale(), options);
  kept.set(key, made);
  return made;
}

/** « Collège : 12 » in French, `Collège: 12` in English. */
export const labelled = (label: string, value: string): string =>
  `${label}${currentLanguage() === 'en' ? ':' : '\u00a0:'} ${value}`;
/** 1 118 683 */
export const formatCount = (value: number): string => numbers({ maximumFractionDigits: 0 }).format(value);
/** 12,5 */
export const formatDecimal = (value: number, digits = 1): string =>
  numbers({ minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
/** 87 % */
export const formatPercent = (ratio: number, digits = 0): string =>
  numbers({ style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits }).format(ratio);
/** 25 min, 1 h 05 min */
export function formatMinutes(minutes: number): string {
  const whole = Math.round(Math.abs(minutes));
  if (whole < 60) return `${whole}\u00a0min`;
  const rest = whole % 60;
  const hours = `${Math.floor(whole / 60)}\u00a0h`;
  return rest === 0 ? hours : `${hours}\u00a0${String(rest).padStart(2, '0')}`;
}

/** How long somebody waits: 45 s, 2 min 30 s, 25 min */
export function formatWait(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole >= 600) return formatMinutes(whole / 60);
  const rest = `${whole % 60}\u00a0s`;
  if (whole < 60) return rest;
  const minutes = `${Math.floor(whole / 60)}\u00a0min`;
  return whole % 60 === 0 ? minutes : `${minutes}\u00a0${rest}`;
}

/** 10 h 05 in French, 10:05 in English; the zone is that of the school or the platform. */
export function formatTime(at: string | Date, timeZone: string): string {
  const parts = dates({ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).formatToParts(new Date(at));
  const of = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return currentLanguage() === 'en'
    ? `${of('hour')}:${of('minute')}`
    : `${Number(of('hour'))}\u00a0h\u00a0${of('minute')}`;
}

/** 9 h 45 – 10 h 30 */
export const formatRange = (from: string | Date, to: string | Date, timeZone: string): string =>
  `${formatTime(from, timeZone)} – ${formatTime(to, timeZone)}`;

/** The same for a civil hour, `HH:MM`. */
export function formatHour(hour: string): string {
  const [hours = '', minutes = ''] = hour.split(':');
  return currentLanguage() === 'en' ? `${hours}:${minutes}` : `${Number(hours)}\u00a0h\u00a0${minutes}`;
}

const told = (options: Intl.DateTimeFormatOptions, at: Date): string =>
  dateWords(dates(options), at, currentLanguage());

/** mardi 1er décembre; for a civil date. */
export const formatDay = (date: string): string =>
  told({ timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long' }, new Date(`${date}T12:00:00Z`));
/** mar. 1er déc. */
export const formatShortDay = (date: string): string =>
  told({ timeZone: 'UTC', weekday: 'short', day: 'numeric', month: 'short' }, new Date(`${date}T12:00:00Z`));
/** mardi */
export const formatWeekday = (date: string): string =>
  dates({ timeZone: 'UTC', weekday: 'long' }).format(new Date(`${date}T12:00:00Z`));
/** mardi 1er décembre à 10 h 05 */
export function formatInstant(at: string, timeZone: string): string {
  const day = told({ timeZone, weekday: 'long', day: 'numeric', month: 'long' }, new Date(at));
  return currentLanguage() === 'en' ? `${day} at ${formatTime(at, timeZone)}` : `${day} à ${formatTime(at, timeZone)}`;
}

/** mardi 12 janvier 2027, or mardi 12 janvier 2027 à 10 h 05; for a civil date, with a civil hour or without. */
export function formatCivil(civil: string): string {
  const [date = '', hour] = civil.split('T');
  const day = told({ timeZone: 'UTC', dateStyle: 'full' }, new Date(`${date}T12:00:00Z`));
  if (hour === undefined) return day;
  return currentLanguage() === 'en' ? `${day} at ${formatHour(hour)}` : `${day} à ${formatHour(hour)}`;
}

/** 1er décembre 2027 */
export const formatDate = (at: string, timeZone: string): string => told({ timeZone, dateStyle: 'long' }, new Date(at));

/** The civil date of an instant, `YYYY-MM-DD`. */
export function civilDateOf(at: string | Date, timeZone: string): string {
  return dates({ timeZone, dateStyle: 'short' }, 'en-CA').format(new Date(at));
}

/** The civil hour of an instant, `HH:MM`. */
export function civilHourOf(at: string | Date, timeZone: string): string {
  return dates({ timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, 'en-GB').format(new Date(at));
}

/** A civil date some days later. */
export function addDays(date: string, days: number): string {
  const at = new Date(`${date}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** The Monday of a civil date's week. */
export function mondayOf(date: string): string {
  const weekday = new Date(`${date}T12:00:00Z`).getUTCDay();
  return addDays(date, -((weekday + 6) % 7));
}

/** What the reader's own zone is, where it differs from this one. */
export function otherZone(timeZone: string): string | undefined {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const now = new Date();
  return civilHourOf(now, own) === civilHourOf(now, timeZone) ? undefined : own;
}

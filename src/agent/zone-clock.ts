import { DateTime } from 'luxon';
import { type Language, withFirstOfMonth } from '../common/language.rules';

/** No zone changes its offset within a quarter of an hour of universal time. */
const QUARTER_SECONDS = 900;
const MOST_REMEMBERED = 20_000;

/** A minute of a zone's clock, in words; nearly all that a page says is of a few hundred minutes of a day. */
interface Minute {
  date: string;
  clock: string;
  /** `+01:00` */
  offset: string;
}

const offsets = new Map<string, number>();
const minutes = new Map<string, Map<number, Minute>>();
const days = new Map<string, string>();

/** Seconds by which a zone's clock is ahead of universal time; asked of the time zone database once a quarter of an hour. */
function offsetSeconds(seconds: number, zone: string): number {
  const key = `${zone}/${Math.floor(seconds / QUARTER_SECONDS)}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    offset = DateTime.fromSeconds(seconds, { zone }).offset * 60;
    if (offsets.size >= MOST_REMEMBERED) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

const two = (n: number): string => String(n).padStart(2, '0');

function minuteOf(seconds: number, zone: string): Minute {
  let ofZone = minutes.get(zone);
  if (ofZone === undefined) minutes.set(zone, (ofZone = new Map<number, Minute>()));
  const number = Math.floor(seconds / 60);
  let minute = ofZone.get(number);
  if (minute === undefined) {
    const ahead = offsetSeconds(number * 60, zone);
    const civil = new Date((number * 60 + ahead) * 1000).toISOString();
    const aheadMinutes = Math.abs(ahead) / 60;
    const offset = `${ahead < 0 ? '-' : '+'}${two(Math.floor(aheadMinutes / 60))}:${two(aheadMinutes % 60)}`;
    minute = { date: civil.slice(0, 10), clock: civil.slice(11, 16), offset };
    if (ofZone.size >= MOST_REMEMBERED) ofZone.clear();
    ofZone.set(number, minute);
  }
  return minute;
}

/** `2025-12-01T09:40:00+01:00`, to the second. */
export function isoOf(seconds: number, zone: string): string {
  const { date, clock, offset } = minuteOf(seconds, zone);
  return `${date}T${clock}:${two(Math.floor(seconds) - Math.floor(seconds / 60) * 60)}${offset}`;
}

/** A clock time that does not break over lines: `9 h 40`, `09:40`. */
export function clockText(seconds: number, zone: string, language: Language): string {
  const { clock } = minuteOf(seconds, zone);
  return language === 'fr' ? `${Number(clock.slice(0, 2))}\u00a0h\u00a0${clock.slice(3)}` : clock;
}

/** `2025-12-01`. */
export const civilDateOf = (seconds: number, zone: string): string => minuteOf(seconds, zone).date;

/** `lundi 1er décembre`. */
export function dayOfWords(seconds: number, zone: string, language: Language): string {
  const key = `${language}/${civilDateOf(seconds, zone)}`;
  let words = days.get(key);
  if (words === undefined) {
    const date = DateTime.fromSeconds(seconds, { zone, locale: language });
    words = withFirstOfMonth(date.toFormat('cccc d LLLL'), language);
    if (days.size >= MOST_REMEMBERED) days.clear();
    days.set(key, words);
  }
  return words;
}

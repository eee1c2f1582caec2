import { DateTime } from 'luxon';

/** No zone changes its offset within a quarter of an hour of universal time. */
const QUARTER_SECONDS = 900;
const MOST_REMEMBERED = 20_000;

const offsets = new Map<string, number>();
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
const civil = (seconds: number, zone: string): string =>
  new Date(Math.floor(seconds + offsetSeconds(seconds, zone)) * 1000).toISOString();

/** `2025-12-01T09:40:00+01:00`, to the second. */
export function isoOf(seconds: number, zone: string): string {
  const minutes = offsetSeconds(seconds, zone) / 60;
  const ahead = Math.abs(minutes);
  const sign = minutes < 0 ? '-' : '+';
  return `${civil(seconds, zone).slice(0, 19)}${sign}${two(Math.floor(ahead / 60))}:${two(ahead % 60)}`;
}

/** `09:40`. */
export const clockOf = (seconds: number, zone: string): string => civil(seconds, zone).slice(11, 16);

/** `2025-12-01`. */
export const civilDateOf = (seconds: number, zone: string): string => civil(seconds, zone).slice(0, 10);

/** `lundi 1 décembre`. */
export function dayOfWords(seconds: number, zone: string, language: string): string {
  const key = `${language}/${civilDateOf(seconds, zone)}`;
  let words = days.get(key);
  if (words === undefined) {
    words = DateTime.fromSeconds(seconds, { zone, locale: language }).toFormat('cccc d LLLL');
    if (days.size >= MOST_REMEMBERED) days.clear();
    days.set(key, words);
  }
  return words;
}

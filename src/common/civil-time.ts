import { DateTime, IANAZone } from 'luxon';
import { cellOfSeconds, secondsOfCell } from '../kernel/cell-grid';

/** A civil date, `2026-11-23`. */
export type CivilDate = string;

export const isZone = (zone: string): boolean => IANAZone.isValidZone(zone);

const DAY_SECONDS = 86_400;
const DAY_MILLISECONDS = 86_400_000;
/** Days of a zone: a dozen bytes each, thirty years of them. */
const MOST_REMEMBERED_DAYS = 11_000;
const offsetsOf = new Map<string, Map<number, number | undefined>>();

/**
 * Minutes that a zone is ahead of UTC all through a day of UTC (counted from 1970), or undefined where the clock changes on it. luxon
 * asks the tables of Intl for each instant, which a crowd of bookings notices.
 */
function offsetOf(day: number, zone: string): number | undefined {
  let known = offsetsOf.get(zone);
  if (!known) offsetsOf.set(zone, (known = new Map<number, number | undefined>()));
  if (known.has(day)) return known.get(day);
  const rules = DateTime.fromMillis(day * DAY_MILLISECONDS, { zone }).zone;
  // a universal zone is written in another way
  const first = rules.isUniversal ? NaN : rules.offset(day * DAY_MILLISECONDS);
  const last = rules.isUniversal ? NaN : rules.offset((day + 1) * DAY_MILLISECONDS - 1);
  const offset = first === last && Number.isInteger(first) ? first : undefined;
  if (known.size >= MOST_REMEMBERED_DAYS) known.clear();
  known.set(day, offset);
  return offset;
}

const dateOfDay = (day: number): CivilDate => new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10);

/**
 * The cell that starts at a civil time of a zone. A time that the clock skips is moved forward by the gap, of a time
 * that comes twice the first is taken. (Left alone luxon chooses by the offset of today, so the answer would depend on
 * the season in which it is asked.)
 */
export function cellOfCivil(on: CivilDate, minuteOfDay: number, zone: string): number {
  const day = dayOf(on);
  const offset = offsetOf(day, zone);
  if (offset !== undefined && offset === offsetOf(day - 1, zone) && offset === offsetOf(day + 1, zone)) {
    return cellOfSeconds(day * DAY_SECONDS + (minuteOfDay - offset) * 60);
  }
  const local = DateTime.fromObject(
    {
      year: Number(on.slice(0, 4)),
      month: Number(on.slice(5, 7)),
      day: Number(on.slice(8, 10)),
      hour: Math.floor(minuteOfDay / 60),
      minute: minuteOfDay % 60,
    },
    { zone },
  );
  return cellOfSeconds(local.getPossibleOffsets()[0]!.toSeconds());
}

/** The civil date and minute of the day at which a cell starts in a zone. */
export function civilOfCell(cell: number, zone: string): { on: CivilDate; minuteOfDay: number } {
  const seconds = secondsOfCell(cell);
  const offset = offsetOf(Math.floor(seconds / DAY_SECONDS), zone);
  if (offset !== undefined) {
    const localMinutes = seconds / 60 + offset;
    const day = Math.floor(localMinutes / 1440);
    return { on: dateOfDay(day), minuteOfDay: localMinutes - day * 1440 };
  }
  const local = DateTime.fromSeconds(seconds, { zone });
  return { on: local.toISODate()!, minuteOfDay: local.hour * 60 + local.minute };
}

/** An instant on the wire: UTC, to the second, `2026-11-23T09:45:00Z`. */
export function instantOfCell(cell: number): string {
  return new Date(secondsOfCell(cell) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The instant of a cell in a zone, with its offset: `2026-11-23T10:45:00+01:00`. */
export function zonedInstantOfCell(cell: number, zone: string): string {
  const seconds = secondsOfCell(cell);
  const offset = offsetOf(Math.floor(seconds / DAY_SECONDS), zone);
  if (offset !== undefined) {
    const local = new Date((seconds + offset * 60) * 1000).toISOString().slice(0, 19);
    return `${local}${offset < 0 ? '-' : '+'}${clockOfMinute(Math.abs(offset))}`;
  }
  return DateTime.fromSeconds(seconds, { zone }).toISO({ suppressMilliseconds: true })!;
}

/** An instant of the wire in a zone, to the second, as `zonedInstantOfCell` writes it. */
export const zonedInstant = (at: string, zone: string): string =>
  DateTime.fromISO(at, { zone }).startOf('second').toISO({ suppressMilliseconds: true })!;

const dayOf = (on: CivilDate): number => Date.parse(on) / DAY_MILLISECONDS;

/** Monday = 1 ... Sunday = 7. */
export function weekdayOf(on: CivilDate): number {
  // 1970-01-01 was a Thursday
  return ((((dayOf(on) + 3) % 7) + 7) % 7) + 1;
}

export function addDays(on: CivilDate, days: number): CivilDate {
  return dateOfDay(dayOf(on) + days);
}

/** Every civil date from the first to the last, both included. */
export function datesBetween(firstOn: CivilDate, lastOn: CivilDate): CivilDate[] {
  const dates: CivilDate[] = [];
  for (let on = firstOn; on <= lastOn; on = addDays(on, 1)) dates.push(on);
  return dates;
}

/** `08:30` -> 510; undefined for anything else than a time of 24 hours. */
export function minuteOfClock(clock: string): number | undefined {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock);
  return match ? Number(match[1]) * 60 + Number(match[2]) : clock === '24:00' ? 1440 : undefined;
}

/** 510 -> `08:30`. */
export function clockOfMinute(minuteOfDay: number): string {
  return `${String(Math.floor(minuteOfDay / 60)).padStart(2, '0')}:${String(minuteOfDay % 60).padStart(2, '0')}`;
}

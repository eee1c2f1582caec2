import { DateTime, IANAZone } from 'luxon';
import { cellOfSeconds, secondsOfCell } from '../kernel/cell-grid';

/** A civil date, `2026-11-23`. */
export type CivilDate = string;

export const isZone = (zone: string): boolean => IANAZone.isValidZone(zone);

/**
 * The cell that starts at a civil time of a zone. A time that the clock skips is moved forward by the gap, of a time
 * that comes twice the first is taken. (Left alone luxon chooses by the offset of today, so the answer would depend on
 * the season in which it is asked.)
 */
export function cellOfCivil(on: CivilDate, minuteOfDay: number, zone: string): number {
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
  const local = DateTime.fromSeconds(secondsOfCell(cell), { zone });
  return { on: local.toISODate()!, minuteOfDay: local.hour * 60 + local.minute };
}

/** An instant on the wire: UTC, to the second, `2026-11-23T09:45:00Z`. */
export function instantOfCell(cell: number): string {
  return new Date(secondsOfCell(cell) * 1000).toISOString().replace('.000Z', 'Z');
}

/** The instant of a cell in a zone, with its offset: `2026-11-23T10:45:00+01:00`. */
export function zonedInstantOfCell(cell: number, zone: string): string {
  return DateTime.fromSeconds(secondsOfCell(cell), { zone }).toISO({ suppressMilliseconds: true })!;
}

/** Monday = 1 ... Sunday = 7. */
export function weekdayOf(on: CivilDate): number {
  return DateTime.fromISO(on, { zone: 'utc' }).weekday;
}

export function addDays(on: CivilDate, days: number): CivilDate {
  return DateTime.fromISO(on, { zone: 'utc' }).plus({ days }).toISODate()!;
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

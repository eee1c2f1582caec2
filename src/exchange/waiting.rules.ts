import type { Prepared } from '../booking/booking-preparation.service';
import { MILLISECONDS_PER_CELL } from '../booking/hold.rules';
import { cellOfStart, NOTICE_CELLS, startsOf } from '../booking/place.rules';
import { CELL_MINUTES, LEAD_CELLS } from '../kernel/cell-grid';
import { WaitingRefused } from './exchange.errors';

/** An offer is a hold of an hour: long enough for a head who teaches, short enough for the next one in order. */
export const OFFER_MINUTES = 60;
/** An offer that could not be looked at is none. */
export const LEAST_OFFER_MILLISECONDS = 2 * 60_000;
/** Entries of an establishment that wait at a time. */
export const MOST_ENTRIES = 40;
/** Two cells in which the sessions of a window drain. */
const DRAIN_CELLS = 2;

/**
 * Starts that would do, in local minutes, the best first: the wanted one, or with a least improvement every start of the day that is
 * nearer to the wanted one than the window's own by as much. Empty where nothing is better.
 */
export function acceptableStarts(
  prepared: Prepared,
  improvementMinutes: number | null,
  presentStartCell: number | undefined,
): number[] {
  const { operation } = prepared;
  if (!('targets' in operation)) return [];
  const { owner, day, startMinute, cellCount } = operation.targets[0]!;
  if (improvementMinutes === null) return [startMinute];
  if (presentStartCell === undefined) return [];
  const away = (start: number): number => Math.abs(start - startMinute);
  const own = Math.abs(presentStartCell - cellOfStart(day, startMinute, owner.timeZone)) * CELL_MINUTES;
  return startsOf(owner, day, cellCount)
    .filter((start) => away(start) + improvementMinutes <= own)
    .sort((a, b) => away(a) - away(b) || a - b);
}

/** The cells in which room is waited for, as PostgreSQL writes an int4multirange. */
export function waitedCells(prepared: Prepared, starts: readonly number[]): string {
  const { operation } = prepared;
  if (!('targets' in operation)) return '{}';
  const ranges = operation.targets.map(({ owner, day, cellCount }) => {
    const cells = starts.map((start) => cellOfStart(day, start, owner.timeZone));
    return `[${Math.min(...cells) - LEAD_CELLS},${Math.max(...cells) + cellCount + DRAIN_CELLS})`;
  });
  return `{${ranges.join(',')}}`;
}

/** The last moment at which the wish could be booked: the notice time of its first date. */
export function waitsUntil({ operation }: Prepared, starts: readonly number[]): Date {
  if (!('targets' in operation)) return new Date(0);
  const { owner, day } = operation.targets[0]!;
  const last = cellOfStart(day, Math.max(...starts), owner.timeZone);
  return new Date((last - NOTICE_CELLS) * MILLISECONDS_PER_CELL);
}

export function waitingOver(id: string): WaitingRefused {
  return new WaitingRefused('over', 'conflict', 'The entry does not wait any more.', { entryId: id });
}

import { DateTime } from 'luxon';
import { CELL_MINUTES, CELL_SECONDS, CELLS_PER_DAY } from '../kernel/cell-grid';
import { CapacityInputError } from './capacity.errors';

/** Which stretch of capacity, how fine; instants with their offset. */
export interface CurveQuery {
  from?: string | undefined;
  to?: string | undefined;
  stepMinutes?: number | undefined;
}

/** The cells of a curve, and how many of them are one of its points. */
export interface CurveRange {
  firstCell: number;
  cellCount: number;
  stepMinutes: number;
  cellsPerPoint: number;
}

const LONGEST_CURVE_DAYS = 100;
const MOST_CURVE_POINTS = 10_000;
const DEFAULT_CURVE_DAYS = 7;

/** By default the seven days from today's midnight of the zone. @throws CapacityInputError where it ends before it begins, or is too much */
export function curveRangeOf(
  { from, to, stepMinutes = CELL_MINUTES }: CurveQuery,
  zone: string,
  now: Date,
): CurveRange {
  const start =
    from === undefined ? DateTime.fromJSDate(now, { zone }).startOf('day') : DateTime.fromISO(from, { zone });
  const end = to === undefined ? start.plus({ days: DEFAULT_CURVE_DAYS }) : DateTime.fromISO(to);
  const firstCell = Math.floor(start.toSeconds() / CELL_SECONDS);
  const cellCount = Math.ceil(end.toSeconds() / CELL_SECONDS) - firstCell;
  const cellsPerPoint = stepMinutes / CELL_MINUTES;
  if (cellCount <= 0) throw new CapacityInputError('`to` must be after `from`.');
  if (cellCount > LONGEST_CURVE_DAYS * CELLS_PER_DAY || cellCount / cellsPerPoint > MOST_CURVE_POINTS)
    throw new CapacityInputError(
      `At most ${LONGEST_CURVE_DAYS} days and ${MOST_CURVE_POINTS} points: ask for a shorter range or a larger stepMinutes.`,
    );
  return { firstCell, cellCount, stepMinutes, cellsPerPoint };
}

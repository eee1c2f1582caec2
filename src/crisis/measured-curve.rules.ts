import { CELL_MINUTES, cellOfSeconds } from '../kernel/cell-grid';
import type { MinuteRow } from './measurement.store';

/** What was measured, one value per cell of five minutes; null where nothing was. */
export interface MeasuredCurve {
  /** Most sessions that were open in a minute of the cell. */
  sessions: (number | null)[];
  /** Log-ins of the cell: of minutes that were not measured, as many as in the others on average. */
  logins: (number | null)[];
  /** Slowest minute, 95th percentile. */
  latencyMilliseconds: (number | null)[];
  /** Worst minute, requests that failed per mille. */
  errorsPerMille: (number | null)[];
}

/** Minutes as a curve on the cells of a plan's load, so that the two can be laid over each other. */
export function measuredCurve(minutes: readonly MinuteRow[], firstCell: number, cellCount: number): MeasuredCurve {
  const none = (): (number | null)[] => Array<number | null>(cellCount).fill(null);
  const curve: MeasuredCurve = {
    sessions: none(),
    logins: none(),
    latencyMilliseconds: none(),
    errorsPerMille: none(),
  };
  const loginMinutes = new Uint8Array(cellCount);
  for (const { at, sessions, loginsPerMinute, latencyMilliseconds, errorsPerMille } of minutes) {
    const cell = cellOfSeconds(at.getTime() / 1000) - firstCell;
    if (cell < 0 || cell >= cellCount) continue;
    raise(curve.sessions, cell, sessions);
    raise(curve.latencyMilliseconds, cell, latencyMilliseconds);
    raise(curve.errorsPerMille, cell, errorsPerMille);
    if (loginsPerMinute === null) continue;
    curve.logins[cell] = (curve.logins[cell] ?? 0) + loginsPerMinute;
    loginMinutes[cell]!++;
  }
  curve.logins = curve.logins.map((sum, cell) => sum && Math.round((sum * CELL_MINUTES) / loginMinutes[cell]!));
  return curve;
}

function raise(values: (number | null)[], cell: number, value: number | null): void {
  if (value !== null) values[cell] = Math.max(values[cell] ?? value, value);
}

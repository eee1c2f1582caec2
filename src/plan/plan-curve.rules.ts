import type { PlanCells } from './plan-draft';

/** Consecutive cells. */
export interface CellRange {
  firstCell: number;
  cellCount: number;
}

/** Something per cell for both limits, in whole thousandths; index 0 is the first cell of a range. */
export interface CellLoad {
  sessions: Float64Array;
  logins: Float64Array;
}

/** Per cell of a plan, in whole thousandths: its own load, and all that its limit is made of; index 0 is `firstCell`. */
export interface PlanCurve extends PlanCells {
  plannedSessions: Float64Array;
  plannedLogins: Float64Array;
}

/** What the windows of a plan may use of each cell: capacity less headroom, background, reserves and other plans, never below 0. */
export function limitsOf(cells: PlanCells): CellLoad {
  const sessions = new Float64Array(cells.cellCount);
  const logins = new Float64Array(cells.cellCount);
  for (let i = 0; i < cells.cellCount; i++) {
    const takenSessions =
      cells.headroomSessions[i]! + cells.backgroundSessions[i]! + cells.reservedSessions[i]! + cells.otherSessions[i]!;
    const takenLogins =
      cells.headroomLogins[i]! + cells.backgroundLogins[i]! + cells.reservedLogins[i]! + cells.otherLogins[i]!;
    sessions[i] = Math.max(0, cells.capacitySessions[i]! - takenSessions);
    logins[i] = Math.max(0, cells.capacityLogins[i]! - takenLogins);
  }
  return { sessions, logins };
}

/** The sum of loads of one range, each taken `times` (1, or -1 to take it away), never below `least`. */
export function combined(
  cellCount: number,
  parts: readonly (readonly [load: CellLoad, times: 1 | -1])[],
  least = -Infinity,
): CellLoad {
  const sum = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
  for (const name of ['sessions', 'logins'] as const) {
    for (const [load, times] of parts) for (let i = 0; i < cellCount; i++) sum[name][i]! += times * load[name][i]!;
    for (let i = 0; i < cellCount; i++) sum[name][i] = Math.max(least, sum[name][i]!);
  }
  return sum;
}

/** Steps of `stepCells` cells from index `from` to before `to`: the largest value of each, or the least. */
export function coarsened(
  values: Float64Array,
  from: number,
  to: number,
  stepCells: number,
  keep: 'largest' | 'least',
): Float64Array {
  const pick = keep === 'largest' ? Math.max : Math.min;
  const steps = new Float64Array(Math.ceil(Math.max(0, to - from) / stepCells));
  for (let step = 0; step < steps.length; step++) {
    let i = from + step * stepCells;
    const end = Math.min(to, i + stepCells);
    let kept = values[i]!;
    for (i++; i < end; i++) kept = pick(kept, values[i]!);
    steps[step] = kept;
  }
  return steps;
}

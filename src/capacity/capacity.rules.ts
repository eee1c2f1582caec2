import { CELL_MINUTES, CELL_SECONDS, LOAD_SCALE } from '../kernel/cell-grid';
import { limitOf, type CapacityCells } from './capacity-cells';

/** A declared capacity, in force from its instant until the next one. */
export interface CapacityStep {
  startsAt: Date;
  concurrentSessions: number;
  loginsPerMinute: number;
}

/** A dated reduction: what is left of the planned capacity, per mille. */
export interface Regulation {
  startsAt: Date;
  endsAt: Date;
  sessionsPerMille: number;
  loginsPerMille: number;
}

/**
 * Planned, effective and headroom capacity of each cell. A cell that a step or a regulation begins or ends in takes the
 * least that is in force at any moment of it; of overlapping regulations the sharper one holds, separately for sessions
 * and logins. effective = planned x per mille / 1000, headroom = floor(effective x headroom / 1000). The order of the
 * steps and regulations does not matter; instants of steps are distinct.
 */
export function capacityCells(
  steps: readonly CapacityStep[],
  regulations: readonly Regulation[],
  headroomPerMille: number,
  firstCell: number,
  cellCount: number,
): CapacityCells {
  const column = (): Float64Array => new Float64Array(cellCount);
  const cells: CapacityCells = {
    firstCell,
    cellCount,
    plannedSessions: column(),
    plannedLogins: column(),
    effectiveSessions: column(),
    effectiveLogins: column(),
    headroomSessions: column(),
    headroomLogins: column(),
    backgroundSessions: column(),
    backgroundLogins: column(),
  };
  planSteps(cells, steps);
  cells.effectiveSessions.set(cells.plannedSessions);
  cells.effectiveLogins.set(cells.plannedLogins);
  for (const regulation of regulations) regulate(cells, regulation);
  for (let cell = 0; cell < cellCount; cell++) {
    cells.headroomSessions[cell] = Math.floor((cells.effectiveSessions[cell]! * headroomPerMille) / 1000);
    cells.headroomLogins[cell] = Math.floor((cells.effectiveLogins[cell]! * headroomPerMille) / 1000);
  }
  return cells;
}

function planSteps(cells: CapacityCells, steps: readonly CapacityStep[]): void {
  const ordered = [...steps].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
  const nothing = { concurrentSessions: 0, loginsPerMinute: 0 };
  cells.plannedSessions.fill(Infinity);
  cells.plannedLogins.fill(Infinity);
  [nothing, ...ordered].forEach((step, at) => {
    const start = ordered[at - 1]?.startsAt;
    const [first, end] = touched(cells, start, ordered[at]?.startsAt);
    for (let cell = first; cell < end; cell++) {
      const sessions = step.concurrentSessions * LOAD_SCALE;
      const logins = step.loginsPerMinute * CELL_MINUTES * LOAD_SCALE;
      cells.plannedSessions[cell] = Math.min(cells.plannedSessions[cell]!, sessions);
      cells.plannedLogins[cell] = Math.min(cells.plannedLogins[cell]!, logins);
    }
  });
}

/** The columns [first, end) of the cells that some moment of [startsAt, endsAt) lies in; no instant means no bound. */
function touched(cells: CapacityCells, startsAt: Date | undefined, endsAt: Date | undefined): [number, number] {
  const first = startsAt ? Math.floor(secondsOf(startsAt) / CELL_SECONDS) - cells.firstCell : 0;
  const end = endsAt ? Math.ceil(secondsOf(endsAt) / CELL_SECONDS) - cells.firstCell : cells.cellCount;
  return [Math.max(0, first), Math.min(end, cells.cellCount)];
}

function regulate(cells: CapacityCells, regulation: Regulation): void {
  const [first, end] = touched(cells, regulation.startsAt, regulation.endsAt);
  for (let cell = first; cell < end; cell++) {
    const sessions = (cells.plannedSessions[cell]! * regulation.sessionsPerMille) / 1000;
    const logins = (cells.plannedLogins[cell]! * regulation.loginsPerMille) / 1000;
    cells.effectiveSessions[cell] = Math.min(cells.effectiveSessions[cell]!, sessions);
    cells.effectiveLogins[cell] = Math.min(cells.effectiveLogins[cell]!, logins);
  }
}

const secondsOf = (instant: Date): number => instant.getTime() / 1000;

/** One limit (sessions or logins) over coarser points. */
export interface CapacityPoints {
  plannedThousandths: number[];
  effectiveThousandths: number[];
  headroomThousandths: number[];
  backgroundThousandths: number[];
  limitThousandths: number[];
}

interface LimitColumns {
  planned: Float64Array;
  effective: Float64Array;
  headroom: Float64Array;
  background: Float64Array;
  limit: Float64Array;
}

/** Cells gathered into points of `cellsPerPoint`: each shows its cell with the least left to plan (the first of equals). */
export function pointsOf(
  cells: CapacityCells,
  cellsPerPoint: number,
): { sessions: CapacityPoints; logins: CapacityPoints } {
  const limit = limitOf(cells);
  return {
    sessions: gather(cellsPerPoint, {
      planned: cells.plannedSessions,
      effective: cells.effectiveSessions,
      headroom: cells.headroomSessions,
      background: cells.backgroundSessions,
      limit: limit.sessions,
    }),
    logins: gather(cellsPerPoint, {
      planned: cells.plannedLogins,
      effective: cells.effectiveLogins,
      headroom: cells.headroomLogins,
      background: cells.backgroundLogins,
      limit: limit.logins,
    }),
  };
}

function gather(cellsPerPoint: number, columns: LimitColumns): CapacityPoints {
  const { planned, effective, headroom, background, limit } = columns;
  const left = (cell: number): number => effective[cell]! - headroom[cell]! - background[cell]!;
  const shown: number[] = [];
  for (let start = 0; start < limit.length; start += cellsPerPoint) {
    let least = start;
    for (let cell = start + 1; cell < Math.min(start + cellsPerPoint, limit.length); cell++)
      if (left(cell) < left(least)) least = cell;
    shown.push(least);
  }
  const at = (column: Float64Array): number[] => shown.map((cell) => column[cell]!);
  return {
    plannedThousandths: at(planned),
    effectiveThousandths: at(effective),
    headroomThousandths: at(headroom),
    backgroundThousandths: at(background),
    limitThousandths: at(limit),
  };
}

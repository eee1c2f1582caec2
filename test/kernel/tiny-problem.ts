import type { AllocationProblem } from '../../src/kernel/allocation/problem';

/** One demand of a hand-made problem; everything but the candidates has a default. */
export interface TinyDemand {
  candidates: number[];
  wish?: number;
  cells?: number;
  /** Expected visitors, whole. */
  visitors?: number;
  profile?: number;
  shifts?: number[];
  weight?: number;
  classId?: number;
  establishment?: number;
  teacher?: number;
  gapCells?: number;
  siteUnits?: number;
  day?: number;
}

export interface TinyProblem {
  cellCount?: number;
  /** Sessions and logins that every cell has room for, or one value per cell. */
  sessions?: number | number[];
  logins?: number | number[];
  /** Pairs of classes that share pupils. */
  classConflicts?: [number, number][];
  /** Pairs of neighbouring establishments. */
  neighbours?: [number, number][];
  neighbourSpacingCells?: number;
  /** Site limit per establishment. */
  siteLimits?: number[];
  /** [sessions per mille, logins per mille] from one cell before the start. */
  profiles?: [number[], number[]][];
  demands: TinyDemand[];
}

/** Everybody logs in at the start and stays one cell; the window itself may be longer. */
export const ONE_CELL: [number[], number[]] = [
  [0, 1000, 0, 0],
  [0, 1000, 0, 0],
];

/** Columns from rows: defaults plus the fields that a test is about. */
export function tinyProblem(tiny: TinyProblem): AllocationProblem {
  const { demands, cellCount = 60 } = tiny;
  const limit = (value: number | number[] = 1000) =>
    Float64Array.from(
      { length: cellCount },
      (_, cell) => 1000 * (typeof value === 'number' ? value : (value[cell] ?? 0)),
    );
  const profiles = tiny.profiles ?? [ONE_CELL];
  const establishmentCount = Math.max(0, ...demands.map((d) => d.establishment ?? 0)) + 1;
  const classCount = Math.max(-1, ...demands.map((d) => d.classId ?? -1), ...(tiny.classConflicts ?? []).flat()) + 1;
  const column = (of: (d: TinyDemand, i: number) => number) => Int32Array.from(demands, of);
  const short = (of: (d: TinyDemand) => number) => Uint16Array.from(demands, of);
  const rows = (lists: number[][]) => {
    const offset = [0];
    for (const list of lists) offset.push(offset[offset.length - 1]! + list.length);
    return { offset: Int32Array.from(offset), value: Int32Array.from(lists.flat()) };
  };
  const symmetric = (pairs: [number, number][] = [], count: number) => {
    const lists = Array.from({ length: count }, (): number[] => []);
    for (const [a, b] of pairs) {
      lists[a]!.push(b);
      lists[b]!.push(a);
    }
    return rows(lists);
  };
  const candidates = rows(demands.map((d) => d.candidates));
  const shifts = rows(demands.map((d) => d.shifts ?? [0]));
  const conflicts = symmetric(tiny.classConflicts, classCount);
  const neighbours = symmetric(tiny.neighbours, establishmentCount);
  return {
    originCell: 0,
    cellCount,
    sessionLimit: limit(tiny.sessions),
    loginLimit: limit(tiny.logins),
    profileOffset: rows(profiles.map(([sessions]) => sessions)).offset,
    profileSessionsPerMille: Int32Array.from(profiles.flatMap(([sessions]) => sessions)),
    profileLoginsPerMille: Int32Array.from(profiles.flatMap(([, logins]) => logins)),
    candidateOffset: candidates.offset,
    candidateCell: candidates.value,
    occurrenceOffset: shifts.offset,
    occurrenceShift: shifts.value,
    demandCount: demands.length,
    demandDay: short((d) => d.day ?? 0),
    demandCells: short((d) => d.cells ?? 1),
    demandScale: Float64Array.from(demands, (d) => (d.visitors ?? 1) * 1000),
    demandProfile: short((d) => d.profile ?? 0),
    demandCandidates: column((_, i) => i),
    demandOccurrences: column((_, i) => i),
    demandWish: column((d) => d.wish ?? -1),
    demandWeight: Float32Array.from(demands, (d) => d.weight ?? 1),
    demandClass: column((d) => d.classId ?? -1),
    demandEstablishment: column((d) => d.establishment ?? 0),
    demandTeacher: column((d) => d.teacher ?? -1),
    demandGapCells: short((d) => d.gapCells ?? 0),
    demandSiteUnits: short((d) => d.siteUnits ?? 0),
    classCount,
    classConflictOffset: conflicts.offset,
    classConflict: conflicts.value,
    establishmentCount,
    establishmentSiteLimit: Int32Array.from({ length: establishmentCount }, (_, e) => tiny.siteLimits?.[e] ?? 0),
    neighbourOffset: neighbours.offset,
    neighbour: neighbours.value,
    neighbourSpacingCells: tiny.neighbourSpacingCells ?? 0,
    teacherCount: Math.max(-1, ...demands.map((d) => d.teacher ?? -1)) + 1,
  };
}

/** Every way to give each demand one of its candidates, tried one after the other. */
export function* everyPlan(problem: AllocationProblem): Generator<Int32Array> {
  const starts = new Int32Array(problem.demandCount);
  function* from(i: number): Generator<Int32Array> {
    if (i === problem.demandCount) {
      yield starts;
      return;
    }
    const set = problem.demandCandidates[i]!;
    for (let k = problem.candidateOffset[set]!; k < problem.candidateOffset[set + 1]!; k++) {
      starts[i] = problem.candidateCell[k]!;
      yield* from(i + 1);
    }
  }
  yield* from(0);
}

import { type AllocationProblem, type Starts } from './problem';

/** What a plan can break, one name per law. */
export const PLAN_LAWS = [
  'session_limit',
  'login_limit',
  'class_overlap',
  'group_overlap',
  'gap',
  'teacher_overlap',
  'start_not_allowed',
  'site_limit',
  'neighbour_spacing',
  'horizon',
] as const;
export type PlanLaw = (typeof PLAN_LAWS)[number];

export interface PlanViolation {
  law: PlanLaw;
  /** Cell from the origin where it happens. */
  cell: number;
  /** Demands concerned: none for a limit, one, or two that are in each other's way. */
  demands: number[];
  /** By how much: thousandths over a limit, cells of overlap or missing gap, site units; 1 otherwise. */
  amount: number;
}

export interface PlanCheck {
  violationCount: number;
  /** Exact counts, every law present. */
  violationCountByLaw: Record<PlanLaw, number>;
  /** The first ones of each law, at most `MOST_LISTED` of each. */
  violations: PlanViolation[];
  placedCount: number;
  unplacedCount: number;
  windowCount: number;
  sessionLoad: Float64Array;
  loginLoad: Float64Array;
  /** Largest load / limit over the cells that this plan loads; Infinity where a cell without room is loaded. */
  peakUtilisationRatio: { sessions: number; logins: number };
  /** Sum of weight x displacement squared over placed demands with a wish. */
  objective: number;
}

const MOST_LISTED = 20;

/**
 * Checks a plan against every law of the problem, from the definitions, window by window. Shares no code with the solver: only
 * the problem's columns.
 */
export function checkPlan(problem: AllocationProblem, starts: Starts): PlanCheck {
  const check: PlanCheck = {
    violationCount: 0,
    violationCountByLaw: Object.fromEntries(PLAN_LAWS.map((law) => [law, 0])) as Record<PlanLaw, number>,
    violations: [],
    placedCount: 0,
    unplacedCount: 0,
    windowCount: 0,
    sessionLoad: new Float64Array(problem.cellCount),
    loginLoad: new Float64Array(problem.cellCount),
    peakUtilisationRatio: { sessions: 0, logins: 0 },
    objective: 0,
  };
  if (starts.length !== problem.demandCount)
    throw new RangeError(`${starts.length} starts for ${problem.demandCount} demands`);
  const report = (law: PlanLaw, cell: number, demands: number[], amount: number) => {
    check.violationCount++;
    if (++check.violationCountByLaw[law] <= MOST_LISTED) check.violations.push({ law, cell, demands, amount });
  };
  const windows = dateWindows(problem, starts, check, report);
  check.windowCount = windows.length;
  checkLimits(problem, check, report);
  checkClasses(problem, windows, report);
  checkTeachers(problem, windows, report);
  checkSites(problem, windows, report);
  checkNeighbours(problem, windows, report);
  return check;
}

type Report = (law: PlanLaw, cell: number, demands: number[], amount: number) => void;

/** A dated window: demand and start; kept as two columns because millions of objects would not fit. */
class Windows {
  readonly demand: Int32Array;
  readonly start: Int32Array;
  length = 0;
  constructor(room: number) {
    this.demand = new Int32Array(room);
    this.start = new Int32Array(room);
  }
}

function dateWindows(problem: AllocationProblem, starts: Starts, check: PlanCheck, report: Report): Windows {
  let room = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const set = problem.demandOccurrences[i]!;
    room += problem.occurrenceOffset[set + 1]! - problem.occurrenceOffset[set]!;
  }
  const windows = new Windows(room);
  const allowed = new Map<number, Set<number>>();
  for (let i = 0; i < problem.demandCount; i++) {
    const start = starts[i]!;
    if (start < 0) {
      check.unplacedCount++;
      continue;
    }
    check.placedCount++;
    const wish = problem.demandWish[i]!;
    if (wish >= 0) check.objective += problem.demandWeight[i]! * (start - wish) * (start - wish);
    const candidates = problem.demandCandidates[i]!;
    let set = allowed.get(candidates);
    if (!set) {
      set = new Set(
        problem.candidateCell.subarray(problem.candidateOffset[candidates], problem.candidateOffset[candidates + 1]),
      );
      allowed.set(candidates, set);
    }
    if (!set.has(start)) report('start_not_allowed', start, [i], 1);
    const occurrences = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
      const at = start + problem.occurrenceShift[o]!;
      windows.demand[windows.length] = i;
      windows.start[windows.length++] = at;
      addProfile(problem, i, at, check, report);
    }
  }
  return windows;
}

function addProfile(problem: AllocationProblem, i: number, at: number, check: PlanCheck, report: Report): void {
  const profile = problem.demandProfile[i]!;
  const from = problem.profileOffset[profile]!;
  const to = problem.profileOffset[profile + 1]!;
  const scale = problem.demandScale[i]!;
  for (let k = from; k < to; k++) {
    // a profile begins one cell before the start of its window
    const cell = at - 1 + (k - from);
    const sessions = wholeThousandths(scale * problem.profileSessionsPerMille[k]!);
    const logins = wholeThousandths(scale * problem.profileLoginsPerMille[k]!);
    if (cell < 0 || cell >= problem.cellCount) {
      report('horizon', cell, [i], 1);
      return;
    }
    check.sessionLoad[cell]! += sessions;
    check.loginLoad[cell]! += logins;
  }
}

/** Millionths to thousandths, rounded up, in whole numbers only. */
function wholeThousandths(millionths: number): number {
  const rest = millionths % 1000;
  return rest === 0 ? millionths / 1000 : (millionths - rest) / 1000 + 1;
}

function checkLimits(problem: AllocationProblem, check: PlanCheck, report: Report): void {
  const one = (load: Float64Array, limit: Float64Array, law: PlanLaw): number => {
    let peak = 0;
    for (let cell = 0; cell < load.length; cell++) {
      if (load[cell] === 0) continue;
      if (load[cell]! > limit[cell]!) report(law, cell, [], load[cell]! - limit[cell]!);
      peak = Math.max(peak, limit[cell]! > 0 ? load[cell]! / limit[cell]! : Infinity);
    }
    return peak;
  };
  check.peakUtilisationRatio = {
    sessions: one(check.sessionLoad, problem.sessionLimit, 'session_limit'),
    logins: one(check.loginLoad, problem.loginLimit, 'login_limit'),
  };
}

/** Windows of one owner in order of time. */
function* byOwner(
  windows: Windows,
  ownerOf: (demand: number) => number,
): Generator<{ owner: number; rows: Int32Array }> {
  const rows = new Int32Array(windows.length);
  let count = 0;
  for (let row = 0; row < windows.length; row++) if (ownerOf(windows.demand[row]!) >= 0) rows[count++] = row;
  const owned = rows.subarray(0, count);
  owned.sort(
    (a, b) =>
      ownerOf(windows.demand[a]!) - ownerOf(windows.demand[b]!) || windows.start[a]! - windows.start[b]! || a - b,
  );
  for (let from = 0; from < count;) {
    const owner = ownerOf(windows.demand[owned[from]!]!);
    let to = from;
    while (to < count && ownerOf(windows.demand[owned[to]!]!) === owner) to++;
    yield { owner, rows: owned.subarray(from, to) };
    from = to;
  }
}

function checkClasses(problem: AllocationProblem, windows: Windows, report: Report): void {
  const { demandCells, demandGapCells } = problem;
  const rowsOfClass = new Map<number, Int32Array>();
  for (const { owner, rows } of byOwner(windows, (i) => problem.demandClass[i]!)) {
    if (problem.classConflictOffset[owner + 1]! > problem.classConflictOffset[owner]!) rowsOfClass.set(owner, rows);
    for (let a = 0; a < rows.length; a++) {
      const first = windows.demand[rows[a]!]!;
      const end = windows.start[rows[a]!]! + demandCells[first]!;
      for (let b = a + 1; b < rows.length; b++) {
        const second = windows.demand[rows[b]!]!;
        const start = windows.start[rows[b]!]!;
        const gap = Math.max(demandGapCells[first]!, demandGapCells[second]!);
        if (start < end) report('class_overlap', start, [first, second], end - start);
        else if (start < end + gap) report('gap', start, [first, second], end + gap - start);
        if (b > a + 1 && start >= end + gap) break;
      }
    }
  }
  for (const [owner, rows] of rowsOfClass) {
    for (let k = problem.classConflictOffset[owner]!; k < problem.classConflictOffset[owner + 1]!; k++) {
      const other = problem.classConflict[k]!;
      const otherRows = rowsOfClass.get(other);
      if (other <= owner || !otherRows) continue;
      forEachOverlap(problem, windows, rows, otherRows, (i, j, cell, cells) =>
        report('group_overlap', cell, [i, j], cells),
      );
    }
  }
}

function forEachOverlap(
  problem: AllocationProblem,
  windows: Windows,
  some: Int32Array,
  others: Int32Array,
  found: (i: number, j: number, cell: number, cells: number) => void,
): void {
  for (const a of some) {
    for (const b of others) {
      const i = windows.demand[a]!;
      const j = windows.demand[b]!;
      const from = Math.max(windows.start[a]!, windows.start[b]!);
      const to = Math.min(windows.start[a]! + problem.demandCells[i]!, windows.start[b]! + problem.demandCells[j]!);
      if (to > from) found(i, j, from, to - from);
    }
  }
}

function checkTeachers(problem: AllocationProblem, windows: Windows, report: Report): void {
  for (const { rows } of byOwner(windows, (i) => problem.demandTeacher[i]!)) {
    let busyUntil = -Infinity;
    let busyWith = -1;
    for (const row of rows) {
      const i = windows.demand[row]!;
      const start = windows.start[row]!;
      if (start < busyUntil) report('teacher_overlap', start, [busyWith, i], busyUntil - start);
      const end = start + problem.demandCells[i]!;
      if (end > busyUntil) {
        busyUntil = end;
        busyWith = i;
      }
    }
  }
}

function checkSites(problem: AllocationProblem, windows: Windows, report: Report): void {
  const limited = (i: number) => {
    const establishment = problem.demandEstablishment[i]!;
    return problem.establishmentSiteLimit[establishment]! > 0 && problem.demandSiteUnits[i]! > 0 ? establishment : -1;
  };
  for (const { owner, rows } of byOwner(windows, limited)) {
    const most = problem.establishmentSiteLimit[owner]!;
    const changes: { cell: number; units: number }[] = [];
    for (const row of rows) {
      const i = windows.demand[row]!;
      const start = windows.start[row]!;
      changes.push({ cell: start, units: problem.demandSiteUnits[i]! });
      changes.push({ cell: start + problem.demandCells[i]!, units: -problem.demandSiteUnits[i]! });
    }
    changes.sort((a, b) => a.cell - b.cell || a.units - b.units);
    let present = 0;
    for (let k = 0; k < changes.length; k++) {
      present += changes[k]!.units;
      const settled = k + 1 === changes.length || changes[k + 1]!.cell !== changes[k]!.cell;
      if (settled && present > most) report('site_limit', changes[k]!.cell, [], present - most);
    }
  }
}

function checkNeighbours(problem: AllocationProblem, windows: Windows, report: Report): void {
  const spacing = problem.neighbourSpacingCells;
  if (spacing <= 0 || problem.neighbour.length === 0) return;
  const rowsOf = new Map<number, Int32Array>();
  const own = (i: number) => (problem.demandClass[i]! < 0 ? problem.demandEstablishment[i]! : -1);
  for (const { owner, rows } of byOwner(windows, own)) rowsOf.set(owner, rows);
  for (const [owner, rows] of rowsOf) {
    for (let k = problem.neighbourOffset[owner]!; k < problem.neighbourOffset[owner + 1]!; k++) {
      const other = problem.neighbour[k]!;
      const otherRows = rowsOf.get(other);
      if (other <= owner || !otherRows) continue;
      for (const a of rows) {
        for (const b of otherRows) {
          const apart = Math.abs(windows.start[a]! - windows.start[b]!);
          if (apart < spacing) {
            report('neighbour_spacing', windows.start[a]!, [windows.demand[a]!, windows.demand[b]!], spacing - apart);
          }
        }
      }
    }
  }
}

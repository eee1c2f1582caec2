import type { AllocationProblem, Starts } from './problem';

/**
 * A plan that stands, open to change: where everybody is, what the cells carry, and who is in whose way. Nothing is derived
 * for all windows at once (a week of 330,000 has millions of pairs): what bars a window is looked up, through lists by owner, when it
 * looks for another start. Columns may be opened with spare rows, so that windows come to a published plan without a copy.
 */
export interface Incumbent {
  /** The columns; `demandCount` and the lists of sets grow with `addDemand`. */
  problem: AllocationProblem;
  demandCount: number;
  starts: Starts;
  sessionLoad: Float64Array;
  loginLoad: Float64Array;
  /** Allowed starts and repetitions by number of their set. */
  candidates: Int32Array[];
  shifts: Int32Array[];
  /** Neighbours and site limits are those of the problem; what newcomers change stands here. */
  newEstablishmentCount: number;
  neighbours: Map<number, readonly number[]>;
  siteLimit: Map<number, number>;
  ofClass: OwnerList;
  ofTeacher: OwnerList;
  /** By establishment and day block. */
  ofSite: OwnerList;
  dayCount: number;
  /** By first start: who may stand in a cell is found from there. */
  atStart: Int32Array;
  nextAtStart: Int32Array;
  previousAtStart: Int32Array;
  /** Every distance of a repetition from its first window that occurs. */
  everyShift: number[];
  around: Around;
}

/** Rows by owner as chains: a new row costs nothing. */
export interface OwnerList {
  head: Int32Array;
  next: Int32Array;
}

/** What is around one demand: intervals of starts that others bar, and the units that its establishment has in use. */
interface Around {
  /** Who bars, from where to where: open intervals. */
  barredBy: number[];
  barredFrom: number[];
  barredTo: number[];
  siteUse: Int32Array;
  siteFrom: number[];
  siteTo: number[];
  /** Units that others may have in use; Infinity where there is no limit, -1 before anybody asked. */
  siteRoom: number;
}

const SPARE_OWNERS = 4096;

/**
 * Opens a plan without any window in place: put them there with `stand`.
 *
 * @param spareDemandCount rows kept free for `addDemand`; with 0 the columns of the problem are used as they are, not copied
 */
export function openIncumbent(problem: AllocationProblem, spareDemandCount = 0): Incumbent {
  const { demandCount, cellCount } = problem;
  const columns = spareDemandCount > 0 ? widened(problem, demandCount + spareDemandCount) : problem;
  const rows = demandCount + spareDemandCount;
  let dayCount = 1;
  for (let i = 0; i < demandCount; i++) dayCount = Math.max(dayCount, problem.demandDay[i]! + 1);
  const setsOf = (offset: Int32Array, values: Int32Array) =>
    Array.from({ length: offset.length - 1 }, (_, set) => values.subarray(offset[set], offset[set + 1]));
  const shifts = setsOf(problem.occurrenceOffset, problem.occurrenceShift);
  const owners = (count: number): OwnerList => ({
    head: new Int32Array(count + (spareDemandCount > 0 ? SPARE_OWNERS : 0)).fill(-1),
    next: new Int32Array(rows).fill(-1),
  });
  const incumbent: Incumbent = {
    problem: columns,
    demandCount,
    starts: new Int32Array(rows).fill(-1),
    sessionLoad: new Float64Array(cellCount),
    loginLoad: new Float64Array(cellCount),
    candidates: setsOf(problem.candidateOffset, problem.candidateCell),
    shifts,
    newEstablishmentCount: 0,
    neighbours: new Map(),
    siteLimit: new Map(),
    ofClass: owners(problem.classCount),
    ofTeacher: owners(problem.teacherCount),
    ofSite: owners(problem.establishmentCount * dayCount),
    dayCount,
    atStart: new Int32Array(cellCount).fill(-1),
    nextAtStart: new Int32Array(rows).fill(-1),
    previousAtStart: new Int32Array(rows).fill(-1),
    everyShift: [...new Set(shifts.flatMap((set) => [...set]))],
    around: {
      barredBy: [],
      barredFrom: [],
      barredTo: [],
      siteUse: new Int32Array(cellCount),
      siteFrom: [],
      siteTo: [],
      siteRoom: Infinity,
    },
  };
  for (let i = 0; i < demandCount; i++) enlist(incumbent, i);
  return incumbent;
}

function enlist({ problem, dayCount, ofClass, ofTeacher, ofSite }: Incumbent, i: number): void {
  const put = ({ head, next }: OwnerList, owner: number) => {
    if (owner < 0) return;
    next[i] = head[owner]!;
    head[owner] = i;
  };
  put(ofClass, problem.demandClass[i]!);
  put(ofTeacher, problem.demandTeacher[i]!);
  put(ofSite, problem.demandEstablishment[i]! * dayCount + problem.demandDay[i]!);
}

const DEMAND_COLUMNS = [
  'demandDay', 'demandCells', 'demandProfile', 'demandCandidates', 'demandOccurrences', 'demandWish', 'demandClass',
  'demandEstablishment', 'demandTeacher', 'demandGapCells', 'demandSiteUnits', 'demandScale', 'demandWeight',
] as const; // prettier-ignore

function widened(problem: AllocationProblem, rows: number): AllocationProblem {
  const columns = { ...problem };
  const wider = <Column extends Int32Array | Float64Array>(into: Column, from: Column): Column => {
    into.set(from);
    return into;
  };
  for (const name of DEMAND_COLUMNS) {
    const from = problem[name];
    Object.assign(columns, {
      [name]: from instanceof Float64Array ? wider(new Float64Array(rows), from) : wider(new Int32Array(rows), from),
    });
  }
  return columns;
}

/** A window that comes to a plan; its class, teacher and establishment by number, as in the problem or above all of its numbers. */
export interface NewDemand {
  day: number;
  cells: number;
  scale: number;
  profile: number;
  candidates: Int32Array;
  shifts: Int32Array;
  wish: number;
  weight: number;
  classIndex: number;
  establishment: number;
  teacher: number;
  gapCells: number;
  siteUnits: number;
}

/** Adds a window that stands nowhere yet and gives its number. @throws RangeError when the plan was opened with too little room */
export function addDemand(incumbent: Incumbent, demand: NewDemand): number {
  const { problem, candidates, shifts } = incumbent;
  const i = incumbent.demandCount;
  if (i >= problem.demandDay.length) throw new RangeError('the plan was opened without room for another window');
  if (
    demand.classIndex >= incumbent.ofClass.head.length ||
    demand.teacher >= incumbent.ofTeacher.head.length ||
    (demand.establishment + 1) * incumbent.dayCount > incumbent.ofSite.head.length ||
    demand.day >= incumbent.dayCount
  )
    throw new RangeError('the plan was opened without room for another class, teacher, establishment or day');
  problem.demandDay[i] = demand.day;
  problem.demandCells[i] = demand.cells;
  problem.demandScale[i] = demand.scale;
  problem.demandProfile[i] = demand.profile;
  problem.demandCandidates[i] = candidates.push(demand.candidates) - 1;
  problem.demandOccurrences[i] = shifts.push(demand.shifts) - 1;
  problem.demandWish[i] = demand.wish;
  problem.demandWeight[i] = demand.weight;
  problem.demandClass[i] = demand.classIndex;
  problem.demandEstablishment[i] = demand.establishment;
  problem.demandTeacher[i] = demand.teacher;
  problem.demandGapCells[i] = demand.gapCells;
  problem.demandSiteUnits[i] = demand.siteUnits;
  for (const shift of demand.shifts) if (!incumbent.everyShift.includes(shift)) incumbent.everyShift.push(shift);
  incumbent.demandCount = i + 1;
  enlist(incumbent, i);
  return i;
}

/** Adds an establishment and gives its number. @param siteLimit most units in use at once, 0 for no limit */
export function addEstablishment(incumbent: Incumbent, siteLimit: number, neighbours: readonly number[]): number {
  const establishment = incumbent.problem.establishmentCount + incumbent.newEstablishmentCount++;
  incumbent.siteLimit.set(establishment, siteLimit);
  incumbent.neighbours.set(establishment, neighbours);
  for (const near of neighbours) incumbent.neighbours.set(near, [...neighboursOf(incumbent, near), establishment]);
  return establishment;
}

/** Puts demand i at `start`: its load, and its name in the list of the cell. */
export function stand(incumbent: Incumbent, i: number, start: number): void {
  addLoads(incumbent, i, start, 1);
  incumbent.starts[i] = start;
  const { atStart, nextAtStart, previousAtStart } = incumbent;
  const next = atStart[start]!;
  nextAtStart[i] = next;
  previousAtStart[i] = -1;
  if (next >= 0) previousAtStart[next] = i;
  atStart[start] = i;
}

/** Takes demand i away from where it stands; gives that start. */
export function lift(incumbent: Incumbent, i: number): number {
  const { atStart, nextAtStart, previousAtStart, starts } = incumbent;
  const start = starts[i]!;
  addLoads(incumbent, i, start, -1);
  starts[i] = -1;
  const next = nextAtStart[i]!;
  const previous = previousAtStart[i]!;
  if (previous >= 0) nextAtStart[previous] = next;
  else atStart[start] = next;
  if (next >= 0) previousAtStart[next] = previous;
  return start;
}

function addLoads(
  { problem, shifts, sessionLoad, loginLoad }: Incumbent,
  i: number,
  start: number,
  times: number,
): void {
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]!;
  const from = problem.profileOffset[profile]!;
  const to = problem.profileOffset[profile + 1]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = from; k < to; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]!;
      const logins = problem.profileLoginsPerMille[k]!;
      if (sessions > 0) sessionLoad[cell]! += times * Math.ceil((scale * sessions) / 1000);
      if (logins > 0) loginLoad[cell]! += times * Math.ceil((scale * logins) / 1000);
    }
  }
}

/** Would demand i, which stands nowhere, pass no limit at `start`? */
export function fits({ problem, shifts, sessionLoad, loginLoad }: Incumbent, i: number, start: number): boolean {
  const { sessionLimit, loginLimit, profileSessionsPerMille, profileLoginsPerMille } = problem;
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]!;
  const from = problem.profileOffset[profile]!;
  const to = problem.profileOffset[profile + 1]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = from; k < to; k++, cell++) {
      const logins = profileLoginsPerMille[k]!;
      if (logins > 0 && loginLoad[cell]! + Math.ceil((scale * logins) / 1000) > loginLimit[cell]!) return false;
      const sessions = profileSessionsPerMille[k]!;
      if (sessions > 0 && sessionLoad[cell]! + Math.ceil((scale * sessions) / 1000) > sessionLimit[cell]!) return false;
    }
  }
  return true;
}

/** Looks at what is around demand i, which stands nowhere: afterwards `isFree` answers for it. */
export function lookAround(incumbent: Incumbent, i: number): void {
  const { problem, around, ofClass, ofTeacher, ofSite, dayCount } = incumbent;
  around.barredBy.length = around.barredFrom.length = around.barredTo.length = 0;
  const classIndex = problem.demandClass[i]!;
  const gap = problem.demandGapCells[i]!;
  if (classIndex >= 0) {
    for (let j = ofClass.head[classIndex]!; j >= 0; j = ofClass.next[j]!) {
      bar(incumbent, i, j, Math.max(gap, problem.demandGapCells[j]!));
    }
    if (classIndex < problem.classCount) {
      const to = problem.classConflictOffset[classIndex + 1]!;
      for (let k = problem.classConflictOffset[classIndex]!; k < to; k++) {
        const other = problem.classConflict[k]!;
        for (let j = ofClass.head[other]!; j >= 0; j = ofClass.next[j]!) bar(incumbent, i, j, 0);
      }
    }
  }
  const teacher = problem.demandTeacher[i]!;
  if (teacher >= 0) for (let j = ofTeacher.head[teacher]!; j >= 0; j = ofTeacher.next[j]!) bar(incumbent, i, j, 0);
  const establishment = problem.demandEstablishment[i]!;
  const day = problem.demandDay[i]!;
  if (classIndex < 0 && problem.neighbourSpacingCells > 0) {
    for (const other of neighboursOf(incumbent, establishment)) {
      for (let j = ofSite.head[other * dayCount + day]!; j >= 0; j = ofSite.next[j]!) {
        if (problem.demandClass[j]! < 0) space(incumbent, i, j);
      }
    }
  }
  // asked for by the first start that nobody bars: large schools have hundreds of windows to add up
  around.siteRoom = -1;
}

function neighboursOf({ problem, neighbours }: Incumbent, establishment: number): Iterable<number> {
  const own = neighbours.get(establishment);
  if (own || establishment >= problem.establishmentCount) return own ?? [];
  return problem.neighbour.subarray(problem.neighbourOffset[establishment], problem.neighbourOffset[establishment + 1]);
}

/** Two windows that may not overlap, or must stand `gap` cells apart. */
function bar(incumbent: Incumbent, i: number, j: number, gap: number): void {
  const { demandCells } = incumbent.problem;
  barAround(incumbent, i, j, demandCells[i]! + gap, demandCells[j]! + gap);
}

function space(incumbent: Incumbent, i: number, j: number): void {
  const spacing = incumbent.problem.neighbourSpacingCells;
  barAround(incumbent, i, j, spacing, spacing);
}

/** Start s of i is barred by j at t while -after < s - t < before, in every pair of repetitions. */
function barAround(
  { problem, shifts, starts, around }: Incumbent,
  i: number,
  j: number,
  after: number,
  before: number,
) {
  const start = starts[j]!;
  if (start < 0 || i === j) return;
  for (const mine of shifts[problem.demandOccurrences[i]!]!) {
    for (const theirs of shifts[problem.demandOccurrences[j]!]!) {
      const at = start + theirs - mine;
      around.barredBy.push(j);
      around.barredFrom.push(at - after);
      around.barredTo.push(at + before);
    }
  }
}

function lookAtSite(incumbent: Incumbent, i: number): void {
  const { problem, around, ofSite, dayCount, shifts, starts } = incumbent;
  const establishment = problem.demandEstablishment[i]!;
  const day = problem.demandDay[i]!;
  for (let k = 0; k < around.siteFrom.length; k++) around.siteUse.fill(0, around.siteFrom[k], around.siteTo[k]);
  around.siteFrom.length = around.siteTo.length = 0;
  const most = siteLimitOf(incumbent, establishment);
  const units = problem.demandSiteUnits[i]!;
  around.siteRoom = most > 0 && units > 0 ? most - units : Infinity;
  if (around.siteRoom === Infinity) return;
  for (let j = ofSite.head[establishment * dayCount + day]!; j >= 0; j = ofSite.next[j]!) {
    if (j === i || starts[j]! < 0 || problem.demandSiteUnits[j] === 0) continue;
    for (const shift of shifts[problem.demandOccurrences[j]!]!) {
      const from = starts[j]! + shift;
      const to = from + problem.demandCells[j]!;
      for (let cell = from; cell < to; cell++) around.siteUse[cell]! += problem.demandSiteUnits[j]!;
      around.siteFrom.push(from);
      around.siteTo.push(to);
    }
  }
}

/** May the demand that was last looked around start here as far as classes, teachers, neighbours and its establishment's limit go? */
export function isFree(incumbent: Incumbent, i: number, start: number): boolean {
  const { problem, around, shifts } = incumbent;
  if (isBarred(incumbent, start)) return false;
  if (around.siteRoom < 0) lookAtSite(incumbent, i);
  const { siteUse, siteRoom } = around;
  if (siteRoom === Infinity) return true;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    const to = start + shift + problem.demandCells[i]!;
    for (let cell = start + shift; cell < to; cell++) if (siteUse[cell]! > siteRoom) return false;
  }
  return true;
}

/** Does anybody bar this start of the demand that was last looked around, its establishment's limit aside? */
export function isBarred({ around: { barredFrom, barredTo } }: Incumbent, start: number): boolean {
  for (let b = 0; b < barredFrom.length; b++) if (start > barredFrom[b]! && start < barredTo[b]!) return true;
  return false;
}

/** Most units in use at once in an establishment, 0 for no limit. */
export function siteLimitOf({ siteLimit, problem }: Incumbent, establishment: number): number {
  return siteLimit.get(establishment) ?? problem.establishmentSiteLimit[establishment] ?? 0;
}

/** Is demand i, where it stands, in a cell that `marked` (a running count of marked cells) marks? */
export function touches({ problem, shifts, starts }: Incumbent, i: number, marked: Int32Array): boolean {
  const profile = problem.demandProfile[i]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    const first = starts[i]! + shift - 1;
    if (marked[first + cells]! > marked[first]!) return true;
  }
  return false;
}

/** Everybody whose windows may load a cell of [from, to), where profiles have at most `mostCells` cells. */
export function* whoMayLoad(incumbent: Incumbent, from: number, to: number, mostCells: number): Generator<number> {
  const { atStart, nextAtStart, everyShift } = incumbent;
  for (const shift of everyShift) {
    const last = Math.min(atStart.length - 1, to - shift);
    for (let start = Math.max(0, from - shift - mostCells + 1); start <= last; start++) {
      for (let i = atStart[start]!; i >= 0;) {
        // whoever is moved while this runs must not cut the chain
        const next = nextAtStart[i]!;
        yield i;
        i = next;
      }
    }
  }
}

/** The plan as a problem of its own, newcomers included, for whoever checks it. */
export function problemOf(incumbent: Incumbent): AllocationProblem {
  const { problem, demandCount, candidates, shifts } = incumbent;
  const taken: Partial<AllocationProblem> = {};
  for (const name of DEMAND_COLUMNS) Object.assign(taken, { [name]: problem[name].slice(0, demandCount) });
  const rows = (lists: readonly ArrayLike<number>[]) => {
    const offset = new Int32Array(lists.length + 1);
    lists.forEach((list, k) => (offset[k + 1] = offset[k]! + list.length));
    const value = new Int32Array(offset[lists.length]!);
    lists.forEach((list, k) => value.set(list, offset[k]));
    return { offset, value };
  };
  let { classCount, teacherCount, establishmentCount } = problem;
  for (let i = 0; i < demandCount; i++) {
    classCount = Math.max(classCount, problem.demandClass[i]! + 1);
    teacherCount = Math.max(teacherCount, problem.demandTeacher[i]! + 1);
    establishmentCount = Math.max(establishmentCount, problem.demandEstablishment[i]! + 1);
  }
  const near = rows(Array.from({ length: establishmentCount }, (_, e) => [...neighboursOf(incumbent, e)]));
  const conflictOffset = new Int32Array(classCount + 1).fill(problem.classConflict.length);
  conflictOffset.set(problem.classConflictOffset);
  const sets = rows(candidates);
  const occurrences = rows(shifts);
  return {
    ...problem,
    ...taken,
    demandCount,
    candidateOffset: sets.offset,
    candidateCell: sets.value,
    occurrenceOffset: occurrences.offset,
    occurrenceShift: occurrences.value,
    classCount,
    classConflictOffset: conflictOffset,
    teacherCount,
    establishmentCount,
    establishmentSiteLimit: Int32Array.from(
      { length: establishmentCount },
      (_, e) => incumbent.siteLimit.get(e) ?? problem.establishmentSiteLimit[e] ?? 0,
    ),
    neighbourOffset: near.offset,
    neighbour: near.value,
  };
}

import type { AllocationProblem, Starts } from '../problem';

/**
 * A plan that stands, open to change: where everybody is, what the cells carry, and who is in whose way. Nothing is derived
 * for all windows at once (a week of 330,000 has millions of pairs): what bars a window is looked up, through lists by owner, when it
 * looks for another start.
 */
export interface Incumbent {
  problem: AllocationProblem;
  starts: Starts;
  sessionLoad: Float64Array;
  loginLoad: Float64Array;
  /** Allowed starts and repetitions by number of their set. */
  candidates: Int32Array[];
  shifts: Int32Array[];
  ofClass: OwnerList;
  ofTeacher: OwnerList;
  /** By establishment and day block. */
  ofSite: OwnerList;
  dayCount: number;
  /** Profile, candidates and repetitions that occur together, and which of these kinds a demand is of. */
  kinds: Kind[];
  demandKind: Int32Array;
  /** Kind and size class of a demand in one number. */
  demandChain: Int32Array;
  /** Who stands where, by kind, size class and first start: chains from hashed heads, so that the room for them does not grow with the kinds. */
  standing: OwnerList;
  previousStanding: Int32Array;
  around: Around;
}

export interface Kind {
  profile: number;
  candidates: number;
  occurrences: number;
  /** Size classes that occur in it. */
  sizes: number[];
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

/** Heads of chains for each demand, about: four thousand a day and kind are few, a power of two is cut by a mask. */
const HEADS_PER_DEMAND = 2;
const LEAST_HEADS = 1 << 10;
/** Sizes of one class differ by less than the square root of two. */
const SIZE_CLASSES = 64;
const sizeClass = (scale: number): number => Math.min(SIZE_CLASSES - 1, Math.floor(2 * Math.log2(Math.max(1, scale))));
const leastOfSizeClass = (size: number): number => 2 ** (size / 2);

/** Opens a plan without any window in place: put them there with `stand`. The columns of the problem are used as they are, not copied. */
export function openIncumbent(problem: AllocationProblem): Incumbent {
  const { demandCount, cellCount } = problem;
  let dayCount = 1;
  for (let i = 0; i < demandCount; i++) dayCount = Math.max(dayCount, problem.demandDay[i]! + 1);
  const setsOf = (offset: Int32Array, values: Int32Array) =>
    Array.from({ length: offset.length - 1 }, (_, set) => values.subarray(offset[set], offset[set + 1]));
  const shifts = setsOf(problem.occurrenceOffset, problem.occurrenceShift);
  const owners = (count: number): OwnerList => ({
    head: new Int32Array(count).fill(-1),
    next: new Int32Array(demandCount).fill(-1),
  });
  const incumbent: Incumbent = {
    problem,
    starts: new Int32Array(demandCount).fill(-1),
    sessionLoad: new Float64Array(cellCount),
    loginLoad: new Float64Array(cellCount),
    candidates: setsOf(problem.candidateOffset, problem.candidateCell),
    shifts,
    ofClass: owners(problem.classCount),
    ofTeacher: owners(problem.teacherCount),
    ofSite: owners(problem.establishmentCount * dayCount),
    dayCount,
    kinds: [],
    demandKind: new Int32Array(demandCount).fill(-1),
    demandChain: new Int32Array(demandCount).fill(-1),
    standing: {
      head: new Int32Array(Math.max(LEAST_HEADS, 2 ** Math.ceil(Math.log2(HEADS_PER_DEMAND * demandCount + 1)))).fill(
        -1,
      ),
      next: new Int32Array(demandCount).fill(-1),
    },
    previousStanding: new Int32Array(demandCount).fill(-1),
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
  const kindOfSets = new Map<number, number>();
  for (let i = 0; i < demandCount; i++) enlist(incumbent, kindOfSets, i);
  return incumbent;
}

/** Puts a demand into the lists of its class, teacher and site, and tells its kind. */
function enlist(incumbent: Incumbent, kindOfSets: Map<number, number>, i: number): void {
  const { problem, dayCount, ofClass, ofTeacher, ofSite } = incumbent;
  const kind = kindOf(incumbent, kindOfSets, i);
  const size = sizeClass(problem.demandScale[i]!);
  const { sizes } = incumbent.kinds[kind]!;
  if (!sizes.includes(size)) sizes.push(size);
  incumbent.demandKind[i] = kind;
  incumbent.demandChain[i] = kind * SIZE_CLASSES + size;
  const put = ({ head, next }: OwnerList, owner: number) => {
    if (owner < 0) return;
    next[i] = head[owner]!;
    head[owner] = i;
  };
  put(ofClass, problem.demandClass[i]!);
  put(ofTeacher, problem.demandTeacher[i]!);
  put(ofSite, problem.demandEstablishment[i]! * dayCount + problem.demandDay[i]!);
}

function kindOf({ problem, kinds }: Incumbent, kindOfSets: Map<number, number>, i: number): number {
  const profile = problem.demandProfile[i]!;
  const candidates = problem.demandCandidates[i]!;
  const occurrences = problem.demandOccurrences[i]!;
  const key = (occurrences * problem.profileOffset.length + profile) * problem.candidateOffset.length + candidates;
  const known = kindOfSets.get(key);
  if (known !== undefined) return known;
  kindOfSets.set(key, kinds.length);
  return kinds.push({ profile, candidates, occurrences, sizes: [] }) - 1;
}

/** Puts demand i at `start`: its load, and its name in the list of the cell. */
export function stand(incumbent: Incumbent, i: number, start: number): void {
  addLoads(incumbent, i, start, 1);
  incumbent.starts[i] = start;
  const { standing, previousStanding } = incumbent;
  const head = headOf(incumbent, incumbent.demandChain[i]!, start);
  const next = standing.head[head]!;
  standing.next[i] = next;
  previousStanding[i] = -1;
  if (next >= 0) previousStanding[next] = i;
  standing.head[head] = i;
}

/** Neighbouring starts of a chain have neighbouring heads. */
const headOf = ({ standing: { head } }: Incumbent, chain: number, start: number): number =>
  (Math.imul(chain, 0x9e3779b1) + start) & (head.length - 1);

/** Takes demand i away from where it stands; gives that start. */
export function lift(incumbent: Incumbent, i: number): number {
  const { standing, previousStanding, starts } = incumbent;
  const start = starts[i]!;
  addLoads(incumbent, i, start, -1);
  starts[i] = -1;
  const next = standing.next[i]!;
  const previous = previousStanding[i]!;
  if (previous >= 0) standing.next[previous] = next;
  else standing.head[headOf(incumbent, incumbent.demandChain[i]!, start)] = next;
  if (next >= 0) previousStanding[next] = previous;
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

/** Could any demand of a kind load one of the cells [from, to)? */
export function mayLoad(
  { problem, kinds, shifts, candidates }: Incumbent,
  kind: number,
  from: number,
  to: number,
): boolean {
  const { profile, occurrences, candidates: set } = kinds[kind]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  const allowed = candidates[set]!;
  if (allowed.length === 0) return false;
  for (const shift of shifts[occurrences]!) {
    if (allowed[0]! + shift <= to && allowed[allowed.length - 1]! + shift + cells - 2 >= from) return true;
  }
  return false;
}

/**
 * Tells of each demand of a kind, no larger than `mostScale`, whose windows may load one of the cells [from, to), of those of one size
 * class and start `mostAlike` at the most; `visit` says when it has heard enough.
 */
export function visitLoading(
  incumbent: Incumbent,
  kind: number,
  mostScale: number,
  mostAlike: number,
  from: number,
  to: number,
  visit: (i: number) => boolean,
): void {
  const { problem, kinds, shifts, starts, standing, demandChain, candidates } = incumbent;
  const { profile, occurrences, sizes, candidates: set } = kinds[kind]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  const allowed = candidates[set]!;
  for (const shift of shifts[occurrences]!) {
    // a profile begins one cell before the start
    const first = Math.max(allowed[0]!, from - shift - cells + 2);
    const last = Math.min(allowed[allowed.length - 1]!, to - shift);
    for (const size of first <= last ? sizes : []) {
      if (leastOfSizeClass(size) > mostScale) continue;
      const chain = kind * SIZE_CLASSES + size;
      for (let start = first; start <= last; start++) {
        let left = mostAlike;
        for (let i = standing.head[headOf(incumbent, chain, start)]!; i >= 0 && left > 0; i = standing.next[i]!) {
          if (demandChain[i] !== chain || starts[i] !== start || problem.demandScale[i]! > mostScale) continue;
          left--;
          if (visit(i)) return;
        }
      }
    }
  }
}

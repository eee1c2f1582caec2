import { LOAD_SCALE } from '../cell-grid';
import { SMALL_BELOW } from './allocate';
import { checkPlan } from './check-plan';
import { leastCapacityRatio, sumDemands } from './least-capacity';
import { CAP_STEP_CELLS, performTask } from './part-tasks';
import { partProblem, splitProblem } from './parts';
import type { AllocationProblem, Starts } from './problem';

/** The limits of one part are multiplied by what is proven to be missing and by one of these: a plan needs some room for whole windows. */
const GROWTHS = [1, 1.01, 1.02, 1.04, 1.08, 1.16, 1.32, 1.7, 2.5, 5, 20, 256];
/** The first that is tried: at this tightness plans are found at any scale, and mostly where classes are few. */
const FIRST_GROWTH = GROWTHS.indexOf(1.04);

/** What one stretch of time that shares no cell with the others is short of. */
export interface PartShortage {
  firstCell: number;
  endCell: number;
  /** Certified: with its present limits a complete plan needs at least this multiple of them, by sessions alone, by log-ins alone, together. */
  sessionsRatio: number;
  loginsRatio: number;
  ratio: number;
  /** Certified: of the limits with the extra capacity, all alike, a complete plan needs at least this share. */
  leastRatio: number;
}

/** Capacity by which a problem has to grow so that a complete plan is found. */
export interface ExtraCapacity {
  /** Whole sessions and log-ins in thousandths, one per cell of the problem. */
  sessions: Float64Array;
  logins: Float64Array;
  parts: PartShortage[];
  /** Demands that no capacity would give a place. */
  beyondCapacity: Int32Array;
}

export interface ExtraCapacityOptions {
  seed: number;
  smallBelow?: number;
  isCancelled?: () => boolean;
  /** Parts done, of all that are short. */
  onPart?: (doneCount: number, totalCount: number) => void;
}

/**
 * The extra capacity that would do where a plan leaves somebody out. In each part that leaves somebody out, the limit that is proven to be
 * short (sessions, log-ins, or both) grows by one factor, the least of a ladder with which the solver finds a place for everybody; where both
 * grow, each then comes down alone as far as the other lets it; in the cells that the plan found needs more of. The very limits that are given were solved: whoever adds them gets a complete plan.
 * Not searched: demands that have no place even where nothing is short.
 *
 * @throws AllocationCancelled
 */
export function extraCapacity(
  problem: AllocationProblem,
  starts: Starts,
  { seed, smallBelow = SMALL_BELOW, isCancelled, onPart }: ExtraCapacityOptions,
): ExtraCapacity {
  const parts = splitProblem(problem);
  const posed = parts.map((part) => partProblem(problem, part));
  const capCells = posed.reduce((most, part) => Math.max(most, farthestCells(part)), CAP_STEP_CELLS);
  const extra: ExtraCapacity = {
    sessions: new Float64Array(problem.cellCount),
    logins: new Float64Array(problem.cellCount),
    parts: [],
    beyondCapacity: new Int32Array(0),
  };
  const beyond: number[] = [];
  // who has no start at all is in no part
  const inParts = new Uint8Array(problem.demandCount);
  for (const { demand } of parts) for (const i of demand) inParts[i] = 1;
  starts.forEach((start, i) => start < 0 && !inParts[i] && beyond.push(i));
  const short = parts.flatMap(({ demand }, p) => (demand.some((i) => starts[i]! < 0) ? [p] : []));
  short.forEach((p, k) => {
    onPart?.(k, short.length);
    const part = posed[p]!;
    const { firstCell, demand } = parts[p]!;
    /** As the last try of an allocation does it, which always answers with a plan; or in the quicker way, where it is only a try. */
    const solve = (limits: Limits, isLast: boolean, lastResort = isLast): Starts | null => {
      const below = isLast ? smallBelow : 0;
      const task = { kind: 'solve', part: p, capCells, seed, smallBelow: below, lastResort, known: null } as const;
      const answer = performTask({ ...part, ...limits }, task, { isCancelled });
      return answer.kind === 'solve' ? answer.starts : null;
    };
    const unlimited = solve(roomForAll(part), false, true)!;
    unlimited.forEach((start, i) => start < 0 && beyond.push(demand[i]!));
    const found = growLimits(part, solve, leftOut(unlimited));
    if (!found) return;
    found.limits.sessionLimit.forEach((limit, c) => (extra.sessions[firstCell + c]! += limit - part.sessionLimit[c]!));
    found.limits.loginLimit.forEach((limit, c) => (extra.logins[firstCell + c]! += limit - part.loginLimit[c]!));
    extra.parts.push({
      firstCell,
      endCell: firstCell + part.cellCount,
      ...found.ratios,
      leastRatio: leastCapacityRatio({ ...part, ...found.limits }),
    });
  });
  extra.beyondCapacity = Int32Array.from(beyond).sort();
  return extra;
}

type Limits = Pick<AllocationProblem, 'sessionLimit' | 'loginLimit'>;

/** How far up the ladder sessions and log-ins are, each for itself; -1 for a limit that is left as it is. */
type Steps = readonly [sessions: number, logins: number];
/** Which of the two limits grow. */
type Way = readonly [sessions: boolean, logins: boolean];

interface Found {
  limits: Limits;
  starts: Starts;
  steps: Steps;
}

const waysOf = (base: { sessions: number; logins: number }): Way[] =>
  base.sessions > 1 === base.logins > 1
    ? [[true, true]]
    : [
        [base.sessions > 1, base.logins > 1],
        [true, true],
      ];

/**
 * The least mix: where both limits grow, each comes down the ladder alone as long as the other can stay, first the one that grows by more.
 * One that is short by itself is not taken below what is proven.
 */
function leanest(
  found: Found,
  base: { sessions: number; logins: number },
  tryWith: (steps: Steps) => Found | null,
): Found {
  let best = found;
  if (best.steps.some((step) => step < 0)) return best;
  const least: Steps = [base.sessions > 1 ? 0 : -1, base.logins > 1 ? 0 : -1];
  for (const limit of base.sessions >= base.logins ? ([0, 1] as const) : ([1, 0] as const)) {
    while (best.steps[limit] > least[limit]) {
      const lower = best.steps[limit] - 1;
      const next = tryWith(limit === 0 ? [lower, best.steps[1]] : [best.steps[0], lower]);
      if (!next) break;
      best = next;
    }
  }
  return best;
}

const leftOut = (starts: Starts): number => starts.reduce((count, start) => (start < 0 ? count + 1 : count), 0);

/** The limits with which nobody is left out but those that no capacity helps, near the least that is proven; null where nothing was found. */
function growLimits(
  part: AllocationProblem,
  solve: (limits: Limits, isLast: boolean, lastResort?: boolean) => Starts | null,
  hopelessCount: number,
) {
  const infinite = new Float64Array(part.cellCount).fill(Infinity);
  const summed = sumDemands(part);
  const ratioOf = ({ sessionLimit, loginLimit }: Limits) => leastCapacityRatio({ ...summed, sessionLimit, loginLimit });
  const sessionsRatio = ratioOf({ sessionLimit: part.sessionLimit, loginLimit: infinite });
  const loginsRatio = ratioOf({ sessionLimit: infinite, loginLimit: part.loginLimit });
  // what proves that one limit is short proves it of both; the ascent over both may end a hundredth or two below it
  const ratios = { sessionsRatio, loginsRatio, ratio: Math.max(ratioOf(part), sessionsRatio, loginsRatio) };
  const base = { sessions: Math.max(1, ratios.sessionsRatio), logins: Math.max(1, ratios.loginsRatio) };
  const tried = new Map<string, Starts | null>();
  /** A plan for everybody whom capacity helps; who has no place whatever the capacity would end a search that gives up soon. */
  const planFor = (limits: Limits, isLast = false): Starts | null => {
    // limits are whole sessions and log-ins: where they are few, several steps of the ladder are the same
    const key = `${isLast} ${limits.sessionLimit.join()} ${limits.loginLimit.join()}`;
    let starts = tried.get(key);
    if (starts === undefined) {
      // what is proven impossible need not be tried, and a try that fails takes longest
      const isProvenShort = hopelessCount === 0 && ratioOf(limits) > 1;
      starts = isProvenShort ? null : solve(limits, isLast, isLast || hopelessCount > 0);
      if (starts && leftOut(starts) > hopelessCount) starts = null;
      tried.set(key, starts);
    }
    return starts;
  };
  const hasEmptyCells = [part.sessionLimit, part.loginLimit].some((column) => column.some((limit) => limit <= 0));
  for (const withEmptyCells of [false, true]) {
    const room = withEmptyCells ? withoutEmptyCells(part) : part;
    const raised = ([ofSessions, ofLogins]: Steps): Limits => ({
      sessionLimit: grown(
        part.sessionLimit,
        room.sessionLimit,
        ofSessions < 0 ? 1 : base.sessions * GROWTHS[ofSessions]!,
      ),
      loginLimit: grown(part.loginLimit, room.loginLimit, ofLogins < 0 ? 1 : base.logins * GROWTHS[ofLogins]!),
    });
    const tryWith = (steps: Steps): Found | null => {
      const limits = raised(steps);
      const starts = planFor(limits);
      return starts && { limits, starts, steps };
    };
    /** Of one limit where one is short; of both where that does not do. */
    const tryAt = (step: number, ways = waysOf(base)): Found | null => {
      for (const [sessions, logins] of ways) {
        const found = tryWith([sessions ? step : -1, logins ? step : -1]);
        if (found) return found;
      }
      return null;
    };
    // a factor helps nobody whose only starts meet a cell without any room
    if (!withEmptyCells && hasEmptyCells && !tryAt(GROWTHS.length - 1)) continue;
    let step = FIRST_GROWTH;
    let best = tryAt(step);
    if (best) {
      const ways: Way[] = [[best.steps[0] >= 0, best.steps[1] >= 0]];
      for (let lower = tryAt(step - 1, ways); lower; lower = step > 0 ? tryAt(step - 1, ways) : null) {
        best = lower;
        step--;
      }
    } else while (!best && ++step < GROWTHS.length) best = tryAt(step);
    if (best) best = leanest(best, base, tryWith);
    for (; best; best = ++step < GROWTHS.length ? tryAt(step) : null) {
      // what the plan found does not use need not grow, where the solver finds a plan without it too
      for (const limits of [usedOf(part, best.limits, best.starts), best.limits])
        if (planFor(limits, true)) return { ratios, limits };
    }
  }
  return null;
}

/** Limits raised to whole sessions or log-ins: by a factor, or to what an empty cell is given. */
function grown(limit: Float64Array, room: Float64Array, factor: number): Float64Array {
  return limit.map((now, c) => {
    const wanted = factor * room[c]!;
    return wanted > now ? now + Math.ceil((wanted - now) / LOAD_SCALE) * LOAD_SCALE : now;
  });
}

/** The limits grown only in the cells that the plan loads beyond what there is. */
function usedOf(part: AllocationProblem, limits: Limits, starts: Starts): Limits {
  const { sessionLoad, loginLoad } = checkPlan(part, starts);
  const pick = (now: Float64Array, grown: Float64Array, load: Float64Array) =>
    now.map((limit, c) => (load[c]! > limit ? grown[c]! : limit));
  return {
    sessionLimit: pick(part.sessionLimit, limits.sessionLimit, sessionLoad),
    loginLimit: pick(part.loginLimit, limits.loginLimit, loginLoad),
  };
}

/** Cells without any room count as the mean of the others: a factor alone would leave them empty. */
function withoutEmptyCells(part: AllocationProblem): Limits {
  const fill = (limit: Float64Array): Float64Array => {
    const open = limit.filter((room) => room > 0);
    const mean =
      open.length > 0 ? open.reduce((sum, room) => sum + room, 0) / open.length : totalLoad(part) / limit.length;
    return limit.map((room) => (room > 0 ? room : Math.ceil(mean / LOAD_SCALE) * LOAD_SCALE));
  };
  return { sessionLimit: fill(part.sessionLimit), loginLimit: fill(part.loginLimit) };
}

/** Everybody's load in one cell. */
const totalLoad = ({ demandScale, demandCount }: AllocationProblem): number =>
  demandScale.reduce((sum, scale) => sum + Math.ceil(scale), demandCount);

function roomForAll(part: AllocationProblem): Limits {
  const room = new Float64Array(part.cellCount).fill(totalLoad(part) * 2);
  return { sessionLimit: room, loginLimit: room };
}

/** The largest displacement that any wish of the part can come to, in whole steps of the cap. */
function farthestCells(part: AllocationProblem): number {
  let farthest = CAP_STEP_CELLS;
  for (let i = 0; i < part.demandCount; i++) {
    const wish = part.demandWish[i]!;
    const from = part.candidateOffset[part.demandCandidates[i]!]!;
    const to = part.candidateOffset[part.demandCandidates[i]! + 1]!;
    if (wish < 0 || from === to) continue;
    farthest = Math.max(farthest, wish - part.candidateCell[from]!, part.candidateCell[to - 1]! - wish);
  }
  return Math.ceil(farthest / CAP_STEP_CELLS) * CAP_STEP_CELLS;
}

import { checkProblem } from '../check-problem';
import { openIncumbent } from './incumbent';
import { type PartReplan, replanPart } from './replan-part';
import { partProblem, splitProblem } from '../parts';
import { AllocationCancelled, type AllocationProblem, type AllocationProgress, type Starts } from '../problem';
import type { CellMovePrices, MovePrices } from './move-prices';

/** A plan that must change: the problem as it is now, and where everybody stood. */
export interface ReplanTask {
  problem: AllocationProblem;
  /** Start of each demand in the present plan, -1 for a newcomer. */
  before: Starts;
  /** 1 for those who stay whatever happens: begun, about to begin, booked. Nothing but their own start is asked of them. */
  isFrozen: Uint8Array;
  /** Pupils of the class of each demand, 0 for windows of a whole establishment; without it nothing is proven of moved pupils. */
  pupils?: Int32Array;
}

export interface ReplanOptions {
  onProgress?: (progress: AllocationProgress) => void;
  isCancelled?: () => boolean;
}

export interface Replan {
  /** A start per demand; -1 where no place was found. */
  starts: Starts;
  /** Dated windows of the present plan that stand elsewhere now. */
  movedWindowCount: number;
  /** No plan without a cell over its limit moves fewer windows; proven by `movePrices`. */
  movedWindowBound: number;
  movePrices: MovePrices;
  /** Prices of cells from which `movedPupilBoundFromPrices` derives how many pupils move at least. */
  pupilPrices: CellMovePrices;
}

/**
 * Changes a plan as little as the new facts allow: nobody moves but whoever must, so that no cell passes its limit (or what those
 * who are frozen load it with, where that is more), no law is broken and newcomers have a window. First the fewest
 * windows move, then the fewest pupils; among starts that serve as well, the one nearest to the present one is taken.
 * Pure: the same task gives the same plan.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled
 */
export function replan({ problem, before, isFrozen, pupils }: ReplanTask, options: ReplanOptions = {}): Replan {
  checkProblem(problem);
  const starts = new Int32Array(problem.demandCount).fill(-1);
  const sessions = new Float64Array(problem.cellCount);
  const logins = new Float64Array(problem.cellCount);
  const pupilPrices = { sessions: new Float64Array(problem.cellCount), logins: new Float64Array(problem.cellCount) };
  const pairs: { mover: number; mate: number; price: number }[] = [];
  let movedWindowBound = 0;
  let doneCount = 0;
  // who has no start at all is in no part; frozen ones stay where they are even so
  for (let i = 0; i < problem.demandCount; i++) if (isFrozen[i]) starts[i] = before[i]!;
  const pinned = withFrozenSets(problem, before, isFrozen);
  for (const part of splitProblem(pinned)) {
    if (options.isCancelled?.()) throw new AllocationCancelled();
    options.onProgress?.({ phase: 'repair', doneCount, totalCount: problem.demandCount });
    const own = partProblem(pinned, part);
    const stood = Int32Array.from(part.demand, (i) => (before[i]! < 0 ? -1 : before[i]! - part.firstCell));
    const frozen = Uint8Array.from(part.demand, (i) => isFrozen[i]!);
    const heads = pupils ? Int32Array.from(part.demand, (i) => pupils[i]!) : null;
    const answer: PartReplan = replanPart(openIncumbent(own), stood, frozen, heads, options.isCancelled);
    part.demand.forEach((i, k) => (starts[i] = answer.starts[k]! < 0 ? -1 : answer.starts[k]! + part.firstCell));
    answer.prices.sessions.forEach((price, c) => price > 0 && (sessions[part.firstCell + c] = price));
    answer.prices.logins.forEach((price, c) => price > 0 && (logins[part.firstCell + c] = price));
    answer.pupilPrices?.sessions.forEach((price, c) => price > 0 && (pupilPrices.sessions[part.firstCell + c] = price));
    answer.pupilPrices?.logins.forEach((price, c) => price > 0 && (pupilPrices.logins[part.firstCell + c] = price));
    answer.prices.pairPrice.forEach((price, row) =>
      pairs.push({
        mover: part.demand[answer.prices.pairMover[row]!]!,
        mate: part.demand[answer.prices.pairMate[row]!]!,
        price,
      }),
    );
    movedWindowBound += answer.movedWindowBound;
    doneCount += part.demand.length;
  }
  options.onProgress?.({ phase: 'polish', doneCount: problem.demandCount, totalCount: problem.demandCount });
  return {
    starts,
    movedWindowCount: movedWindows(problem, before, starts),
    movedWindowBound,
    movePrices: {
      sessions,
      logins,
      pairMover: Int32Array.from(pairs, ({ mover }) => mover),
      pairMate: Int32Array.from(pairs, ({ mate }) => mate),
      pairPrice: Float64Array.from(pairs, ({ price }) => price),
    },
    pupilPrices,
  };
}

/** Dated windows of demands that stood somewhere and stand elsewhere, or nowhere, now. */
export function movedWindows(problem: AllocationProblem, before: Starts, starts: Starts): number {
  let count = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    if (before[i]! < 0 || starts[i] === before[i]) continue;
    const set = problem.demandOccurrences[i]!;
    count += problem.occurrenceOffset[set + 1]! - problem.occurrenceOffset[set]!;
  }
  return count;
}

/** The problem in which a frozen demand has one start: its own. Parts, kinds and neighbours then follow by themselves. */
export function withFrozenSets(problem: AllocationProblem, before: Starts, isFrozen: Uint8Array): AllocationProblem {
  const setOf = new Map<number, number>();
  const cells: number[] = [];
  const first = problem.candidateOffset.length - 1;
  const demandCandidates = problem.demandCandidates.slice();
  for (let i = 0; i < problem.demandCount; i++) {
    if (!isFrozen[i]) continue;
    if (before[i]! < 0) throw new RangeError(`demand ${i} is frozen and stands nowhere`);
    let set = setOf.get(before[i]!);
    if (set === undefined) {
      set = first + cells.length;
      setOf.set(before[i]!, set);
      cells.push(before[i]!);
    }
    demandCandidates[i] = set;
  }
  const candidateCell = new Int32Array(problem.candidateCell.length + cells.length);
  candidateCell.set(problem.candidateCell);
  candidateCell.set(cells, problem.candidateCell.length);
  const candidateOffset = new Int32Array(first + cells.length + 1);
  candidateOffset.set(problem.candidateOffset);
  for (let k = 1; k <= cells.length; k++) candidateOffset[first + k] = problem.candidateCell.length + k;
  return { ...problem, candidateCell, candidateOffset, demandCandidates };
}

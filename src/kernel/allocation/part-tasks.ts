import { CELLS_PER_HOUR } from '../cell-grid';
import { displacementObjective, objectiveBounds, wholePrices, wishedValue } from './bound';
import { leastCapacity } from './least-capacity';
import { type LocalPrices, priceLocally } from './local-prices';
import { buildModel } from './model';
import { attend, type Watch } from './place';
import type { AllocationProblem } from './problem';
import { dropOverload, overload } from './repair';
import { mayBePossible, type PartState, pricePart, solvePart, solveSmallPart } from './solve-part';
import { explainUnplaced } from './unplaced';

/** Displacement caps are tried in steps of half an hour. */
export const CAP_STEP_CELLS = CELLS_PER_HOUR / 2;

/** A plan is made again under a larger cap where its prices leave at least this share of its cost to gain. */
const WORTH_AGAIN = 0.005;

/** A piece of work on one part that needs nothing but the part: whoever does it, in whatever order, the answer is the same. */
export type PartTask =
  | { kind: 'bound'; part: number }
  | {
      kind: 'solve';
      part: number;
      capCells: number;
      seed: number;
      /** Searched window by window where it has fewer demands. */
      smallBelow: number;
      /** Take what can be placed even where it is not everybody. */
      lastResort: boolean;
      /** Of a small part: any complete plan will do, for it is only asked whether there is one. */
      isTrial?: boolean;
      /** A complete plan under a smaller cap, to fall back on. */
      known: SolveAnswer | null;
    };

interface KnownPlan {
  starts: Int32Array;
  unplacedReason: Uint8Array;
  /** Empty where everybody has a place. */
  neededSessions: Float64Array;
  neededLogins: Float64Array;
}

export interface BoundAnswer {
  kind: 'bound';
  /** Least capacity of the part, with whole prices that prove it. */
  ratio: number;
  sessionPrices: Float64Array;
  loginPrices: Float64Array;
  /** Smallest displacement cap, in steps, that prices do not prove impossible. */
  capCells: number;
  /** The largest cap that could make a difference. */
  farthestCells: number;
}

export interface SolveAnswer extends KnownPlan {
  kind: 'solve';
  objective: number;
  lowerBound: number;
  jointLowerBound: number;
  /** Whole multiples of PRICE_UNIT and LOCAL_PRICE_UNIT. */
  sessionPrices: Float64Array;
  loginPrices: Float64Array;
  local: LocalPrices;
}

/** No complete plan was found under the cap. */
export interface FailedAnswer {
  kind: 'failed';
}

export type PartAnswer = BoundAnswer | SolveAnswer | FailedAnswer;

/** Does one task on the problem of its part. Pure. @throws AllocationCancelled */
export function performTask(problem: AllocationProblem, task: PartTask, watch: Watch): PartAnswer {
  return task.kind === 'bound' ? boundPart(problem, watch) : planPart(problem, task, watch);
}

function boundPart(problem: AllocationProblem, watch: Watch): BoundAnswer {
  const model = buildModel(problem);
  const least = leastCapacity(model, watch.isCancelled);
  let farthestCells = CAP_STEP_CELLS;
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    const from = model.kindOffset[model.demandKind[i]!]!;
    const to = model.kindOffset[model.demandKind[i]! + 1]!;
    if (wish < 0 || from === to) continue;
    farthestCells = Math.max(farthestCells, wish - model.kindStart[from]!, model.kindStart[to - 1]! - wish);
  }
  farthestCells = Math.ceil(farthestCells / CAP_STEP_CELLS) * CAP_STEP_CELLS;
  let capCells = CAP_STEP_CELLS;
  if (least.ratio > 1) capCells = farthestCells;
  while (capCells < farthestCells && !mayBePossible(model, capCells, watch)) capCells += CAP_STEP_CELLS;
  return { kind: 'bound', ...least, capCells, farthestCells };
}

function planPart(
  problem: AllocationProblem,
  { capCells, seed, smallBelow, lastResort, isTrial = false, known }: Extract<PartTask, { kind: 'solve' }>,
  watch: Watch,
): SolveAnswer | FailedAnswer {
  const state = pricePart(problem, capCells, watch);
  const whole = wholePrices(state.model, state.prices.sessions, state.prices.logins);
  const nowhere = new Int32Array(problem.demandCount).fill(-1);
  const value = wishedValue(state.model, state.reach, whole.tables);
  const { jointLowerBound } = objectiveBounds(state.model, nowhere, value, whole);
  // a bound above what any plan can cost proves that the cap leaves none
  const isHopeless = jointLowerBound > state.mostCost;
  if (isHopeless && !lastResort && !known) return { kind: 'failed' };
  watch.onPhase?.('place', 0, { lowerBound: jointLowerBound });
  if (known) {
    // the new cap can gain no more than what its prices prove less than those of the old one
    const kept = answerOf(problem, state, whole, known, watch);
    if (kept.lowerBound >= known.lowerBound - WORTH_AGAIN * known.objective) return kept;
  }
  const isLast = lastResort && !known;
  const search =
    problem.demandCount < smallBelow
      ? solveSmallPart(state, seed, { lastResort: isLast, isHopeless: isHopeless && isLast, isTrial }, watch)
      : solvePart(state, seed, isLast, watch);
  if (search && overload(search) > 0) dropOverload(search, watch);
  const plan: KnownPlan | null = search ? { starts: search.starts, ...explainUnplaced(search) } : known;
  return plan ? answerOf(problem, state, whole, plan, watch) : { kind: 'failed' };
}

/** A plan with what the prices prove of it. */
function answerOf(
  problem: AllocationProblem,
  { model, reach }: PartState,
  whole: ReturnType<typeof wholePrices>,
  { starts, unplacedReason, neededSessions, neededLogins }: KnownPlan,
  watch: Watch,
): SolveAnswer {
  const { value, ...local } = priceLocally(model, reach, whole.tables, starts, () => attend(watch));
  return {
    kind: 'solve',
    starts,
    unplacedReason,
    neededSessions,
    neededLogins,
    objective: displacementObjective(problem, starts),
    ...objectiveBounds(model, starts, value, whole),
    sessionPrices: whole.sessionPrices,
    loginPrices: whole.loginPrices,
    local,
  };
}

import { CELLS_PER_HOUR } from '../cell-grid';
import { seededRandom, shuffle } from '../random';
import { checkProblem } from './check-problem';
import { leastCapacity } from './least-capacity';
import { buildModel } from './model';
import { applyPenalty, firstPass, firstPenalty, movePrices, placeFixed, sweep, type Watch } from './place';
import {
  type Allocation,
  AllocationCancelled,
  type AllocationOptions,
  type AllocationProblem,
  type AllocationProgress,
} from './problem';
import { dropOverload, overload, repair } from './repair';
import { emptySearch, isFixed, type Search } from './search';
import { explainUnplaced } from './unplaced';

/** Displacement caps are told in steps of half an hour. */
const CAP_STEP_CELLS = CELLS_PER_HOUR / 2;
/** Soft sweeps before the repair, and the step of the prices between them. */
const SOFT_SWEEPS = 4;
const PRICE_STEP = 0.3;
const POLISH_SWEEPS = 2;

/**
 * Chooses a start for every demand so that no cell passes its limit and no law of the problem is broken; wishes are approached
 * (sum of weight x displacement squared), and windows without a wish go where the cells are least used. What cannot be placed comes back with its reason. Pure: the same problem
 * and seed give the same plan.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled
 */
export function allocate(problem: AllocationProblem, options: AllocationOptions): Allocation {
  checkProblem(problem);
  const tell = (progress: AllocationProgress) => {
    if (options.isCancelled?.()) throw new AllocationCancelled();
    options.onProgress?.(progress);
  };
  tell({ phase: 'bound', doneCount: 0, totalCount: problem.demandCount });
  const model = buildModel(problem);
  const least = leastCapacity(model, options.isCancelled);
  const watch = (phase: AllocationProgress['phase']): Watch => ({
    isCancelled: options.isCancelled,
    onPart: (doneCount, totalCount) => options.onProgress?.({ phase, doneCount, totalCount }),
  });

  const search = emptySearch(model, problem.cellCount);
  placeFixed(search);
  const order = movableOrder(search, options.seed);
  findPlan(search, order, watch);
  if (overload(search) > 0) dropOverload(search, order);
  polish(search, order, watch('polish'));
  tell({ phase: 'polish', doneCount: problem.demandCount, totalCount: problem.demandCount });

  return {
    starts: search.starts,
    ...explainUnplaced(search),
    displacementCapCells: capOf(search),
    objective: displacementObjective(problem, search.starts),
    peakLowerBoundRatio: least.ratio,
    peakPrices: { sessions: least.sessionPrices, logins: least.loginPrices },
  };
}

/** Sum of weight x displacement squared, in cells, over the placed demands with a wish. */
export function displacementObjective(problem: AllocationProblem, starts: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    if (wish >= 0 && starts[i]! >= 0) sum += problem.demandWeight[i]! * (starts[i]! - wish) ** 2;
  }
  return sum;
}

/** The largest displacement of the plan, in whole half hours: the cap that it keeps. */
function capOf({ model: { problem }, starts }: Search): number {
  let largest = 1;
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    if (wish >= 0 && starts[i]! >= 0) largest = Math.max(largest, Math.abs(starts[i]! - wish));
  }
  return Math.ceil(largest / CAP_STEP_CELLS) * CAP_STEP_CELLS;
}

/** Those with a choice, shuffled: an order by school or by hour would favour somebody. */
function movableOrder(search: Search, seed: number): Int32Array {
  const { model } = search;
  const movable: number[] = [];
  for (let i = 0; i < search.starts.length; i++) {
    const kind = model.demandKind[i]!;
    if (!isFixed(search, i) && model.kindOffset[kind + 1]! > model.kindOffset[kind]!) movable.push(i);
  }
  const order = Int32Array.from(movable);
  shuffle(order, seededRandom(seed));
  return order;
}

/** First pass, soft sweeps whose prices learn where it is tight, then repair. */
function findPlan(search: Search, order: Int32Array, watch: (phase: AllocationProgress['phase']) => Watch): void {
  const penalty = firstPenalty(search);
  firstPass(search, order, penalty, watch('place'));
  for (let k = 0; k < SOFT_SWEEPS; k++) {
    movePrices(search, penalty, 1, PRICE_STEP);
    applyPenalty(search, penalty, 1);
    sweep(search, order, watch('place'));
  }
  repair(search, order, penalty, watch('repair'));
}

/** Everybody may still come nearer to the wish, or to emptier cells, where there is room. */
function polish(search: Search, order: Int32Array, watch: Watch): void {
  for (const penalty of [search.sessions, search.logins]) {
    penalty.height.fill(0);
    penalty.slope.fill(0);
    penalty.level.fill(0);
  }
  for (let k = 0; k < POLISH_SWEEPS; k++) if (sweep(search, order, watch, true) === 0) break;
}

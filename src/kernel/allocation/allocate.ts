import { displacementObjective } from './bound';
import { checkProblem } from './check-problem';
import {
  type BoundAnswer,
  CAP_STEP_CELLS,
  type PartAnswer,
  type PartTask,
  performTask,
  type SolveAnswer,
} from './part-tasks';
import { type Part, partProblem, splitProblem } from './parts';
import {
  type Allocation,
  AllocationCancelled,
  type AllocationOptions,
  type AllocationProblem,
  type ObjectivePrices,
  UNPLACED_REASONS,
} from './problem';
import { progressOfPlan, type RunProgress, runProgress } from './run-progress';
import { SITE_LAW } from './site-shares';
import { SMALL_DEMANDS } from './small/solve-small';

/** Caps from the first promising one on that are tried one after the other; beyond them the smallest that does is bisected. */
const CAPS_TRIED = 3;

/**
 * Chooses a start for every demand so that no cell passes its limit and no law of the problem is broken; wishes are approached
 * (sum of weight x displacement squared) under the smallest displacement cap for which a complete plan is found, and windows
 * without a wish go where the cells are least used. What cannot be placed comes back with its reason. Pure: the same problem
 * and seed give the same plan.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled
 */
export function allocate(problem: AllocationProblem, options: AllocationOptions): Allocation {
  const run = allocationRun(problem, options.seed, options.smallBelow);
  let step = run.next();
  let progress: RunProgress | undefined;
  while (!step.done) {
    const { parts, wanted } = step.value;
    const told = (progress ??= runProgress(parts, options.onProgress ?? (() => undefined)));
    told.begin(wanted);
    const answers = wanted.map((task, k) => {
      told.hear(k, task.kind === 'bound' ? 'bound' : 'place', 0);
      if (options.isCancelled?.()) throw new AllocationCancelled();
      const answer = performTask(partProblem(problem, parts[task.part]!), task, {
        isCancelled: options.isCancelled,
        onPhase: (phase, share, figures) => told.hear(k, phase, share, figures),
      });
      told.end(k, answer);
      return answer;
    });
    step = run.next(answers);
  }
  options.onProgress?.(progressOfPlan(step.value));
  return step.value;
}

/** Parts of fewer demands are searched window by window where nobody says otherwise. */
export const SMALL_BELOW = SMALL_DEMANDS;

export interface TaskBatch {
  parts: readonly Part[];
  /** Tasks that do not depend on each other. */
  wanted: readonly PartTask[];
}

/**
 * The allocation as batches of independent tasks: yields a batch, takes its answers in the same order, returns the plan.
 * Whoever drives it may do the tasks of a batch one after the other or on as many threads as there are: the plan is the same.
 *
 * @throws AllocationProblemInvalid
 */
export function* allocationRun(
  problem: AllocationProblem,
  seed: number,
  smallBelow = SMALL_DEMANDS,
): Generator<TaskBatch, Allocation, PartAnswer[]> {
  checkProblem(problem);
  const parts = splitProblem(problem);
  const all = parts.map((_, part) => part);
  const bounds = (yield {
    parts,
    wanted: all.map((part): PartTask => ({ kind: 'bound', part })),
  }) as BoundAnswer[];
  const farthest = bounds.reduce((most, bound) => Math.max(most, bound.farthestCells), CAP_STEP_CELLS);
  let capCells = bounds.reduce((most, bound) => Math.max(most, bound.capCells), CAP_STEP_CELLS);

  const plans: (SolveAnswer | undefined)[] = parts.map(() => undefined);
  const capOf = new Int32Array(parts.length);
  const isSmall = (part: number): boolean => parts[part]!.demand.length < smallBelow;
  /** Plans of these parts under a cap; null where one has no complete plan there and need not have any. Small ones may only be tried. */
  function* planned(
    wanted: readonly number[],
    cap: number,
    isTrialOfSmall = false,
  ): Generator<TaskBatch, (SolveAnswer | null)[], PartAnswer[]> {
    const task = { kind: 'solve', capCells: cap, seed, smallBelow } as const;
    const answers = yield {
      parts,
      wanted: wanted.map((part): PartTask => {
        const isTrial = isTrialOfSmall && isSmall(part);
        return { ...task, part, isTrial, lastResort: cap >= farthest && !isTrial, known: plans[part] ?? null };
      }),
    };
    return answers.map((answer) => (answer.kind === 'solve' ? answer : null));
  }
  const keep = (part: number, plan: SolveAnswer, cap: number): void => {
    plans[part] = plan;
    capOf[part] = cap;
  };

  let missing = all;
  for (let attempt = 1; missing.length > 0; attempt++) {
    const answers = yield* planned(missing, capCells);
    missing.forEach((part, k) => answers[k] && keep(part, answers[k], capCells));
    missing = missing.filter((part) => !plans[part]);
    if (missing.length === 0) break;
    if (attempt < CAPS_TRIED || capCells + CAP_STEP_CELLS >= farthest) {
      capCells = Math.min(farthest, capCells + CAP_STEP_CELLS);
      continue;
    }
    // as far as it takes; then, where everybody has a place there, half way back again and again, in whole steps
    let [failing, found] = [capCells, farthest];
    let best = yield* planned(missing, farthest, true);
    while (found - failing > CAP_STEP_CELLS && best.every((plan) => plan && isComplete(plan))) {
      const middle = failing + Math.floor((found - failing) / CAP_STEP_CELLS / 2) * CAP_STEP_CELLS;
      const tried = yield* planned(missing, middle, true);
      if (tried.every((plan) => plan !== null)) [found, best] = [middle, tried];
      else failing = middle;
    }
    capCells = found;
    // small ones were only tried: a search of all its steps comes nearer to the wishes, if it finds a place for everybody too
    const small = missing.filter(isSmall);
    const whole = small.length > 0 ? yield* planned(small, found) : [];
    missing.forEach((part, k) => keep(part, whole[small.indexOf(part)] ?? best[k]!, found));
    missing = [];
  }
  // one cap for the whole plan: who was planned under a smaller one may use what the others need, now that it is known
  const narrower = all.filter((part) => capOf[part]! < capCells);
  if (narrower.length > 0) {
    const answers = yield* planned(narrower, capCells);
    narrower.forEach((part, k) => keep(part, answers[k]!, capCells));
  }
  return combine(problem, parts, bounds, plans as SolveAnswer[], capCells);
}

const isComplete = ({ starts }: SolveAnswer): boolean => !starts.includes(-1);

export function combine(
  problem: AllocationProblem,
  parts: readonly Part[],
  bounds: readonly BoundAnswer[],
  plans: readonly SolveAnswer[],
  capCells: number,
): Allocation {
  const starts = new Int32Array(problem.demandCount).fill(-1);
  // whoever is in no part has no start at all
  const unplacedReason = new Uint8Array(problem.demandCount).fill(UNPLACED_REASONS.indexOf('no_candidate'));
  const neededSessions = new Float64Array(problem.demandCount);
  const neededLogins = new Float64Array(problem.demandCount);
  parts.forEach(({ demand, firstCell }, p) => {
    const plan = plans[p]!;
    demand.forEach((i, k) => {
      starts[i] = plan.starts[k]! < 0 ? -1 : plan.starts[k]! + firstCell;
      unplacedReason[i] = plan.unplacedReason[k]!;
      // nothing is written where nothing is needed: pages of zeros take no memory
      if (plan.neededSessions[k]! > 0) neededSessions[i] = plan.neededSessions[k]!;
      if (plan.neededLogins[k]! > 0) neededLogins[i] = plan.neededLogins[k]!;
    });
  });
  // parts share no cell: the peak of a plan is that of its worst part, and so is its bound
  const tightest = bounds.reduce((best, bound, p) => (bound.ratio > (bounds[best]?.ratio ?? 0) ? p : best), 0);
  const peakPrices = { sessions: new Float64Array(problem.cellCount), logins: new Float64Array(problem.cellCount) };
  if (parts[tightest]) {
    peakPrices.sessions.set(bounds[tightest]!.sessionPrices, parts[tightest].firstCell);
    peakPrices.logins.set(bounds[tightest]!.loginPrices, parts[tightest].firstCell);
  }
  const sum = (of: (plan: SolveAnswer) => number) => plans.reduce((total, plan) => total + of(plan), 0);
  return {
    starts,
    unplacedReason,
    neededSessions,
    neededLogins,
    displacementCapCells: capCells,
    objective: displacementObjective(problem, starts),
    peakLowerBoundRatio: bounds[tightest]?.ratio ?? 0,
    peakPrices,
    objectiveLowerBound: Math.max(
      0,
      sum((plan) => plan.lowerBound),
    ),
    jointLowerBound: Math.max(
      0,
      sum((plan) => plan.jointLowerBound),
    ),
    objectivePrices: combinePrices(problem, parts, plans),
    parts: parts.map(({ demand, firstCell, endCell }, p) => ({
      firstCell,
      endCell,
      demandCount: demand.length,
      objective: plans[p]!.objective,
      lowerBound: Math.max(0, plans[p]!.lowerBound),
      jointLowerBound: Math.max(0, plans[p]!.jointLowerBound),
    })),
  };
}

function combinePrices(
  problem: AllocationProblem,
  parts: readonly Part[],
  plans: readonly SolveAnswer[],
): ObjectivePrices {
  const sessions = new Float64Array(problem.cellCount);
  const logins = new Float64Array(problem.cellCount);
  const rowCount = plans.reduce((count, plan) => count + plan.local.price.length, 0);
  const prices: ObjectivePrices = {
    sessions,
    logins,
    localLaw: new Uint8Array(rowCount),
    localOwner: new Int32Array(rowCount),
    localCell: new Int32Array(rowCount),
    localPrice: new Float64Array(rowCount),
  };
  let row = 0;
  parts.forEach((part, p) => {
    const { local, sessionPrices, loginPrices } = plans[p]!;
    // the stretches of two parts may overlap where neither loads a cell: only prices are written
    sessionPrices.forEach((price, c) => price > 0 && (sessions[part.firstCell + c] = price));
    loginPrices.forEach((price, c) => price > 0 && (logins[part.firstCell + c] = price));
    const owners = [problem.demandTeacher, problem.demandClass, problem.demandEstablishment].map((column) =>
      ownersInOrder(column, part.demand),
    );
    for (let k = 0; k < local.price.length; k++, row++) {
      prices.localLaw[row] = local.law[k]!;
      prices.localOwner[row] = owners[Math.min(local.law[k]!, SITE_LAW)]![local.owner[k]!]!;
      prices.localCell[row] = local.cell[k]! + part.firstCell;
      prices.localPrice[row] = local.price[k]!;
    }
  });
  return prices;
}

/** A part numbers its owners in the order in which its demands name them. */
function ownersInOrder(column: Int32Array, demand: Int32Array): number[] {
  const seen = new Set<number>();
  for (const i of demand) if (column[i]! >= 0) seen.add(column[i]!);
  return [...seen];
}

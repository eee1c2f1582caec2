import { allocate } from '../src/kernel/allocation/allocate';
import { firstFit, letterByLevel, randomStarts } from '../src/kernel/allocation/baselines';
import { objectiveBoundFromPrices } from '../src/kernel/allocation/check-bound';
import { checkPlan } from '../src/kernel/allocation/check-plan';
import type { AllocationProblem, Starts } from '../src/kernel/allocation/problem';
import { CELL_MINUTES } from '../src/kernel/cell-grid';
import { instanceLetter } from './allocation-instance';
import { type Benchmark, option } from './benchmark';
import { placementModel, startsOf } from './highs-model';
import { solveWithHighs } from './highs-thread';
import { mondayOfClasses } from './one-day';
import { referenceLp } from './reference-lp';

/** From so many classes on HiGHS has twice the time. */
const LARGE_CLASSES = 150;

/**
 * The same Mondays through Etale and through what else there is: `--classes 40,80,170,540` (how many, about), `--tightness 1.5`,
 * `--seed 1`, `--highs-seconds 60` for each of its two runs on an instance (twice that from 150 classes on; 0 leaves HiGHS out).
 */
export const run: Benchmark = async (args) => {
  const classCounts = option(args, 'classes', '40,80,170,540').split(',').map(Number);
  const tightness = Number(option(args, 'tightness', '1.5'));
  const seed = Number(option(args, 'seed', '1'));
  const highsSeconds = Number(option(args, 'highs-seconds', '60'));
  if (!classCounts.every((count) => Number.isInteger(count) && count > 0) || !(tightness > 0) || !(highsSeconds >= 0))
    throw new Error('--classes is a list of whole numbers, --tightness and --highs-seconds are numbers');
  if (!Number.isInteger(seed)) throw new Error('--seed is a whole number');
  const instances: Record<string, unknown>[] = [];
  for (const count of classCounts) {
    const instance = await compare(mondayOfClasses(count, seed, tightness), seed, highsSeconds);
    console.error(JSON.stringify(instance));
    instances.push(instance);
  }
  return { seed, tightness, instances, ...(highsSeconds > 0 ? await referenceLp(seed) : {}) };
};

async function compare(problem: AllocationProblem, seed: number, highsSeconds: number) {
  const from = performance.now();
  const cpuFrom = process.cpuUsage();
  const plan = allocate(problem, { seed });
  const wallSeconds = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(cpuFrom);
  const { lowerBound, jointLowerBound } = objectiveBoundFromPrices(
    problem,
    plan.starts,
    plan.displacementCapCells,
    plan.objectivePrices,
  );
  const ways = {
    etale: {
      ...judged(problem, plan.starts),
      bound: jointLowerBound,
      boundGivenWishless: lowerBound,
      wallSeconds,
      cpuSeconds: (cpu.user + cpu.system) / 1e6,
    },
    ...(highsSeconds > 0 ? await highs(problem, plan.displacementCapCells, highsSeconds) : {}),
    firstFit: timed(problem, () => firstFit(problem, seed)),
    random: timed(problem, () => randomStarts(problem, seed)),
    letterByLevel: timed(problem, () => letterByLevel(problem, instanceLetter(problem), seed)),
  };
  const bounds = Object.values(ways).map((way) => ('bound' in way && typeof way.bound === 'number' ? way.bound : 0));
  const bestBound = Math.max(...bounds);
  return {
    classCount: problem.classCount,
    windowCount: problem.demandCount,
    displacementCapMinutes: plan.displacementCapCells * CELL_MINUTES,
    bestBound,
    // the bounds are of complete plans
    gapToBestBoundRatio: bestBound > 0 && ways.etale.unplacedCount === 0 ? ways.etale.objective / bestBound - 1 : null,
    ways,
  };
}

/** The same problem under the same displacement cap: its mixed-integer program, and the relaxation of it. */
async function highs(problem: AllocationProblem, capCells: number, seconds: number) {
  const timeLimitSeconds = problem.classCount >= LARGE_CLASSES ? 2 * seconds : seconds;
  const integral = placementModel(problem, capCells, true);
  const size = { columnCount: integral.model.numCols, rowCount: integral.model.numRows };
  const mip = await solveWithHighs({ model: integral.model, timeLimitSeconds });
  const relaxed = await solveWithHighs({ model: placementModel(problem, capCells, false).model, timeLimitSeconds });
  return {
    highsMip: {
      ...size,
      wallSeconds: mip.wallSeconds,
      cpuSeconds: mip.cpuSeconds,
      isOptimal: mip.isOptimal,
      bound: mip.bound,
      ...(mip.value
        ? judged(problem, startsOf(integral, mip.value, problem.demandCount))
        : { objective: null, violationCount: null, unplacedCount: problem.demandCount }),
    },
    highsRelaxation: {
      wallSeconds: relaxed.wallSeconds,
      cpuSeconds: relaxed.cpuSeconds,
      isOptimal: relaxed.isOptimal,
      objective: relaxed.isOptimal ? relaxed.objective : null,
      bound: relaxed.bound,
    },
  };
}

function timed(problem: AllocationProblem, plan: () => Starts) {
  const from = performance.now();
  const starts = plan();
  return { wallSeconds: (performance.now() - from) / 1000, ...judged(problem, starts) };
}

/** What the independent checker says of a plan; an objective of an incomplete plan is that of those who have a window. */
function judged(problem: AllocationProblem, starts: Starts) {
  const { objective, violationCount, unplacedCount } = checkPlan(problem, starts);
  return { objective, violationCount, unplacedCount };
}

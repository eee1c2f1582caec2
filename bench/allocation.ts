import { createHash } from 'node:crypto';
import { allocateOnThreads } from '../src/allocation/allocation-threads';
import { allocate } from '../src/kernel/allocation/allocate';
import { everybodyAtWish, firstFit, letterByLevel, randomStarts } from '../src/kernel/allocation/baselines';
import { objectiveBoundFromPrices, peakBoundFromPrices } from '../src/kernel/allocation/check-bound';
import { extraCapacity } from '../src/kernel/allocation/extra-capacity';
import { checkPlan } from '../src/kernel/allocation/check-plan';
import {
  type Allocation,
  AllocationCancelled,
  type AllocationOptions,
  type AllocationProblem,
  type AllocationProgress,
} from '../src/kernel/allocation/problem';
import { allocationInstance, instanceLetter, withCapacity } from './allocation-instance';
import { writeDump } from './allocation-dump';
import { ALLOCATION_INSTANCE, type Scale } from './allocation-parameters';
import { CELL_MINUTES } from '../src/kernel/cell-grid';
import { type Benchmark, option } from './benchmark';
import { leastCapacities } from './least-capacities';
import { referenceLp } from './reference-lp';

/**
 * Allocates the benchmark's week at a capacity that is `--tightness` times the least one, and checks the plan independently. `--dump FILE`
 * writes the case (docs/allocation-dump.md); `--extra yes` asks how much capacity is missing where somebody is left out; `--reference-lp no` leaves out the linear program that tells how fast the machine is;
 * `--cancel-after SECONDS` gives up after so long and tells how long it took until the run had ended.
 */
export const run: Benchmark = async (args) => {
  const scale = option(args, 'scale', 'S') as Scale;
  const establishmentCount = ALLOCATION_INSTANCE.scales[scale];
  if (establishmentCount === undefined) {
    throw new Error(`--scale is one of ${Object.keys(ALLOCATION_INSTANCE.scales).join(', ')}`);
  }
  const seed = Number(option(args, 'seed', '1'));
  const tightness = Number(option(args, 'tightness', '1.5'));
  const workers = Number(option(args, 'workers', '1'));
  if (!(Number.isInteger(workers) && workers >= 1)) throw new Error('--workers is a whole number from 1');
  if (!Number.isInteger(seed) || !(tightness > 0)) throw new Error('--seed is a whole number, --tightness is positive');
  console.error(JSON.stringify(ALLOCATION_INSTANCE));

  const shape = allocationInstance(establishmentCount, seed);
  const leastFrom = performance.now();
  const leastCpuFrom = process.cpuUsage();
  const least = leastCapacities(shape);
  const leastCapacityWallSeconds = (performance.now() - leastFrom) / 1000;
  const leastCpu = process.cpuUsage(leastCpuFrom);
  const problem = withCapacity(shape, least.sessions * tightness, least.logins * tightness);

  const cpuFrom = process.cpuUsage();
  const from = performance.now();
  let phase = '';
  const options = {
    seed,
    onProgress: (progress: AllocationProgress) => {
      if (progress.phase !== phase)
        console.error(`${((performance.now() - from) / 1000).toFixed(1)} s ${progress.phase}`);
      phase = progress.phase;
    },
  };
  const cancelAfterSeconds = Number(option(args, 'cancel-after', '0'));
  if (cancelAfterSeconds > 0) {
    const isCancelled = () => performance.now() - from > 1000 * cancelAfterSeconds;
    const endedAt = await cancelledAt(() => allocateWith(problem, { ...options, isCancelled }, workers));
    const cancelWallSeconds = endedAt === null ? null : (endedAt - from) / 1000 - cancelAfterSeconds;
    return { scale, seed, tightness, workers, cancelAfterSeconds, cancelWallSeconds };
  }
  const plan = await allocateWith(problem, options, workers);
  const wallSeconds = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(cpuFrom);
  // the most that was resident at any time up to here, the making of the instance and all threads included
  const peakMemoryBytes = process.resourceUsage().maxRSS * 1024;
  const check = checkPlan(problem, plan.starts);

  const bounds = objectiveBoundFromPrices(problem, plan.starts, plan.displacementCapCells, plan.objectivePrices);

  // the bounds are of complete plans
  const gapOf = (objective: number, bound: number) => (check.unplacedCount > 0 ? null : gapRatio(objective, bound));

  const dump = option(args, 'dump', '');
  const peakLowerBoundRatio = peakBoundFromPrices(problem, plan.peakPrices);
  if (dump) await writeDump(dump, problem, plan, { objective: check.objective, ...bounds, peakLowerBoundRatio });

  return {
    scale,
    seed,
    tightness,
    workers,
    // the same for any number of workers
    startsSha256: createHash('sha256').update(plan.starts).digest('hex'),
    windowCount: check.windowCount,
    wallSeconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakMemoryBytes,
    violationCount: check.violationCount,
    unplacedCount: check.unplacedCount,
    peakUtilisationRatio: Math.max(check.peakUtilisationRatio.sessions, check.peakUtilisationRatio.logins),
    peakLowerBoundRatio,
    objective: check.objective,
    lowerBound: bounds.lowerBound,
    gapRatio: gapOf(check.objective, bounds.lowerBound),
    jointGapRatio: gapOf(check.objective, bounds.jointLowerBound),
    dayGapRatios: plan.parts.map((part) => gapOf(part.objective, part.lowerBound)),
    displacementCapMinutes: plan.displacementCapCells * CELL_MINUTES,
    baselinePeakRatios: baselinePeakRatios(problem, seed),
    leastCapacityWallSeconds,
    leastCapacityCpuSeconds: (leastCpu.user + leastCpu.system) / 1e6,
    ...(option(args, 'reference-lp', 'yes') === 'no'
      ? { referenceLpSeconds: null, referenceLpCpuSeconds: null }
      : await referenceLp(seed)),
    ...displacements(problem, plan.starts),
    ...(option(args, 'extra', 'no') === 'yes' ? missingCapacity(problem, plan.starts, seed) : {}),
  };
};

/** The extra capacity that would do, what it costs to find it, and the least of it that is certified. */
function missingCapacity(problem: AllocationProblem, starts: Int32Array, seed: number) {
  const cpuFrom = process.cpuUsage();
  const from = performance.now();
  const onPart = (done: number, total: number) => console.error(`extra capacity: ${done} of ${total} parts`);
  const { sessions, logins, parts, beyondCapacity } = extraCapacity(problem, starts, { seed, onPart });
  const cpu = process.cpuUsage(cpuFrom);
  const most = (extra: Float64Array, limit: Float64Array) =>
    extra.reduce((worst, more, cell) => (limit[cell]! > 0 ? Math.max(worst, more / limit[cell]!) : worst), 0);
  return {
    extraWallSeconds: (performance.now() - from) / 1000,
    extraCpuSeconds: (cpu.user + cpu.system) / 1e6,
    extraParts: parts.map(({ sessionsRatio, loginsRatio, ratio, leastRatio }) => ({
      sessionsRatio,
      loginsRatio,
      ratio,
      leastRatio,
    })),
    extraSessionsRatio: most(sessions, problem.sessionLimit),
    extraLoginsRatio: most(logins, problem.loginLimit),
    beyondCapacityCount: beyondCapacity.length,
  };
}

const allocateWith = async (
  problem: AllocationProblem,
  options: AllocationOptions,
  workerCount: number,
): Promise<Allocation> =>
  workerCount > 1 ? allocateOnThreads(problem, { ...options, workerCount }) : allocate(problem, options);

/** When a run that is cancelled had ended; null where it was done before. */
async function cancelledAt(run: () => Promise<Allocation>): Promise<number | null> {
  try {
    await run();
    return null;
  } catch (error) {
    if (error instanceof AllocationCancelled) return performance.now();
    throw error;
  }
}

/** Peak over both limits of what is done without a planner; first fit keeps the limits and leaves people out, so both are told. */
function baselinePeakRatios(problem: AllocationProblem, seed: number) {
  const peak = (starts: Int32Array) => {
    const { peakUtilisationRatio, violationCount, unplacedCount } = checkPlan(problem, starts);
    const { sessions, logins } = peakUtilisationRatio;
    return { sessions, logins, violationCount, unplacedCount };
  };
  return {
    wished: peak(everybodyAtWish(problem, seed)),
    letter: peak(letterByLevel(problem, instanceLetter(problem), seed)),
    random: peak(randomStarts(problem, seed)),
    firstFit: peak(firstFit(problem, seed)),
  };
}

/** How far above the proven bound the plan is, as a share of the bound. */
const gapRatio = (objective: number, bound: number): number =>
  bound > 0 ? objective / bound - 1 : objective > 0 ? Infinity : 0;

function displacements({ demandWish }: AllocationProblem, starts: Int32Array) {
  let wished = 0;
  let kept = 0;
  let sum = 0;
  let worst = 0;
  for (let i = 0; i < starts.length; i++) {
    if (demandWish[i]! < 0 || starts[i]! < 0) continue;
    const cells = Math.abs(starts[i]! - demandWish[i]!);
    wished++;
    if (cells === 0) kept++;
    sum += cells;
    worst = Math.max(worst, cells);
  }
  return {
    shareAtWishRatio: kept / Math.max(1, wished),
    meanDisplacementMinutes: (sum * CELL_MINUTES) / Math.max(1, wished),
    worstDisplacementMinutes: worst * CELL_MINUTES,
  };
}

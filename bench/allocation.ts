import { allocate } from '../src/kernel/allocation/allocate';
import { peakBoundFromPrices } from '../src/kernel/allocation/check-bound';
import { checkPlan } from '../src/kernel/allocation/check-plan';
import { leastCapacity } from '../src/kernel/allocation/least-capacity';
import { buildModel } from '../src/kernel/allocation/model';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { allocationInstance, withCapacity } from './allocation-instance';
import { ALLOCATION_INSTANCE, type Scale } from './allocation-parameters';
import { type Benchmark, option } from './benchmark';

/** Allocates the benchmark's week at a capacity that is `--tightness` times the least one, and checks the plan independently. */
export const run: Benchmark = (args) => {
  const scale = option(args, 'scale', 'S') as Scale;
  const establishmentCount = ALLOCATION_INSTANCE.scales[scale];
  if (establishmentCount === undefined) {
    throw new Error(`--scale is one of ${Object.keys(ALLOCATION_INSTANCE.scales).join(', ')}`);
  }
  const seed = Number(option(args, 'seed', '1'));
  const tightness = Number(option(args, 'tightness', '1.5'));
  if (!Number.isInteger(seed) || !(tightness > 0)) throw new Error('--seed is a whole number, --tightness is positive');
  console.error(JSON.stringify(ALLOCATION_INSTANCE));

  const shape = allocationInstance(establishmentCount, seed);
  const leastFrom = performance.now();
  const least = leastCapacities(shape);
  const leastCapacityWallSeconds = (performance.now() - leastFrom) / 1000;
  const problem = withCapacity(shape, least.sessions * tightness, least.logins * tightness);

  const memory = watchMemory();
  const cpuFrom = process.cpuUsage();
  const from = performance.now();
  let phase = '';
  const plan = allocate(problem, {
    seed,
    onProgress: (progress) => {
      memory.look();
      if (progress.phase !== phase)
        console.error(`${((performance.now() - from) / 1000).toFixed(1)} s ${progress.phase}`);
      phase = progress.phase;
    },
  });
  const wallSeconds = (performance.now() - from) / 1000;
  const cpu = process.cpuUsage(cpuFrom);
  memory.look();
  const check = checkPlan(problem, plan.starts);

  return Promise.resolve({
    scale,
    seed,
    tightness,
    windowCount: check.windowCount,
    wallSeconds,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
    peakMemoryBytes: memory.peakBytes(),
    violationCount: check.violationCount,
    unplacedCount: check.unplacedCount,
    peakUtilisationRatio: Math.max(check.peakUtilisationRatio.sessions, check.peakUtilisationRatio.logins),
    peakLowerBoundRatio: peakBoundFromPrices(problem, plan.peakPrices),
    objective: check.objective,
    leastCapacityWallSeconds,
    ...displacements(problem, plan.starts),
  });
};

/**
 * The least capacities of an instance: sessions and logins are each set to their own least peak, then both are raised by the
 * ratio that they need together.
 */
function leastCapacities(shape: AllocationProblem): { sessions: number; logins: number } {
  const free = new Float64Array(shape.cellCount).fill(Infinity);
  // any capacity of the right order will do: the ratio scales it
  const trial = shape.demandScale.reduce((sum, scale) => sum + scale, 0) / 100;
  const scaled = withCapacity(shape, trial, trial);
  const sessions = trial * leastCapacity(buildModel({ ...scaled, loginLimit: free })).ratio;
  const logins = trial * leastCapacity(buildModel({ ...scaled, sessionLimit: free })).ratio;
  const together = leastCapacity(buildModel(withCapacity(shape, sessions, logins))).ratio;
  return { sessions: sessions * together, logins: logins * together };
}

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
    meanDisplacementMinutes: (sum * 5) / Math.max(1, wished),
    worstDisplacementMinutes: worst * 5,
  };
}

/** Largest resident memory seen while the allocation reports progress, and what the system says of the whole process. */
function watchMemory() {
  let peak = 0;
  return {
    look: () => {
      peak = Math.max(peak, process.memoryUsage.rss());
    },
    peakBytes: () => peak,
  };
}

import { groupDemands } from '../src/kernel/allocation/groups';
import { buildModel } from '../src/kernel/allocation/model';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { allocationInstance } from './allocation-instance';
import { ALLOCATION_INSTANCE } from './allocation-parameters';
import { Rows } from './highs-model';
import { solveWithHighs } from './highs-thread';
import { mondayOf } from './one-day';

const REFERENCE_TIGHTNESS = 1.2;
const TIME_LIMIT_SECONDS = 120;

/**
 * How fast this machine is at this moment: seconds that HiGHS needs for the Monday of S as one linear program, windows of one
 * load shape, wish and size added up, both limits of every cell and nothing else. 1.9 s where the floors were measured, of one thread.
 * Processor seconds are those of the process meanwhile: what to compare with where others work on the machine too. Null where it
 * did not end in two minutes.
 */
export async function referenceLp(
  seed: number,
): Promise<{ referenceLpSeconds: number | null; referenceLpCpuSeconds: number | null }> {
  const monday = mondayOf(allocationInstance(ALLOCATION_INSTANCE.scales.S, seed), REFERENCE_TIGHTNESS);
  const { wallSeconds, cpuSeconds, isOptimal } = await solveWithHighs({
    model: aggregatedModel(monday),
    timeLimitSeconds: TIME_LIMIT_SECONDS,
  });
  return { referenceLpSeconds: isOptimal ? wallSeconds : null, referenceLpCpuSeconds: isOptimal ? cpuSeconds : null };
}

/** A column per group and start: how many of the group stand there. */
function aggregatedModel(problem: AllocationProblem) {
  const model = buildModel(problem);
  const groups = groupDemands(model, new Int32Array(problem.demandCount).fill(problem.cellCount));
  const rows = new Rows();
  const cost: number[] = [];
  const cells = new Map<number, [column: number, load: number][]>();
  const limits = [problem.sessionLimit, problem.loginLimit];
  const perMille = [problem.profileSessionsPerMille, problem.profileLoginsPerMille];
  for (let g = 0; g < groups.count; g++) {
    const own: [number, number][] = [];
    const profile = model.shapeProfile[model.kindShape[groups.kind[g]!]!]!;
    for (let k = groups.from[g]!; k < groups.to[g]!; k++) {
      const start = model.kindStart[k]!;
      const column = cost.length;
      const wish = groups.wish[g]!;
      cost.push(wish < 0 ? 0 : groups.weight[g]! * (start - wish) ** 2);
      own.push([column, 1]);
      for (let at = problem.profileOffset[profile]!; at < problem.profileOffset[profile + 1]!; at++) {
        const cell = start - 1 + at - problem.profileOffset[profile]!;
        for (const [which, shares] of perMille.entries()) {
          if (shares[at] === 0) continue;
          const key = 2 * cell + which;
          if (!cells.has(key)) cells.set(key, []);
          cells.get(key)!.push([column, (groups.meanScale[g]! * shares[at]!) / 1e6]);
        }
      }
    }
    rows.add(own, groups.size[g]!, groups.size[g]!);
  }
  for (const [key, entries] of cells) rows.add(entries, 0, limits[key % 2]![key >> 1]! / 1000);
  return rows.toModel(cost, problem.demandCount, false);
}

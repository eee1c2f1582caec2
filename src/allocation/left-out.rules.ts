import { allocate } from '../kernel/allocation/allocate';
import type { AllocationProblem } from '../kernel/allocation/problem';

/** Laws between windows that can be lifted one at a time. */
export const LIFTED_LAWS = ['lift_gaps', 'lift_site_limits', 'lift_teachers', 'lift_groups'] as const;
export type LiftedLaw = (typeof LIFTED_LAWS)[number];

/** Dated windows that no capacity would give a place: as things are, and with each law lifted that binds anybody. */
export interface LeftOutCounts {
  asItIs: number;
  lifted: Partial<Record<LiftedLaw, number>>;
}

export function leftOutCounts(problem: AllocationProblem): LeftOutCounts {
  // without a limit there is nothing to prove of one: with a high one its proof took most of the time
  const room = new Float64Array(problem.cellCount).fill(Infinity);
  const roomy = { ...problem, sessionLimit: room, loginLimit: room };
  const lifted: LeftOutCounts['lifted'] = {};
  const asItIs = leftOutOf(roomy);
  if (asItIs > 0) {
    for (const law of LIFTED_LAWS) {
      const without = WITHOUT[law](roomy);
      if (without) lifted[law] = leftOutOf(without);
    }
  }
  return { asItIs, lifted };
}

/** The problem without a law; null where it binds nobody. */
const WITHOUT: Record<LiftedLaw, (problem: AllocationProblem) => AllocationProblem | null> = {
  lift_gaps: (problem) =>
    problem.demandGapCells.some((gap) => gap > 0)
      ? { ...problem, demandGapCells: new Uint16Array(problem.demandCount) }
      : null,
  lift_site_limits: (problem) =>
    problem.establishmentSiteLimit.some((most) => most > 0)
      ? { ...problem, establishmentSiteLimit: new Int32Array(problem.establishmentCount) }
      : null,
  lift_teachers: (problem) =>
    problem.teacherCount > 0
      ? { ...problem, demandTeacher: new Int32Array(problem.demandCount).fill(-1), teacherCount: 0 }
      : null,
  lift_groups: (problem) =>
    problem.classConflict.length > 0
      ? { ...problem, classConflict: new Int32Array(0), classConflictOffset: new Int32Array(problem.classCount + 1) }
      : null,
};

function leftOutOf(problem: AllocationProblem): number {
  // small parts as large ones: a search window by window goes on for long where somebody has no place
  const { starts } = allocate(problem, { seed: 1, smallBelow: 0 });
  let count = 0;
  starts.forEach((start, i) => {
    const set = problem.demandOccurrences[i]!;
    if (start < 0) count += problem.occurrenceOffset[set + 1]! - problem.occurrenceOffset[set]!;
  });
  return count;
}

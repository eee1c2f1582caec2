import { objectiveBoundFromPrices, peakBoundFromPrices } from '../kernel/allocation/check-bound';
import { beyondCap, countBeyondCap } from '../kernel/allocation/check-cap';
import type { Allocation } from '../kernel/allocation/problem';
import { CELL_MINUTES } from '../kernel/cell-grid';
import type { AssembledProblem } from '../load/assembled-problem';
import { baselinesOf } from '../load/baselines-of';
import type { AllocationProof } from '../load/plan-draft-of';
import { AllocationBoundRefusedError, AllocationCapRefusedError } from './allocation.errors';

/** The checker derives the bounds from prices in whole numbers; the solver's own differ by their rounding only. */
const BOUND_TOLERANCE_RATIO = 1e-5;

/**
 * Derives the bounds of an allocation again from their prices; what is derived is what is stored. Whoever stands beyond the claimed cap, which
 * the bounds presuppose, refutes it.
 *
 * @throws AllocationBoundRefusedError where the prices prove less than the solver claims, AllocationCapRefusedError
 */
export function proofOf(assembled: AssembledProblem, allocation: Allocation, seed: number): AllocationProof {
  const { problem } = assembled;
  const farCount = beyondCap(problem, allocation.starts, allocation.displacementCapCells).length;
  if (farCount > 0) throw new AllocationCapRefusedError(allocation.displacementCapCells * CELL_MINUTES, farCount);
  const peakLowerBoundRatio = peakBoundFromPrices(problem, allocation.peakPrices);
  const { lowerBound, jointLowerBound } = objectiveBoundFromPrices(
    problem,
    allocation.starts,
    allocation.displacementCapCells,
    allocation.objectivePrices,
  );
  for (const [bound, claimed, derived] of [
    ['peak', allocation.peakLowerBoundRatio, peakLowerBoundRatio],
    ['objective', allocation.objectiveLowerBound, lowerBound],
    ['joint_objective', allocation.jointLowerBound, jointLowerBound],
  ] as const) {
    if (!(derived >= claimed - BOUND_TOLERANCE_RATIO * Math.max(1, claimed)))
      throw new AllocationBoundRefusedError(bound, claimed, derived);
  }
  return {
    beyondCapCount: countBeyondCap(problem, allocation.starts, allocation.displacementCapCells),
    peakLowerBoundRatio,
    objectiveLowerBound: lowerBound,
    jointLowerBound,
    baselines: baselinesOf(assembled, seed),
  };
}

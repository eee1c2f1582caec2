import { leastCapacityRatio, sumDemands } from '../src/kernel/allocation/least-capacity';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { withCapacity } from './allocation-instance';

/**
 * The least capacities of an instance, in thousandths: sessions and logins are each set to their own least peak, then both are
 * raised by the ratio that they need together.
 */
export function leastCapacities(shape: AllocationProblem): { sessions: number; logins: number } {
  const free = new Float64Array(shape.cellCount).fill(Infinity);
  // millions of windows are looked at once for the three questions
  const summed = sumDemands(shape);
  // any capacity of the right order will do: the ratio scales it
  const trial = summed.demandScale.reduce((sum, scale) => sum + scale, 0) / 100;
  const scaled = withCapacity(summed, trial, trial);
  const sessions = trial * leastCapacityRatio({ ...scaled, loginLimit: free });
  const logins = trial * leastCapacityRatio({ ...scaled, sessionLimit: free });
  const together = leastCapacityRatio(withCapacity(summed, sessions, logins));
  return { sessions: sessions * together, logins: logins * together };
}

/** The instance at a multiple of its least capacity. */
export function atTightness(shape: AllocationProblem, tightness: number): AllocationProblem {
  const least = leastCapacities(shape);
  return withCapacity(shape, least.sessions * tightness, least.logins * tightness);
}

import { partProblem, splitProblem } from '../src/kernel/allocation/parts';
import type { AllocationProblem } from '../src/kernel/allocation/problem';
import { allocationInstance } from './allocation-instance';
import { atTightness } from './least-capacities';

const FEWEST_ESTABLISHMENTS = 3;
/** A primary school has six classes on average, so this many establishments hold any number of classes that is asked for. */
const mostEstablishments = (classCount: number): number => FEWEST_ESTABLISHMENTS + Math.ceil(classCount / 3);

/** The Monday of the instance whose number of classes is nearest to `classCount`, at `tightness` times its own least capacity. */
export function mondayOfClasses(classCount: number, seed: number, tightness: number): AllocationProblem {
  let nearest = allocationInstance(FEWEST_ESTABLISHMENTS, seed);
  for (let count = FEWEST_ESTABLISHMENTS + 1; count <= mostEstablishments(classCount); count++) {
    const instance = allocationInstance(count, seed);
    if (Math.abs(instance.classCount - classCount) < Math.abs(nearest.classCount - classCount)) nearest = instance;
  }
  return mondayOf(nearest, tightness);
}

/** The Monday of an instance, at `tightness` times its own least capacity. */
export function mondayOf(instance: AllocationProblem, tightness: number): AllocationProblem {
  return atTightness(partProblem(instance, splitProblem(instance)[0]!), tightness);
}

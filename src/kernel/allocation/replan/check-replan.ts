import { checkPlan, type PlanLaw } from '../check-plan';
import type { AllocationProblem, Starts } from '../problem';
import { loadsOf, shiftsOf } from './check-definitions';

export interface ReplanCheck {
  /** Dated windows of the earlier plan that stand elsewhere, or nowhere. */
  movedWindowCount: number;
  /** Frozen demands that did not stay. */
  unfrozenCount: number;
  /** Cells over their limit, and over what frozen windows load them with. */
  overfullCellCount: number;
}

/** Compares two plans of a problem, from the definitions; laws other than the limits are `checkPlan`'s. */
export function checkReplan(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
  starts: Starts,
): ReplanCheck {
  const load = loadsOf(problem, starts, () => true);
  const frozen = loadsOf(problem, before, (i) => isFrozen[i] === 1);
  const check: ReplanCheck = { movedWindowCount: 0, unfrozenCount: 0, overfullCellCount: 0 };
  for (let i = 0; i < problem.demandCount; i++) {
    if (before[i]! < 0 || starts[i] === before[i]) continue;
    check.movedWindowCount += shiftsOf(problem, i).length;
    if (isFrozen[i]) check.unfrozenCount++;
  }
  for (let cell = 0; cell < problem.cellCount; cell++) {
    const isOver =
      load.sessions[cell]! > Math.max(problem.sessionLimit[cell]!, frozen.sessions[cell]!) ||
      load.logins[cell]! > Math.max(problem.loginLimit[cell]!, frozen.logins[cell]!);
    if (isOver && load.sessions[cell]! + load.logins[cell]! > 0) check.overfullCellCount++;
  }
  return check;
}

/**
 * The problem with limits no lower than what frozen windows load, and the cells whose limit they alone pass. A plan that breaks nothing
 * of it leaves those cells as they are: nobody who is free stands where they took all the room.
 */
export function withFrozenLoad(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
): { problem: AllocationProblem; overCellCount: number } {
  const frozen = loadsOf(problem, before, (i) => isFrozen[i] === 1);
  const sessionLimit = problem.sessionLimit.map((limit, cell) => Math.max(limit, frozen.sessions[cell]!));
  const loginLimit = problem.loginLimit.map((limit, cell) => Math.max(limit, frozen.logins[cell]!));
  let overCellCount = 0;
  for (let cell = 0; cell < problem.cellCount; cell++) {
    if (sessionLimit[cell] !== problem.sessionLimit[cell] || loginLimit[cell] !== problem.loginLimit[cell])
      overCellCount++;
  }
  return { problem: { ...problem, sessionLimit, loginLimit }, overCellCount };
}

/**
 * What frozen windows break among themselves, by law, limits of cells apart: a fact that no replan can mend. Whatever a whole plan breaks
 * beyond these counts has a window in it that could have moved.
 */
export function frozenViolations(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
): Partial<Record<PlanLaw, number>> {
  const frozen = before.map((start, i) => (isFrozen[i] ? start : -1));
  const { violationCountByLaw } = checkPlan(withFrozenLoad(problem, before, isFrozen).problem, frozen);
  return Object.fromEntries(Object.entries(violationCountByLaw).filter(([, count]) => count > 0));
}

/** The problem in which the laws between windows bind no frozen one: every bound of it is one of plans that keep what is frozen. */
export function withoutFrozenLaws(problem: AllocationProblem, isFrozen: Uint8Array): AllocationProblem {
  const demandClass = problem.demandClass.slice();
  const demandTeacher = problem.demandTeacher.slice();
  const demandSiteUnits = problem.demandSiteUnits.slice();
  let classCount = problem.classCount;
  for (let i = 0; i < problem.demandCount; i++) {
    if (!isFrozen[i]) continue;
    // a class of its own: without one it would count as a window of the whole establishment
    if (demandClass[i]! >= 0) demandClass[i] = classCount++;
    demandTeacher[i] = -1;
    demandSiteUnits[i] = 0;
  }
  const classConflictOffset = new Int32Array(classCount + 1).fill(problem.classConflict.length);
  classConflictOffset.set(problem.classConflictOffset);
  return { ...problem, demandClass, demandTeacher, demandSiteUnits, classCount, classConflictOffset };
}

import type { StormGroup, StormProblem, StormStep } from './storm-problem';

const concerns = (step: StormStep, { territory, profile, cohort }: StormGroup): boolean =>
  (step.territories.length === 0 || step.territories.includes(territory)) &&
  (step.profiles.length === 0 || step.profiles.includes(profile)) &&
  (step.cohorts.length === 0 || step.cohorts.includes(cohort));

/**
 * Whom the gate lets in when, as columns of group x cell: `isEntitled` 1 where it does, `nextCell` the next cell in which it
 * will (the cell itself where it does, -1 for never), `isBarred` 1 where a step keeps out whom it does not let in, so that the quota
 * does not either, `endCell` the end of the window that is open (0 for none).
 */
export interface Entitlement {
  isEntitled: Uint8Array;
  isBarred: Uint8Array;
  nextCell: Int16Array;
  endCell: Int16Array;
}

export function entitlementOf({ cellCount, groups, steps }: StormProblem): Entitlement {
  const isEntitled = new Uint8Array(groups.length * cellCount);
  const isBarred = new Uint8Array(groups.length * cellCount);
  const nextCell = new Int16Array(groups.length * cellCount);
  const endCell = new Int16Array(groups.length * cellCount);
  groups.forEach((group, g) => {
    const row = g * cellCount;
    const its = steps.filter((step) => concerns(step, group));
    const binding = its.filter((step) => step.isDeferred || step.isLiveOnly);
    if (group.entryTimes === null) isEntitled.fill(1, row, row + cellCount);
    for (const { entryCell, endCell: end, isLive } of group.entryTimes ?? []) {
      for (let cell = entryCell; cell < end; cell++) {
        // a live window that overlaps an ordinary one outlasts a live-only step: the step is applied to each window
        const isShut = binding.some(
          (step) => cell >= step.fromCell && cell < step.toCell && (step.isDeferred || !isLive),
        );
        if (isShut) continue;
        isEntitled[row + cell] = 1;
        endCell[row + cell] = Math.max(endCell[row + cell]!, end);
      }
    }
    if (group.entryTimes === null) {
      for (const { fromCell, toCell } of binding) isEntitled.fill(0, row + fromCell, row + toCell);
    }
    for (const { fromCell, toCell } of binding) isBarred.fill(1, row + fromCell, row + toCell);
    let next = -1;
    for (let cell = cellCount - 1; cell >= 0; cell--) {
      if (isEntitled[row + cell] === 1) next = cell;
      nextCell[row + cell] = next;
    }
  });
  return { isEntitled, isBarred, nextCell, endCell };
}

/** Both capacities, the quota (with what the plan leaves to the waiting room) and the idle time-out after the steps in force, per cell; overlapping steps: the strictest. */
export interface EffectiveLimits {
  sessionLimit: Float64Array;
  loginLimit: Float64Array;
  walkInLimit: Float64Array;
  idleSeconds: Float64Array;
}

export function effectiveLimits(problem: StormProblem): EffectiveLimits {
  const sessionLimit = problem.sessionLimit.slice();
  const loginLimit = problem.loginLimit.slice();
  const walkInLimit = problem.walkInLimit.slice();
  const idleSeconds = new Float64Array(problem.cellCount).fill(problem.idleSeconds);
  for (let cell = 0; cell < problem.cellCount; cell++) {
    let capacityPerMille = 1000;
    let walkInPerMille = 1000;
    for (const step of problem.steps) {
      if (cell < step.fromCell || cell >= step.toCell) continue;
      capacityPerMille = Math.min(capacityPerMille, step.capacityPerMille);
      walkInPerMille = Math.min(walkInPerMille, step.walkInPerMille);
      if (step.idleSeconds !== null) idleSeconds[cell] = Math.min(idleSeconds[cell]!, step.idleSeconds);
    }
    sessionLimit[cell] = (sessionLimit[cell]! * capacityPerMille) / 1000;
    loginLimit[cell] = (loginLimit[cell]! * capacityPerMille) / 1000;
    // a step lowers the quota; what the plan leaves is the room's
    walkInLimit[cell] = (walkInLimit[cell]! * walkInPerMille) / 1000 + (problem.room?.leftPerCell?.[cell] ?? 0);
  }
  return { sessionLimit, loginLimit, walkInLimit, idleSeconds };
}

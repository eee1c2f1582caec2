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

/** Something that steps change for those concerned: groups that the same steps concern are one kind. */
export interface ByKind {
  /** The kind of each group, -1 where it does not matter. */
  kindOf: Int32Array;
  /** Of each kind, per cell. */
  columns: readonly Float64Array[];
}

/** Capacities, quota and idle time-outs after the steps in force, per cell; overlapping steps: the strictest. */
export interface EffectiveLimits {
  sessionLimit: Float64Array;
  loginLimit: Float64Array;
  /** The share of a cell's walk-in quota up to which the gate lets in a group by it; of groups that windows bind. */
  walkInShare: ByKind;
  /** The largest of these: what may be spent at all. */
  mostWalkInShare: Float64Array;
  idleSeconds: ByKind;
}

export function effectiveLimits(problem: StormProblem): EffectiveLimits {
  const { cellCount, steps, groups } = problem;
  const sessionLimit = problem.sessionLimit.slice();
  const loginLimit = problem.loginLimit.slice();
  for (let cell = 0; cell < cellCount; cell++) {
    let capacityPerMille = 1000;
    for (const step of steps) {
      if (step.fromCell <= cell && cell < step.toCell)
        capacityPerMille = Math.min(capacityPerMille, step.capacityPerMille);
    }
    sessionLimit[cell] = (sessionLimit[cell]! * capacityPerMille) / 1000;
    loginLimit[cell] = (loginLimit[cell]! * capacityPerMille) / 1000;
  }
  // whom nothing binds needs no quota, and has none while a step keeps them out
  const walkInShare = byKind(
    problem,
    groups.map(({ entryTimes }) => entryTimes !== null),
    1,
    ({ walkInPerMille }) => walkInPerMille / 1000,
  );
  const mostWalkInShare = new Float64Array(cellCount).map((_, cell) =>
    walkInShare.columns.length === 0 ? 1 : Math.max(...walkInShare.columns.map((column) => column[cell]!)),
  );
  const idleSeconds = byKind(
    problem,
    groups.map(() => true),
    problem.idleSeconds,
    (step) => step.idleSeconds ?? Infinity,
  );
  return { sessionLimit, loginLimit, walkInShare, mostWalkInShare, idleSeconds };
}

/** The least of `usual` and of what the steps in force say that concern a group. */
function byKind(
  { cellCount, groups, steps }: StormProblem,
  isCounted: readonly boolean[],
  usual: number,
  mostOf: (step: StormStep) => number,
): ByKind {
  const lowering = steps.filter((step) => mostOf(step) < usual);
  const numbers = new Map<string, number>();
  const columns: Float64Array[] = [];
  const kindOf = Int32Array.from(groups, (group, g) => {
    if (!isCounted[g]) return -1;
    const its = lowering.filter((step) => concerns(step, group));
    const key = its.map((step) => lowering.indexOf(step)).join(' ');
    let kind = numbers.get(key);
    if (kind !== undefined) return kind;
    numbers.set(key, (kind = columns.length));
    const column = new Float64Array(cellCount).fill(usual);
    for (const step of its) {
      for (let cell = step.fromCell; cell < step.toCell; cell++) column[cell] = Math.min(column[cell]!, mostOf(step));
    }
    columns.push(column);
    return kind;
  });
  return { kindOf, columns };
}

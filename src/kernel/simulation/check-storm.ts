import { assertStormProblem, type StormProblem } from './storm-problem';
import type { StormResult } from './storm';

/** A sum of doubles that were whole numbers of units before they were divided. */
const ROUNDING = 1e-6;
/** Visitors: what is less of those whom a step cuts is nobody, and goes with the others. */
const NOBODY = 1e-3;

/**
 * What is wrong with the curves of a day, in sentences; empty when nothing is: nobody lost or made, nobody let in beyond the
 * limits of the platform or of the quota. Reads the problem and the curves only, and sums anew.
 */
export function checkStorm(problem: StormProblem, result: StormResult): string[] {
  assertStormProblem(problem);
  const { cellCount, territoryCount, profileCount, groups } = problem;
  const wrong: string[] = [];
  const isOff = (a: number, b: number) => Math.abs(a - b) > ROUNDING * Math.max(1, Math.abs(a), Math.abs(b));
  const sumOf = (curve: Float64Array, classIndex: number) => {
    let sum = 0;
    for (let cell = 0; cell < cellCount; cell++) sum += curve[classIndex * cellCount + cell]!;
    return sum;
  };
  const { curves } = result;
  for (let k = 0; k < territoryCount * profileCount; k++) {
    const expected = groups.reduce(
      (sum, { territory, profile, visitorCount }) =>
        sum + (territory * profileCount + profile === k ? visitorCount : 0),
      0,
    );
    const arrivals = sumOf(curves.arrivals, k);
    const attempts = sumOf(curves.attempts, k);
    const admitted = sumOf(curves.admitted, k);
    const gaveUp = sumOf(curves.gaveUp, k);
    const name = `class ${k}`;
    // each group is rounded to whole units
    if (Math.abs(arrivals - expected) > 1e-6 * groups.length + ROUNDING * expected) {
      wrong.push(`${name}: ${arrivals} came, ${expected} were expected`);
    }
    if (isOff(arrivals, admitted + gaveUp + result.pendingAtEnd[k]!)) {
      wrong.push(`${name}: ${arrivals} came, ${admitted + gaveUp + result.pendingAtEnd[k]!} are accounted for`);
    }
    if (isOff(admitted, result.left[k]! + result.sessionsAtEnd[k]!)) {
      wrong.push(
        `${name}: ${admitted} were let in, ${result.left[k]! + result.sessionsAtEnd[k]!} have a session or had one`,
      );
    }
    if (attempts + ROUNDING < arrivals) wrong.push(`${name}: fewer attempts than visitors`);
  }
  const quotaShares = Array.from({ length: territoryCount * profileCount }, (_, k) => quotaSharesOf(problem, k));
  for (let cell = 0; cell < cellCount; cell++) {
    const inCell = (curve: Float64Array) => {
      let sum = 0;
      for (let k = 0; k < territoryCount * profileCount; k++) {
        const value = curve[k * cellCount + cell]!;
        if (value < -ROUNDING) wrong.push(`cell ${cell}: a negative crowd`);
        sum += value;
      }
      return sum;
    };
    let share = 1;
    for (const step of problem.steps) {
      if (cell < step.fromCell || cell >= step.toCell) continue;
      share = Math.min(share, step.capacityPerMille / 1000);
    }
    const over = (value: number, most: number) => value > most * (1 + ROUNDING) + ROUNDING;
    if (over(inCell(curves.admitted), problem.loginLimit[cell]! * share)) wrong.push(`cell ${cell}: too many log-ins`);
    for (const quotaShare of new Set(quotaShares.map((of) => of[cell]!))) {
      let walkIns = 0;
      quotaShares.forEach((of, k) => (walkIns += of[cell]! <= quotaShare ? curves.walkIns[k * cellCount + cell]! : 0));
      if (
        over(
          walkIns,
          problem.walkInLimit[cell]! * quotaShare +
            (problem.room?.leftPerCell?.[cell] ?? 0) +
            (quotaShare < 1 ? NOBODY : 0),
        )
      )
        wrong.push(`cell ${cell}: over the share ${quotaShare} of the quota`);
    }
    const wasHigher = cell > 0 && problem.sessionLimit[cell - 1]! > problem.sessionLimit[cell]! * share;
    const hadStep = problem.steps.some(({ capacityPerMille }) => capacityPerMille < 1000);
    // sessions that are open when a limit falls run on
    if (!wasHigher && !hadStep && over(inCell(curves.sessions), problem.sessionLimit[cell]!)) {
      wrong.push(`cell ${cell}: too many sessions`);
    }
  }
  return wrong;
}

/** The largest share of the quota that anybody of a class may spend, per cell: nobody of it may go beyond, whatever others spend. */
function quotaSharesOf({ cellCount, profileCount, groups, steps }: StormProblem, classIndex: number): number[] {
  const its = groups.filter(({ territory, profile }) => territory * profileCount + profile === classIndex);
  const has = (list: readonly number[], one: number) => list.length === 0 || list.includes(one);
  return Array.from({ length: cellCount }, (_, cell) => {
    const shares = its.map(({ territory, profile, cohort }) => {
      const lowered = steps.flatMap((step) =>
        step.fromCell <= cell &&
        cell < step.toCell &&
        has(step.territories, territory) &&
        has(step.profiles, profile) &&
        has(step.cohorts, cohort)
          ? [step.walkInPerMille]
          : [],
      );
      return Math.min(1000, ...lowered) / 1000;
    });
    return Math.max(0, ...shares);
  });
}

import { type Random, seededRandom } from '../random';
import { CELLS_PER_HOUR } from '../cell-grid';
import { STEP_SECONDS, STEPS_PER_CELL, type StormProblem } from './storm-problem';
import { delaySteps, LANE, laneAfter, laneShares } from './storm-returns';
import type { StormResult } from './storm';

/** How long visitors of a class waited from their first attempt until they were let in. */
export interface ClassWaits {
  taggedCount: number;
  admittedCount: number;
  meanSeconds: number;
  p95Seconds: number;
  /** The waits of the admitted in seconds, shortest first, by the hour of the day in which they came. */
  ofHours: number[][];
  /** Attempts of a visitor, in the mean; questions of the waiting page are not in it. */
  attemptsPerVisitor: number;
}

/** What became of one visitor. */
interface Fate {
  firstStep: number;
  waitSteps: number;
  isAdmitted: boolean;
  attemptCount: number;
}

/**
 * Waits by following tagged visitors through the expected day: each has chances of its own against the shares that the day
 * gave to everybody, which no single visitor changes. Expected values alone know a mean wait, not how waits are spread.
 *
 * @returns one entry per class (territory x profile)
 */
export function waitsOf(
  problem: StormProblem,
  result: StormResult,
  taggedPerClass: number,
  seed: number,
): ClassWaits[] {
  const random = seededRandom(seed);
  const { groups, territoryCount, profileCount } = problem;
  return Array.from({ length: territoryCount * profileCount }, (_, classIndex) => {
    const its = groups.flatMap((group, g) =>
      group.territory * profileCount + group.profile === classIndex && group.visitorCount > 0 ? [g] : [],
    );
    const total = its.reduce((sum, g) => sum + groups[g]!.visitorCount, 0);
    const waits: number[] = [];
    const ofHours = Array.from({ length: Math.ceil(problem.cellCount / CELLS_PER_HOUR) }, (): number[] => []);
    let attemptCount = 0;
    const taggedCount = its.length === 0 ? 0 : taggedPerClass;
    for (let n = 0; n < taggedCount; n++) {
      const fate = follow(problem, result, pick(groups, its, random() * total), random);
      attemptCount += fate.attemptCount;
      if (!fate.isAdmitted) continue;
      const seconds = fate.waitSteps * STEP_SECONDS;
      waits.push(seconds);
      ofHours[Math.floor(fate.firstStep / (STEPS_PER_CELL * CELLS_PER_HOUR))]!.push(seconds);
    }
    for (const some of [waits, ...ofHours]) some.sort((a, b) => a - b);
    return {
      taggedCount,
      admittedCount: waits.length,
      meanSeconds: waits.length === 0 ? 0 : waits.reduce((sum, wait) => sum + wait, 0) / waits.length,
      p95Seconds: waits[Math.floor(waits.length * 0.95)] ?? 0,
      ofHours,
      attemptsPerVisitor: taggedCount === 0 ? 0 : attemptCount / taggedCount,
    };
  });
}

function pick(groups: StormProblem['groups'], its: readonly number[], at: number): number {
  let rest = at;
  for (const g of its) {
    rest -= groups[g]!.visitorCount;
    if (rest < 0) return g;
  }
  return its[its.length - 1]!;
}

function follow(problem: StormProblem, result: StormResult, g: number, random: Random): Fate {
  const { cellCount, habits } = problem;
  const stepCount = cellCount * STEPS_PER_CELL;
  const { isEntitled, isBarred, nextCell } = result.entitlement;
  const { entitledRatio, walkInRatio, walkInKindOf } = result.trace;
  const first = arrivalStep(problem, g, random);
  const shares = laneShares(habits);
  let lane = -1;
  let attemptCount = 0;
  for (let step = first; step < stepCount;) {
    attemptCount++;
    const at = g * cellCount + Math.floor(step / STEPS_PER_CELL);
    const mayEnter = isEntitled[at] === 1;
    const isOut = !mayEnter && isBarred[at] === 1;
    if (!mayEnter && problem.room) {
      const served = stepOfService(problem, result, g, step, random);
      if (served.isGone) return { firstStep: first, waitSteps: 0, isAdmitted: false, attemptCount };
      if (!served.isOpening)
        return { firstStep: first, waitSteps: served.step - first, isAdmitted: served.step < stepCount, attemptCount };
      lane = LANE.asTold;
      step = served.step;
      continue;
    }
    const ratio = mayEnter ? entitledRatio[step]! : isOut ? 0 : walkInRatio[walkInKindOf[g]!]![step]!;
    if (random() < ratio) return { firstStep: first, waitSteps: step - first, isAdmitted: true, attemptCount };
    if (random() * 1000 < habits.givesUpPerMille)
      return { firstStep: first, waitSteps: 0, isAdmitted: false, attemptCount };
    lane = lane < 0 ? drawn(shares, random) : laneAfter(lane);
    if (lane === LANE.asTold && !mayEnter && nextCell[at]! * STEPS_PER_CELL > step) {
      step = nextCell[at]! * STEPS_PER_CELL + Math.floor((random() * problem.entrySpreadSeconds) / STEP_SECONDS);
      continue;
    }
    const [from, to] = delaySteps(lane);
    step += from + Math.floor(random() * (to - from));
  }
  return { firstStep: first, waitSteps: 0, isAdmitted: false, attemptCount };
}

/** When a ticket taken at `step` is served, or its holder's window opens, or its page is closed. */
function stepOfService(
  problem: StormProblem,
  { trace, entitlement }: StormResult,
  g: number,
  step: number,
  random: Random,
): { step: number; isOpening: boolean; isGone: boolean } {
  const { cellCount, room, groups, entrySpreadSeconds } = problem;
  const head = trace.headSteps[groups[g]!.profile]!.at(trace.walkInKindOf[g]!)!;
  const opening = entitlement.nextCell[g * cellCount + Math.floor(step / STEPS_PER_CELL)]!;
  const openingStep = opening < 0 ? Infinity : opening * STEPS_PER_CELL;
  const stepCount = cellCount * STEPS_PER_CELL;
  // somewhere within the step, as those are who came in it with this visitor
  const ticketAt = step + random();
  const staysPerStep = (1 - room!.leavesPerMillePerMinute / 1000) ** (STEP_SECONDS / 60);
  for (let at = step; at < stepCount; at++) {
    if (at >= openingStep) {
      const spreadSteps = Math.floor((random() * entrySpreadSeconds) / STEP_SECONDS);
      return { step: at + spreadSteps, isOpening: true, isGone: false };
    }
    const isOut = entitlement.isBarred[g * cellCount + Math.floor(at / STEPS_PER_CELL)] === 1;
    if (!isOut && head[at]! > ticketAt) return { step: at, isOpening: false, isGone: false };
    if (random() > staysPerStep) return { step: at, isOpening: false, isGone: true };
  }
  return { step: stepCount, isOpening: false, isGone: false };
}

function arrivalStep({ arrivals, groups }: StormProblem, g: number, random: Random): number {
  const law = arrivals[groups[g]!.arrival]!;
  let rest = random();
  let cell = 0;
  while (cell < law.length - 1 && rest >= law[cell]!) rest -= law[cell++]!;
  return cell * STEPS_PER_CELL + Math.floor(random() * STEPS_PER_CELL);
}

function drawn(shares: readonly number[], random: Random): number {
  let rest = random() * 1000;
  for (let k = 0; k < shares.length; k++) {
    rest -= shares[k]!;
    if (rest < 0) return k;
  }
  return 0;
}

import { addDemand, type NewDemand } from './newcomers';
import { type Incumbent, openIncumbent, stand } from './incumbent';
import { type Change, fullest, seatAll } from './replan-moves';
import type { AllocationProblem, Starts } from '../problem';

/** What a jump of one cell, squared, weighs for those who are pushed aside: more than a displacement, for they had a window already. */
const PUSHED_WEIGHT = 4;
/** What filling the fullest cell weighs for windows that wish nothing, in displacement cost. */
const USE_COST = 1;

/** A published plan with the prices of its cells, open to newcomers. */
export interface PublishedPlan {
  incumbent: Incumbent;
  /** Where everybody stands who was there when it was opened; kept up to date. */
  starts: Starts;
  /** Displacement cost per thousandth. */
  sessionPrice: Float64Array;
  loginPrice: Float64Array;
  /** Room that was seen for each kind of window: kept from one insertion to the next. */
  roomOfKind: (number | undefined)[];
}

/** What came of an insertion. */
export interface Insertion {
  /** Numbers of the newcomers, in the order in which they were given. */
  demands: number[];
  /** Those of them that found no place. */
  unplaced: number[];
  /** Windows of others that were pushed aside, and where they stood. */
  moved: { demand: number; from: number }[];
}

/**
 * Opens a published plan for insertions: a fifth of a second for a week of 330,000 windows, once.
 *
 * @param prices stored prices of the plan, in whole multiples of 2^-32 of displacement cost per thousandth
 */
export function openPublished(
  problem: AllocationProblem,
  starts: Starts,
  prices: { sessions: Float64Array; logins: Float64Array },
  spareDemandCount: number,
): PublishedPlan {
  const incumbent = openIncumbent(problem, spareDemandCount);
  for (let i = 0; i < problem.demandCount; i++) if (starts[i]! >= 0) stand(incumbent, i, starts[i]!);
  const cost = (whole: Float64Array) => whole.map((price) => price * 2 ** -32);
  return {
    incumbent,
    starts: starts.slice(),
    sessionPrice: cost(prices.sessions),
    loginPrice: cost(prices.logins),
    roomOfKind: [],
  };
}

/**
 * Gives newcomers (a school, a class more, a class that was cut in two) their windows in a published plan: each at the start
 * with room that costs least at the plan's own prices, large ones first. Where none has room, up to six others are pushed aside to
 * starts with room. No cell is passed, nothing is solved again.
 *
 * @param isImmovable 1 for windows that may not be pushed aside; per demand of the plan
 */
export function insertDemands(
  { incumbent, starts, sessionPrice, loginPrice, roomOfKind }: PublishedPlan,
  newcomers: readonly NewDemand[],
  isImmovable: Uint8Array,
): Insertion {
  const demands = newcomers.map((demand) => addDemand(incumbent, demand));
  const { problem } = incumbent;
  const change: Change = {
    incumbent,
    before: starts,
    isImmovable,
    sessionAllowed: problem.sessionLimit,
    loginAllowed: problem.loginLimit,
    costAt: (i, start) => {
      const price = priceAt(incumbent, sessionPrice, loginPrice, i, start);
      if (i < starts.length) return price + PUSHED_WEIGHT * (start - starts[i]!) ** 2;
      const wish = problem.demandWish[i]!;
      if (wish >= 0) return price + problem.demandWeight[i]! * (start - wish) ** 2;
      return price + USE_COST * fullest(incumbent, i, start) ** 6;
    },
    watch: () => undefined,
    pushed: [],
    roomOfKind,
  };
  const unplaced = seatAll(change, demands);
  const moved = change.pushed.filter(({ demand }) => demand < starts.length);
  for (const { demand } of moved) starts[demand] = incumbent.starts[demand]!;
  return { demands, unplaced, moved };
}

function priceAt(
  { problem, shifts }: Incumbent,
  sessionPrice: Float64Array,
  loginPrice: Float64Array,
  i: number,
  start: number,
): number {
  const profile = problem.demandProfile[i]!;
  let sum = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      sum += problem.profileSessionsPerMille[k]! * sessionPrice[cell]!;
      sum += problem.profileLoginsPerMille[k]! * loginPrice[cell]!;
    }
  }
  return (sum * problem.demandScale[i]!) / 1000;
}

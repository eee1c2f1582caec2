import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import { emptyTables, fillPrices, type PriceTables } from './price-tables';
import type { AllocationProblem, Starts } from './problem';

/** Cell prices are stored as whole multiples of this displacement cost per thousandth. */
export const PRICE_UNIT = 2 ** -32;
/** Sums of a few million rounded terms stay well within this share of the sum of their sizes. */
const ROUNDING_RATIO = 1e-9;

/** Cell prices rounded to whole units, and the tables of starts that they give. */
export function wholePrices(model: AllocationModel, sessions: Float64Array, logins: Float64Array) {
  const whole = (prices: Float64Array) => prices.map((price) => Math.round(price / PRICE_UNIT));
  const sessionPrices = whole(sessions);
  const loginPrices = whole(logins);
  const tables = emptyTables(model);
  const cost = (prices: Float64Array) => prices.map((price) => price * PRICE_UNIT);
  fillPrices(model, tables, cost(sessionPrices), cost(loginPrices));
  return { sessionPrices, loginPrices, tables };
}

/** What prices prove: a lower bound of the objective with the windows without a wish as they stand, and with nothing fixed. */
export interface ObjectiveBounds {
  lowerBound: number;
  jointLowerBound: number;
}

/**
 * The bound that whole prices prove: sum over demands of the cheapest start within reach, cell and local prices included, less
 * the price of all limits. `wishedValue` is that sum over the demands with a wish, local limits already taken off.
 */
export function objectiveBounds(
  model: AllocationModel,
  starts: Starts,
  wishedValue: number,
  whole: ReturnType<typeof wholePrices>,
): ObjectiveBounds {
  const { problem } = model;
  let wishless = 0;
  let wishlessAsTheyStand = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    if (problem.demandWish[i]! >= 0) continue;
    wishless += cheapest(model, whole.tables, i);
    if (starts[i]! >= 0) wishlessAsTheyStand += priceOf(problem, whole, i, starts[i]!);
  }
  const limits =
    priceOfLimits(whole.sessionPrices, problem.sessionLimit) + priceOfLimits(whole.loginPrices, problem.loginLimit);
  const slack = ROUNDING_RATIO * (Math.abs(wishedValue) + wishless + wishlessAsTheyStand + limits);
  return {
    // what the placed windows take of the limits is no longer to be paid for by the others
    lowerBound: wishedValue - (limits - wishlessAsTheyStand) - slack,
    jointLowerBound: wishedValue + wishless - limits - slack,
  };
}

/** Sum over the demands with a wish of the cheapest start within reach at the prices of cells: what a bound without local prices starts from. */
export function wishedValue(
  { problem, kindOffset, kindStart, kindShape, demandKind, shapeFirst }: AllocationModel,
  reach: Int32Array,
  tables: PriceTables,
): number {
  let value = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    const kind = demandKind[i]!;
    const end = kindOffset[kind + 1]!;
    if (wish < 0 || kindOffset[kind] === end) continue;
    const base = tables.offset[kindShape[kind]!]! - shapeFirst[kindShape[kind]!]!;
    const scale = problem.demandScale[i]!;
    const weight = problem.demandWeight[i]!;
    let least = Infinity;
    for (let k = lowerBound(kindStart, kindOffset[kind]!, end, wish - reach[i]!); k < end; k++) {
      const moved = kindStart[k]! - wish;
      if (moved > reach[i]!) break;
      least = Math.min(least, weight * moved * moved + scale * tables.price[base + kindStart[k]!]!);
    }
    value += least;
  }
  return value;
}

function priceOfLimits(prices: Float64Array, limit: Float64Array): number {
  let sum = 0;
  for (let c = 0; c < prices.length; c++) if (prices[c]! > 0) sum += prices[c]! * PRICE_UNIT * limit[c]!;
  return sum;
}

function cheapest(
  { kindOffset, kindStart, kindShape, demandKind, shapeFirst, problem }: AllocationModel,
  tables: PriceTables,
  i: number,
) {
  const kind = demandKind[i]!;
  const shape = kindShape[kind]!;
  const base = tables.offset[shape]! - shapeFirst[shape]!;
  let least = Infinity;
  for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++)
    least = Math.min(least, tables.price[base + kindStart[k]!]!);
  return least === Infinity ? 0 : least * problem.demandScale[i]!;
}

/** Price of the exact whole loads of a placed window. */
function priceOf(problem: AllocationProblem, whole: ReturnType<typeof wholePrices>, i: number, start: number): number {
  const profile = problem.demandProfile[i]!;
  const from = problem.profileOffset[profile]!;
  const occurrences = problem.demandOccurrences[i]!;
  let sum = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    for (let k = from; k < problem.profileOffset[profile + 1]!; k++) {
      const cell = start + problem.occurrenceShift[o]! - 1 + k - from;
      sum +=
        whole.sessionPrices[cell]! * Math.ceil((problem.demandScale[i]! * problem.profileSessionsPerMille[k]!) / 1000);
      sum += whole.loginPrices[cell]! * Math.ceil((problem.demandScale[i]! * problem.profileLoginsPerMille[k]!) / 1000);
    }
  }
  return sum * PRICE_UNIT;
}

/** Sum of weight x displacement squared, in cells, over the placed demands with a wish. */
export function displacementObjective(problem: AllocationProblem, starts: Int32Array): number {
  let sum = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    if (wish >= 0 && starts[i]! >= 0) sum += problem.demandWeight[i]! * (starts[i]! - wish) ** 2;
  }
  return sum;
}

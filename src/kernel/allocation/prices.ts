import { ascend } from './ascent';
import type { Groups } from './groups';
import type { AllocationModel } from './model';
import { emptyTables, fillLoads, fillPrices, type PriceTables } from './price-tables';
import { AllocationCancelled } from './problem';

/** Prices of cells, in displacement cost (weighted cells squared) per thousandth, and what they prove about the groups. */
export interface CellPrices {
  sessions: Float64Array;
  logins: Float64Array;
  /** Best value of the dual on the groups: near the true bound, and the level at which "too tight" shows. */
  value: number;
}

/** Temperatures of the softened minimum, in displacement cost, on few coarse groups, and then on finer ones. */
export const ROUGH_TEMPERATURES: readonly number[] = [10, 3, 1];
/** Where a demand costs as much in the mean, prices are so high that a hotter look finds their region first. */
export const TIGHT_MEAN_COST = 60;
export const TIGHT_TEMPERATURES: readonly number[] = [30, 10, 3, 1, 0.3];
export const FINE_TEMPERATURES: readonly number[] = [0.3, 0.3, 0.1, 0.1, 0.03];
/** Enough to see whether prices run away, which is how an impossible cap shows. */
export const CAP_TEMPERATURES: readonly number[] = [30, 10];
/** Sizes within a coarse group differ by less than this ratio: a third of the groups, and so of what a hot step costs. */
export const ROUGH_BUCKET_RATIO = 1.5;
/** Steps at each temperature. */
const STEPS = 45;
/** Beyond this many temperatures above the cheapest start, a start's share is nothing. */
const NEGLIGIBLE = 25;

/**
 * Maximises over prices >= 0: sum over demands of the cheapest (weight x displacement^2 + price of the cells loaded) less the
 * price of the limits. This is the Lagrangian dual of the allocation with only the limits kept: its maximum is that of the
 * linear relaxation. The minimum over starts is softened, less and less, so that limited-memory BFGS can climb.
 * A value above `enough` ends the climb: where `enough` is more than any plan can cost, that proves that there is none.
 */
export function priceCells(
  model: AllocationModel,
  groups: Groups,
  sessionLimit: Float64Array,
  loginLimit: Float64Array,
  start: { sessions: Float64Array; logins: Float64Array } | null,
  temperatures: readonly number[] = FINE_TEMPERATURES,
  isCancelled?: () => boolean,
  enough = Infinity,
): CellPrices {
  const { problem } = model;
  const { cellCount } = problem;
  const tables = emptyTables(model);
  const sessionPrice = new Float64Array(cellCount);
  const loginPrice = new Float64Array(cellCount);
  const sessionLoad = new Float64Array(cellCount);
  const loginLoad = new Float64Array(cellCount);
  const costs = new Float64Array(model.kindStart.length);

  // loads of the groups at their cheapest starts without prices: where it is crowded the first prices go
  spreadGroups(model, groups, tables, 5, costs);
  fillLoads(model, tables, sessionLoad, loginLoad);
  const priced: number[] = [];
  const first: number[] = [];
  let demandCount = 0;
  for (let g = 0; g < groups.count; g++) demandCount += groups.size[g]!;
  const guess = (10 * demandCount) / 100;
  for (let c = 0; c < 2 * cellCount; c++) {
    const limit = c < cellCount ? sessionLimit[c]! : loginLimit[c - cellCount]!;
    const load = c < cellCount ? sessionLoad[c]! : loginLoad[c - cellCount]!;
    if (!(limit > 0 && limit < Infinity)) continue;
    if (!(load > 0) && !start) continue;
    priced.push(c);
    first.push(
      start
        ? (c < cellCount ? start.sessions[c]! : start.logins[c - cellCount]!) * limit
        : guess * Math.max(0, Math.min(3, load / limit - 0.9)),
    );
  }
  const cells = Int32Array.from(priced);
  const limits = Float64Array.from(cells, (c) => (c < cellCount ? sessionLimit[c]! : loginLimit[c - cellCount]!));
  const x = Float64Array.from(first);
  const best = { value: -Infinity, x: x.slice() };
  let temperature = temperatures[0]!;

  const evaluate = (point: Float64Array, gradient: Float64Array): number => {
    if (isCancelled?.()) throw new AllocationCancelled();
    let spent = 0;
    for (let j = 0; j < cells.length; j++) {
      spent += point[j]!;
      const price = point[j]! / limits[j]!;
      if (cells[j]! < cellCount) sessionPrice[cells[j]!] = price;
      else loginPrice[cells[j]! - cellCount] = price;
    }
    fillPrices(model, tables, sessionPrice, loginPrice);
    const { softened, exact } = spreadGroups(model, groups, tables, temperature, costs);
    fillLoads(model, tables, sessionLoad, loginLoad);
    for (let j = 0; j < cells.length; j++) {
      const c = cells[j]!;
      gradient[j] = (c < cellCount ? sessionLoad[c]! : loginLoad[c - cellCount]!) / limits[j]! - 1;
    }
    if (exact - spent > best.value) {
      best.value = exact - spent;
      best.x.set(point);
    }
    return softened - spent;
  };

  if (cells.length > 0) {
    for (temperature of temperatures) {
      if (best.value > enough) break;
      ascend(evaluate, x, STEPS, () => best.value <= enough);
    }
  } else best.value = evaluate(x, x);
  const prices = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount), value: best.value };
  for (let j = 0; j < cells.length; j++) {
    const price = best.x[j]! / limits[j]!;
    if (cells[j]! < cellCount) prices.sessions[cells[j]!] = price;
    else prices.logins[cells[j]! - cellCount] = price;
  }
  return prices;
}

/** Distributes every group over its starts by softened minimum into `tables.scaleAt`; returns softened and exact sums. */
function spreadGroups(
  model: AllocationModel,
  groups: Groups,
  tables: PriceTables,
  temperature: number,
  costs: Float64Array,
): { softened: number; exact: number } {
  const { kindShape, kindStart, shapeFirst } = model;
  const { price, scaleAt } = tables;
  scaleAt.fill(0);
  let softened = 0;
  let exact = 0;
  for (let g = 0; g < groups.count; g++) {
    const shape = kindShape[groups.kind[g]!]!;
    const base = tables.offset[shape]! - shapeFirst[shape]!;
    const from = groups.from[g]!;
    const to = groups.to[g]!;
    const wish = groups.wish[g]!;
    const weight = wish < 0 ? 0 : groups.weight[g]!;
    const scale = groups.meanScale[g]!;
    let least = Infinity;
    for (let k = from; k < to; k++) {
      const start = kindStart[k]!;
      const moved = start - wish;
      const cost = weight * moved * moved + scale * price[base + start]!;
      costs[k - from] = cost;
      if (cost < least) least = cost;
    }
    let sum = 0;
    for (let k = 0; k < to - from; k++) {
      const above = (costs[k]! - least) / temperature;
      const share = above > NEGLIGIBLE ? 0 : Math.exp(-above);
      costs[k] = share;
      sum += share;
    }
    const total = (groups.size[g]! * scale) / sum;
    for (let k = 0; k < to - from; k++) if (costs[k]! > 0) scaleAt[base + kindStart[from + k]!]! += total * costs[k]!;
    softened += groups.size[g]! * (least - temperature * Math.log(sum));
    exact += groups.size[g]! * least;
  }
  return { softened, exact };
}

import { membersOf } from './conflicts';
import type { AllocationModel } from './model';
import type { PriceTables } from './price-tables';
import type { Starts } from './problem';
import { emptySchool, enter, type Rows, type School } from './school-laws';

/** Prices on the laws of schools, sparse: one row per law, owner and cell; whole multiples of LOCAL_PRICE_UNIT. */
export interface LocalPrices {
  law: Uint8Array;
  owner: Int32Array;
  cell: Int32Array;
  price: Float64Array;
}

export interface LocalBound extends LocalPrices {
  /** Sum over the demands with a wish of the cheapest start, cells and local prices included, less the price of the local limits. */
  value: number;
}

/** Local prices are kept on this grid of displacement cost, so that their sums are exact. */
export const LOCAL_PRICE_UNIT = 1 / 1024;
/** Steps that every school gets, and that one gets whose plan is still far above its bound: most of the gap stands on few schools. */
const FIRST_STEPS = 14;
const MOST_STEPS = 200;
/** Far: this share of the school's own cost, and this much displacement cost in all. */
const FAR_RATIO = 0.002;
const FAR_COST = 4;
/** A school whose bound is this near to its plan is done. */
const NEAR_COST = 0.05;
/** Share of Polyak's step, halved whenever so many steps raised nothing. */
const STEP_SHARE = 1.2;
const STALLED_STEPS = 14;
const LEAST_STEP_SHARE = 0.02;
/** How much of the last way is kept where it disagrees with the new one: 1 leaves the two at right angles. */
const BEND = 1;

/**
 * Raises the bound with prices on the laws inside each establishment: teachers, classes with their gaps, the site, in units and in
 * whole shares. Establishments do not share these laws, so each climbs alone by Polyak's subgradient steps; the plan's own cost
 * at the cell prices is the height to aim at. Any prices >= 0 give a valid bound; good ones close what the relaxation leaves open.
 */
export function priceLocally(
  model: AllocationModel,
  reach: Int32Array,
  tables: PriceTables,
  starts: Starts,
  attend: () => void = () => undefined,
): LocalBound {
  const { problem, kindOffset, demandKind } = model;
  const wished = problem.demandEstablishment.map((e, i) => {
    const kind = demandKind[i]!;
    return problem.demandWish[i]! >= 0 && kindOffset[kind]! < kindOffset[kind + 1]! ? e : -1;
  });
  const members = membersOf(wished, problem.establishmentCount);
  const out: Found = { law: [], owner: [], cell: [], price: [] };
  const school = emptySchool(problem);
  let value = 0;
  for (let e = 0; e < problem.establishmentCount; e++) {
    if (e % 64 === 0) attend();
    const demands = members.member.subarray(members.offset[e], members.offset[e + 1]);
    if (demands.length === 0) continue;
    enter(school, model, reach, tables, starts, demands);
    value += climb(school);
    collect(school, out);
  }
  return {
    value,
    law: Uint8Array.from(out.law),
    owner: Int32Array.from(out.owner),
    cell: Int32Array.from(out.cell),
    price: Float64Array.from(out.price),
  };
}

type Found = Record<'law' | 'owner' | 'cell' | 'price', number[]>;

function collect({ rows, firstCell, width }: School, out: Found): void {
  for (let r = 0; r < rows.count; r++) {
    if (!rows.isBestPriced[r]) continue;
    for (let c = rows.from[r]!; c < rows.to[r]!; c++) {
      const price = rows.best[r * width + c]!;
      if (price <= 0) continue;
      out.law.push(rows.law[r]!);
      out.owner.push(rows.owner[r]!);
      out.cell.push(firstCell + c);
      out.price.push(price / LOCAL_PRICE_UNIT);
    }
  }
}

/** Polyak's steps from no prices at all; returns the best height and leaves its prices in `best` of the rows. */
function climb(school: School): number {
  const { rows, aim, width } = school;
  let best = -Infinity;
  let share = STEP_SHARE;
  let stalled = 0;
  const far = Math.max(FAR_COST, FAR_RATIO * aim);
  let isSorted = false;
  for (let step = 0; step < MOST_STEPS; step++) {
    let height = heightOf(school);
    if (height > best) {
      best = height;
      stalled = 0;
      for (let r = 0; r < rows.count; r++) {
        rows.isBestPriced[r] = rows.isPriced[r]!;
        if (!rows.isPriced[r]) continue;
        for (let c = r * width + rows.from[r]!; c < r * width + rows.to[r]!; c++) rows.best[c] = rows.price[c]!;
      }
    } else if (++stalled >= STALLED_STEPS) {
      stalled = 0;
      share /= 2;
      // shorter steps, from the best point: where windows are all alike the bent way would go on past it
      for (let r = 0; r < rows.count; r++) returnToBest(rows, r, width);
      height = heightOf(school);
    }
    if (step >= FIRST_STEPS && (aim - best < far || share < LEAST_STEP_SHARE)) break;
    if (best >= aim - NEAR_COST) break;
    if (!isSorted) cheapestFirst(school);
    isSorted = true;
    const slope = slopeOf(rows, width);
    if (slope === 0) break;
    const length = (Math.max(0, aim - height) * share) / slope;
    for (let r = 0; r < rows.count; r++) raisePrices(rows, r, width, length);
  }
  return best;
}

/** Sorts the starts of each member by cost: prices only add to it, so a search may end at the first start that costs too much without them. */
function cheapestFirst({ count, offset, start, cost }: School): void {
  for (let m = 0; m < count; m++) {
    const from = offset[m]!;
    for (let k = from + 1; k < offset[m + 1]!; k++) {
      const at = start[k]!;
      const its = cost[k]!;
      let to = k;
      for (; to > from && cost[to - 1]! > its; to--) {
        start[to] = start[to - 1]!;
        cost[to] = cost[to - 1]!;
      }
      start[to] = at;
      cost[to] = its;
    }
  }
}

/**
 * Writes the way up into `way` of the rows: use beyond the limit (and below it where there is a price to take back), bent away from the
 * last way where the two disagree (Camerini, Fratta and Maffioli 1975), which spares the zigzag; returns its squared length.
 */
function slopeOf({ count, use, price, limit, from, to, way }: Rows, width: number): number {
  let along = 0;
  let last = 0;
  for (let r = 0; r < count; r++) {
    const most = limit[r]!;
    let present = 0;
    for (let c = r * width + from[r]!; c < r * width + to[r]!; c++) {
      present += use[c]!;
      // use becomes what is used beyond the limit
      use[c] = present - most;
      if (present > most || price[c]! > 0) along += (present - most) * way[c]!;
      last += way[c]! * way[c]!;
    }
  }
  const kept = along < 0 && last > 0 ? (-BEND * along) / last : 0;
  let norm = 0;
  for (let r = 0; r < count; r++) {
    for (let c = r * width + from[r]!; c < r * width + to[r]!; c++) {
      const turn = use[c]! + kept * way[c]!;
      way[c] = turn > 0 || price[c]! > 0 ? turn : 0;
      norm += way[c]! * way[c]!;
    }
  }
  return norm;
}

function returnToBest(rows: Rows, r: number, width: number): void {
  const from = r * width + rows.from[r]!;
  const to = r * width + rows.to[r]!;
  rows.way.fill(0, from, to);
  if (rows.isBestPriced[r]) rows.price.set(rows.best.subarray(from, to), from);
  else rows.price.fill(0, from, to);
  raisePrices(rows, r, width, 0);
}

function raisePrices(
  { way, price, running, from, to, isPriced }: Rows,
  r: number,
  width: number,
  length: number,
): void {
  let sum = 0;
  running[r * width + from[r]!] = 0;
  for (let c = r * width + from[r]!; c < r * width + to[r]!; c++) {
    if (way[c]! !== 0) price[c] = Math.max(0, onGrid(price[c]! + length * way[c]!));
    sum += price[c]!;
    running[c + 1] = sum;
  }
  isPriced[r] = sum > 0 ? 1 : 0;
}

/** What the prices prove of this school; `use` of the rows tells what its cheapest starts take of the laws. */
function heightOf({ count, offset, start, cost, least, leastAt, holds, rows, width }: School): number {
  const { from, to, running, use, isPriced } = rows;
  let height = 0;
  for (let r = 0; r < rows.count; r++) {
    use.fill(0, r * width + from[r]!, r * width + to[r]! + 1);
    if (isPriced[r]) height -= running[r * width + to[r]!]! * rows.limit[r]!;
  }
  for (let m = 0; m < count; m++) {
    const firstHold = holds.offset[m]!;
    const endHold = holds.offset[m + 1]!;
    let priced = firstHold;
    while (priced < endHold && !isPriced[holds.row[priced]!]) priced++;
    let lowest = least[m]!;
    let at = leastAt[m]!;
    if (priced < endHold) {
      lowest = Infinity;
      for (let k = offset[m]!; k < offset[m + 1]!; k++) {
        let here = cost[k]!;
        if (here >= lowest) break;
        for (let h = priced; h < endHold; h++) {
          const r = holds.row[h]!;
          if (!isPriced[r]) continue;
          const begin = Math.max(from[r]!, start[k]!);
          const end = Math.min(to[r]!, start[k]! + holds.cells[h]!);
          if (begin < end) here += holds.units[h]! * (running[r * width + end]! - running[r * width + begin]!);
        }
        if (here < lowest) {
          lowest = here;
          at = start[k]!;
        }
      }
    }
    height += lowest;
    for (let h = firstHold; h < endHold; h++) {
      const r = holds.row[h]!;
      const begin = Math.max(from[r]!, at);
      const end = Math.min(to[r]!, at + holds.cells[h]!);
      if (begin >= end) continue;
      use[r * width + begin]! += holds.units[h]!;
      use[r * width + end]! -= holds.units[h]!;
    }
  }
  return height;
}

const onGrid = (price: number): number => Math.round(price / LOCAL_PRICE_UNIT) * LOCAL_PRICE_UNIT;

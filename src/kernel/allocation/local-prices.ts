import { membersOf } from './conflicts';
import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import type { PriceTables } from './price-tables';
import type { Starts } from './problem';
import { CLASS_LAW, sharpestSiteLaw, SITE_LAW, siteCapacity, siteShares, TEACHER_LAW } from './site-shares';

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
const MOST_STEPS = 150;
/** Far: this share of the school's own cost, and this much displacement cost in all. */
const FAR_RATIO = 0.002;
const FAR_COST = 4;
/** Share of Polyak's step, halved whenever so many steps raised nothing. */
const STEP_SHARE = 0.9;
const STALLED_STEPS = 8;
const LEAST_STEP_SHARE = 0.02;

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
  const school = emptySchool();
  let value = 0;
  for (let e = 0; e < problem.establishmentCount; e++) {
    if (e % 64 === 0) attend();
    const demands = members.member.subarray(members.offset[e], members.offset[e + 1]);
    if (demands.length === 0) continue;
    enter(school, model, reach, tables, starts, demands);
    value += climb(school);
    for (const row of school.rows) {
      if (!row.isBestPriced) continue;
      for (let c = school.firstCell; c < school.lastCell; c++) {
        if (row.best[c]! <= 0) continue;
        out.law.push(row.law);
        out.owner.push(row.owner);
        out.cell.push(c);
        out.price.push(row.best[c]! / LOCAL_PRICE_UNIT);
      }
    }
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

/** One law of one owner: its price per cell, and what the chosen starts use of it. */
interface Row {
  law: number;
  owner: number;
  limit: number;
  /** Units of all its members together: a law that they cannot break needs no price. */
  total: number;
  isPriced: boolean;
  isBestPriced: boolean;
  price: Float64Array;
  /** Running sum of `price`: what a window that holds [a, b) pays is running[b] - running[a]. */
  running: Float64Array;
  best: Float64Array;
  /** Changes of use from cell to cell. */
  use: Float64Array;
}

/** What a window takes of a law, and for how many cells from its start. */
interface Hold {
  row: Row;
  units: number;
  cells: number;
}

/** One establishment on its climb; its columns are used again for the next. */
interface School {
  count: number;
  /** Starts of member m within reach, and their displacement and cell prices: [offset[m], offset[m + 1]) of both columns. */
  offset: Int32Array;
  start: Int32Array;
  cost: Float64Array;
  holds: Hold[][];
  rows: Row[];
  columns: Float64Array[];
  firstCell: number;
  lastCell: number;
  /** Cost of the plan at the cell prices. */
  aim: number;
}

function emptySchool(): School {
  return {
    count: 0,
    offset: new Int32Array(0),
    start: new Int32Array(4096),
    cost: new Float64Array(4096),
    holds: [],
    rows: [],
    columns: [],
    firstCell: 0,
    lastCell: 0,
    aim: 0,
  };
}

function enter(
  school: School,
  model: AllocationModel,
  reach: Int32Array,
  tables: PriceTables,
  starts: Starts,
  demands: Int32Array,
): void {
  const { problem, kindOffset, kindStart, demandKind, kindShape, shapeFirst } = model;
  school.count = demands.length;
  if (school.offset.length <= demands.length) school.offset = new Int32Array(2 * demands.length + 1);
  school.firstCell = problem.cellCount;
  school.lastCell = 0;
  school.aim = 0;
  let length = 0;
  demands.forEach((i, m) => {
    const kind = demandKind[i]!;
    const wish = problem.demandWish[i]!;
    const from = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish - reach[i]!);
    const to = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish + reach[i]! + 1);
    if (length + to - from > school.start.length) grow(school, length + to - from);
    const base = tables.offset[kindShape[kind]!]! - shapeFirst[kindShape[kind]!]!;
    const weight = problem.demandWeight[i]!;
    const scale = problem.demandScale[i]!;
    for (let k = from; k < to; k++) {
      const start = kindStart[k]!;
      const cost = weight * (start - wish) * (start - wish) + scale * tables.price[base + start]!;
      school.start[length] = start;
      school.cost[length++] = cost;
      if (start === starts[i]) school.aim += cost;
    }
    school.offset[m + 1] = length;
    school.firstCell = Math.min(school.firstCell, kindStart[from]!);
    const end = kindStart[to - 1]! + problem.demandCells[i]! + problem.demandGapCells[i]!;
    school.lastCell = Math.max(school.lastCell, Math.min(problem.cellCount, end));
  });
  layDownLaws(school, model, demands);
}

function grow(school: School, length: number): void {
  const start = new Int32Array(2 * length);
  start.set(school.start);
  school.start = start;
  const cost = new Float64Array(2 * length);
  cost.set(school.cost);
  school.cost = cost;
}

/** The laws that these demands could break together, and what each takes of them. */
function layDownLaws(school: School, { problem }: AllocationModel, demands: Int32Array): void {
  const rows = new Map<number, Row>();
  const establishment = problem.demandEstablishment[demands[0]!]!;
  const siteLimit = problem.establishmentSiteLimit[establishment]!;
  const units = Array.from(demands, (i) => problem.demandSiteUnits[i]!).filter((unit) => unit > 0);
  const sharpest = siteLimit > 0 && units.length > 0 ? sharpestSiteLaw(units, siteLimit) : 0;
  const hold = (holds: Hold[], law: number, owner: number, limit: number, taken: number, cells: number) => {
    if (owner < 0 || taken <= 0) return;
    const key = owner * (1 << 8) + law;
    let row = rows.get(key);
    if (!row)
      rows.set(key, (row = { law, owner, limit, total: 0, isPriced: false, isBestPriced: false, ...NO_COLUMNS }));
    row.total += taken;
    holds.push({ row, units: taken, cells });
  };
  school.holds = Array.from(demands, (i) => {
    const holds: Hold[] = [];
    const cells = problem.demandCells[i]!;
    hold(holds, TEACHER_LAW, problem.demandTeacher[i]!, 1, 1, cells);
    hold(holds, CLASS_LAW, problem.demandClass[i]!, 1, 1, cells + problem.demandGapCells[i]!);
    for (const law of siteLimit > 0 ? (sharpest > 0 ? [SITE_LAW, sharpest] : [SITE_LAW]) : []) {
      const taken = siteShares(problem.demandSiteUnits[i]!, siteLimit, law);
      hold(holds, law, establishment, siteCapacity(siteLimit, law), taken, cells);
    }
    return holds;
  });
  school.rows = [...rows.values()].filter((row) => row.total > row.limit);
  school.holds = school.holds.map((holds) => holds.filter(({ row }) => row.total > row.limit));
  let next = 0;
  const column = () => {
    const cleared = (school.columns[next++] ??= new Float64Array(problem.cellCount + 1));
    return cleared.fill(0, school.firstCell, school.lastCell + 1);
  };
  for (const row of school.rows)
    Object.assign(row, { price: column(), running: column(), best: column(), use: column() });
}

/** Polyak's steps from no prices at all; returns the best height and leaves its prices in `best` of the rows. */
function climb(school: School): number {
  const { rows, aim, firstCell, lastCell } = school;
  let best = -Infinity;
  let share = STEP_SHARE;
  let stalled = 0;
  const far = Math.max(FAR_COST, FAR_RATIO * aim);
  for (let step = 0; step < MOST_STEPS; step++) {
    const height = heightOf(school);
    if (height > best) {
      best = height;
      stalled = 0;
      for (const row of rows) {
        row.isBestPriced = row.isPriced;
        if (row.isPriced) row.best.set(row.price.subarray(firstCell, lastCell), firstCell);
      }
    } else if (++stalled >= STALLED_STEPS) {
      stalled = 0;
      share /= 2;
    }
    if (step >= FIRST_STEPS && (aim - best < far || share < LEAST_STEP_SHARE)) break;
    if (best >= aim - 1e-9) break;
    // gradient: use beyond the limit, and below it where there is a price to take back
    let norm = 0;
    for (const { use, price, limit } of rows) {
      let present = 0;
      for (let c = firstCell; c < lastCell; c++) {
        present += use[c]!;
        if (present > limit || price[c]! > 0) norm += (present - limit) * (present - limit);
      }
    }
    if (norm === 0) break;
    const length = (Math.max(0, aim - height) * share) / norm;
    for (const row of rows) raisePrices(row, firstCell, lastCell, length);
  }
  return best;
}

function raisePrices(row: Row, firstCell: number, lastCell: number, length: number): void {
  const { use, price, running, limit } = row;
  let present = 0;
  let sum = 0;
  running[firstCell] = 0;
  for (let c = firstCell; c < lastCell; c++) {
    present += use[c]!;
    if (present > limit || price[c]! > 0) price[c] = Math.max(0, onGrid(price[c]! + length * (present - limit)));
    sum += price[c]!;
    running[c + 1] = sum;
  }
  row.isPriced = sum > 0;
}

/** What the prices prove of this school; `use` of the rows tells what its cheapest starts take of the laws. */
function heightOf({ count, offset, start, cost, holds, rows, firstCell, lastCell }: School): number {
  let height = 0;
  for (const row of rows) {
    row.use.fill(0, firstCell, lastCell + 1);
    if (row.isPriced) height -= row.running[lastCell]! * row.limit;
  }
  for (let m = 0; m < count; m++) {
    let least = Infinity;
    let at = -1;
    for (let k = offset[m]!; k < offset[m + 1]!; k++) {
      let here = cost[k]!;
      if (here >= least) continue;
      for (const { row, units, cells } of holds[m]!) {
        if (!row.isPriced) continue;
        const end = Math.min(lastCell, start[k]! + cells);
        here += units * (row.running[end]! - row.running[start[k]!]!);
      }
      if (here < least) {
        least = here;
        at = start[k]!;
      }
    }
    height += least;
    for (const { row, units, cells } of holds[m]!) {
      row.use[at]! += units;
      row.use[Math.min(lastCell, at + cells)]! -= units;
    }
  }
  return height;
}

const onGrid = (price: number): number => Math.round(price / LOCAL_PRICE_UNIT) * LOCAL_PRICE_UNIT;

const NONE = new Float64Array(0);
const NO_COLUMNS = { price: NONE, running: NONE, best: NONE, use: NONE };

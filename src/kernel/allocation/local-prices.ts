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
const MOST_STEPS = 200;
/** Far: this share of the school's own cost, and this much displacement cost in all. */
const FAR_RATIO = 0.002;
const FAR_COST = 4;
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
      for (let c = row.from; c < row.to; c++) {
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
  /** Cells [from, to) in which its members could pass the limit together: elsewhere it needs no price. */
  from: number;
  to: number;
  isPriced: boolean;
  isBestPriced: boolean;
  price: Float64Array;
  /** Running sum of `price` from `from`: what a window that holds [a, b) inside [from, to) pays is running[b] - running[a]. */
  running: Float64Array;
  best: Float64Array;
  /** Changes of use from cell to cell. */
  use: Float64Array;
  way: Float64Array;
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
      rows.set(key, (row = { law, owner, limit, from: 0, to: 0, isPriced: false, isBestPriced: false, ...NO_COLUMNS }));
    holds.push({ row, units: taken, cells });
  };
  const held = Array.from(demands, (i) => {
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
  const all = [...rows.values()];
  findReach(school, all, held);
  school.rows = all.filter((row) => row.from < row.to);
  school.holds = held.map((holds) => holds.filter(({ row }) => row.from < row.to));
  let next = 0;
  const column = (row: Row) => {
    const cleared = (school.columns[next++] ??= new Float64Array(problem.cellCount + 1));
    return cleared.fill(0, row.from, row.to + 1);
  };
  for (const row of school.rows)
    Object.assign(row, {
      price: column(row),
      running: column(row),
      best: column(row),
      use: column(row),
      way: column(row),
    });
}

/** Finds the cells of each law in which all that could be there together would pass its limit. */
function findReach(school: School, rows: readonly Row[], holds: readonly Hold[][]): void {
  const { offset, start, firstCell, lastCell } = school;
  const most = new Map(rows.map((row) => [row, new Float64Array(lastCell - firstCell + 1)]));
  holds.forEach((held, m) => {
    const first = start[offset[m]!]! - firstCell;
    const last = start[offset[m + 1]! - 1]! - firstCell;
    for (const { row, units, cells } of held) {
      const column = most.get(row)!;
      column[first]! += units;
      column[Math.min(lastCell - firstCell, last + cells)]! -= units;
    }
  });
  for (const [row, column] of most) {
    let present = 0;
    for (let c = 0; c < lastCell - firstCell; c++) {
      present += column[c]!;
      if (present <= row.limit) continue;
      if (row.to === 0) row.from = firstCell + c;
      row.to = firstCell + c + 1;
    }
  }
}

/** Polyak's steps from no prices at all; returns the best height and leaves its prices in `best` of the rows. */
function climb(school: School): number {
  const { rows, aim } = school;
  let best = -Infinity;
  let share = STEP_SHARE;
  let stalled = 0;
  const far = Math.max(FAR_COST, FAR_RATIO * aim);
  for (let step = 0; step < MOST_STEPS; step++) {
    let height = heightOf(school);
    if (height > best) {
      best = height;
      stalled = 0;
      for (const row of rows) {
        row.isBestPriced = row.isPriced;
        if (row.isPriced) row.best.set(row.price.subarray(row.from, row.to), row.from);
      }
    } else if (++stalled >= STALLED_STEPS) {
      stalled = 0;
      share /= 2;
      // shorter steps, from the best point: where windows are all alike the bent way would go on past it
      rows.forEach(returnToBest);
      height = heightOf(school);
    }
    if (step >= FIRST_STEPS && (aim - best < far || share < LEAST_STEP_SHARE)) break;
    if (best >= aim - 1e-9) break;
    const slope = slopeOf(rows);
    if (slope === 0) break;
    const length = (Math.max(0, aim - height) * share) / slope;
    for (const row of rows) raisePrices(row, length);
  }
  return best;
}

/**
 * Writes the way up into `way` of the rows: use beyond the limit (and below it where there is a price to take back), bent away from the
 * last way where the two disagree (Camerini, Fratta and Maffioli 1975), which spares the zigzag; returns its squared length.
 */
function slopeOf(rows: readonly Row[]): number {
  let along = 0;
  let last = 0;
  for (const { use, price, limit, from, to, way } of rows) {
    let present = 0;
    for (let c = from; c < to; c++) {
      present += use[c]!;
      if (present > limit || price[c]! > 0) along += (present - limit) * way[c]!;
      last += way[c]! * way[c]!;
    }
  }
  const kept = along < 0 && last > 0 ? (-BEND * along) / last : 0;
  let norm = 0;
  for (const { use, price, limit, from, to, way } of rows) {
    let present = 0;
    for (let c = from; c < to; c++) {
      present += use[c]!;
      const turn = present - limit + kept * way[c]!;
      way[c] = turn > 0 || price[c]! > 0 ? turn : 0;
      norm += way[c]! * way[c]!;
    }
  }
  return norm;
}

function returnToBest(row: Row): void {
  row.way.fill(0, row.from, row.to);
  if (row.isBestPriced) row.price.set(row.best.subarray(row.from, row.to), row.from);
  else row.price.fill(0, row.from, row.to);
  raisePrices(row, 0);
}

function raisePrices(row: Row, length: number): void {
  const { way, price, running, from, to } = row;
  let sum = 0;
  running[from] = 0;
  for (let c = from; c < to; c++) {
    if (way[c]! !== 0) price[c] = Math.max(0, onGrid(price[c]! + length * way[c]!));
    sum += price[c]!;
    running[c + 1] = sum;
  }
  row.isPriced = sum > 0;
}

/** What the prices prove of this school; `use` of the rows tells what its cheapest starts take of the laws. */
function heightOf({ count, offset, start, cost, holds, rows }: School): number {
  let height = 0;
  for (const row of rows) {
    row.use.fill(0, row.from, row.to + 1);
    if (row.isPriced) height -= row.running[row.to]! * row.limit;
  }
  for (let m = 0; m < count; m++) {
    let least = Infinity;
    let at = -1;
    const held = holds[m]!;
    for (let k = offset[m]!; k < offset[m + 1]!; k++) {
      let here = cost[k]!;
      if (here >= least) continue;
      for (let h = 0; h < held.length; h++) {
        const { row, units, cells } = held[h]!;
        if (!row.isPriced) continue;
        const begin = Math.max(row.from, start[k]!);
        const end = Math.min(row.to, start[k]! + cells);
        if (begin < end) here += units * (row.running[end]! - row.running[begin]!);
      }
      if (here < least) {
        least = here;
        at = start[k]!;
      }
    }
    height += least;
    for (const { row, units, cells } of held) {
      const begin = Math.max(row.from, at);
      const end = Math.min(row.to, at + cells);
      if (begin >= end) continue;
      row.use[begin]! += units;
      row.use[end]! -= units;
    }
  }
  return height;
}

const onGrid = (price: number): number => Math.round(price / LOCAL_PRICE_UNIT) * LOCAL_PRICE_UNIT;

const NONE = new Float64Array(0);
const NO_COLUMNS = { price: NONE, running: NONE, best: NONE, use: NONE, way: NONE };

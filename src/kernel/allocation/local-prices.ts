import { membersOf } from './conflicts';
import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import type { PriceTables } from './price-tables';
import type { AllocationProblem, Starts } from './problem';
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

/** Laws, each of one owner: its prices per cell, and what the chosen starts use of it. Cells count from the school's first. */
interface Rows {
  count: number;
  law: Int32Array;
  owner: Int32Array;
  limit: Float64Array;
  /** Cells [from, to) in which its members could pass the limit together: elsewhere it needs no price. */
  from: Int32Array;
  to: Int32Array;
  isPriced: Uint8Array;
  isBestPriced: Uint8Array;
  /** Columns of `width` cells per law. */
  price: Float64Array;
  /** Running sum of `price` from `from`: what a window that holds [a, b) inside [from, to) pays is running[b] - running[a]. */
  running: Float64Array;
  best: Float64Array;
  /** Changes of use from cell to cell. */
  use: Float64Array;
  way: Float64Array;
}

/** What windows take of laws, and for how many cells from their start: member m has [offset[m], offset[m + 1]). */
interface Holds {
  offset: Int32Array;
  row: Int32Array;
  units: Float64Array;
  cells: Int32Array;
}

/** One establishment on its climb; its columns are used again for the next. */
interface School {
  count: number;
  /** Starts of member m within reach, and their displacement and cell prices: [offset[m], offset[m + 1]) of both columns. */
  offset: Int32Array;
  start: Int32Array;
  cost: Float64Array;
  /** Their first and their last. */
  first: Int32Array;
  last: Int32Array;
  /** The cheapest of them, no law priced, and where it is. */
  least: Float64Array;
  leastAt: Int32Array;
  holds: Holds;
  rows: Rows;
  firstCell: number;
  /** Cells of a column: those that members can hold, and one. */
  width: number;
  /** Cost of the plan at the cell prices. */
  aim: number;
  /** Row of a teacher or a class in this school; -1 between two schools. */
  rowOfTeacher: Int32Array;
  rowOfClass: Int32Array;
}

function emptySchool({ teacherCount, classCount }: AllocationProblem): School {
  return {
    count: 0,
    offset: new Int32Array(64),
    start: new Int32Array(4096),
    cost: new Float64Array(4096),
    first: new Int32Array(64),
    last: new Int32Array(64),
    least: new Float64Array(64),
    leastAt: new Int32Array(64),
    holds: emptyHolds(64),
    rows: emptyRows(64, 0),
    firstCell: 0,
    width: 0,
    aim: 0,
    rowOfTeacher: new Int32Array(teacherCount).fill(-1),
    rowOfClass: new Int32Array(classCount).fill(-1),
  };
}

/** A window takes of a teacher, a class and two laws of the site at most. */
const MOST_HOLDS = 4;

const emptyHolds = (members: number): Holds => ({
  offset: new Int32Array(members + 1),
  row: new Int32Array(MOST_HOLDS * members),
  units: new Float64Array(MOST_HOLDS * members),
  cells: new Int32Array(MOST_HOLDS * members),
});

const emptyRows = (count: number, cells: number): Rows => ({
  count: 0,
  law: new Int32Array(count),
  owner: new Int32Array(count),
  limit: new Float64Array(count),
  from: new Int32Array(count),
  to: new Int32Array(count),
  isPriced: new Uint8Array(count),
  isBestPriced: new Uint8Array(count),
  price: new Float64Array(cells),
  running: new Float64Array(cells),
  best: new Float64Array(cells),
  use: new Float64Array(cells),
  way: new Float64Array(cells),
});

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
  if (school.offset.length <= demands.length) {
    school.offset = new Int32Array(2 * demands.length + 1);
    school.first = new Int32Array(2 * demands.length);
    school.last = new Int32Array(2 * demands.length);
    school.least = new Float64Array(2 * demands.length);
    school.leastAt = new Int32Array(2 * demands.length);
  }
  let firstCell = problem.cellCount;
  let lastCell = 0;
  school.aim = 0;
  let length = 0;
  for (let m = 0; m < demands.length; m++) {
    const i = demands[m]!;
    const kind = demandKind[i]!;
    const wish = problem.demandWish[i]!;
    const from = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish - reach[i]!);
    const to = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish + reach[i]! + 1);
    if (length + to - from > school.start.length) grow(school, length + to - from);
    const base = tables.offset[kindShape[kind]!]! - shapeFirst[kindShape[kind]!]!;
    const weight = problem.demandWeight[i]!;
    const scale = problem.demandScale[i]!;
    let least = Infinity;
    for (let k = from; k < to; k++) {
      const start = kindStart[k]!;
      const cost = weight * (start - wish) * (start - wish) + scale * tables.price[base + start]!;
      school.start[length] = start;
      school.cost[length++] = cost;
      if (start === starts[i]) school.aim += cost;
      if (cost >= least) continue;
      least = cost;
      school.leastAt[m] = start;
    }
    school.least[m] = least;
    school.first[m] = kindStart[from]!;
    school.last[m] = kindStart[to - 1]!;
    school.offset[m + 1] = length;
    firstCell = Math.min(firstCell, kindStart[from]!);
    const end = kindStart[to - 1]! + problem.demandCells[i]! + problem.demandGapCells[i]!;
    lastCell = Math.max(lastCell, Math.min(problem.cellCount, end));
  }
  for (let k = 0; k < length; k++) school.start[k]! -= firstCell;
  for (let m = 0; m < demands.length; m++) {
    school.leastAt[m]! -= firstCell;
    school.first[m]! -= firstCell;
    school.last[m]! -= firstCell;
  }
  school.firstCell = firstCell;
  school.width = lastCell - firstCell + 1;
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
  const establishment = problem.demandEstablishment[demands[0]!]!;
  const siteLimit = problem.establishmentSiteLimit[establishment]!;
  const units: number[] = [];
  for (const i of demands) if (problem.demandSiteUnits[i]! > 0) units.push(problem.demandSiteUnits[i]!);
  const sharpest = siteLimit > 0 && units.length > 0 ? sharpestSiteLaw(units, siteLimit) : 0;
  if (school.holds.offset.length <= demands.length) school.holds = emptyHolds(2 * demands.length);
  const { holds, rowOfTeacher, rowOfClass } = school;
  // at most a teacher and a class per demand, and two laws of the site
  const cells = (2 * demands.length + 2) * school.width;
  if (school.rows.law.length < 2 * demands.length + 2 || school.rows.price.length < cells)
    school.rows = emptyRows(4 * demands.length + 4, 2 * cells);
  const { rows } = school;
  rows.count = 0;
  const rowOf = (law: number, owner: number, limit: number) => {
    rows.law[rows.count] = law;
    rows.owner[rows.count] = owner;
    rows.limit[rows.count] = limit;
    return rows.count++;
  };
  let next = 0;
  const hold = (row: number, taken: number, held: number) => {
    holds.row[next] = row;
    holds.units[next] = taken;
    holds.cells[next++] = held;
  };
  const siteRow = units.length > 0 && siteLimit > 0 ? rowOf(SITE_LAW, establishment, siteLimit) : -1;
  const shareRow = sharpest > 0 ? rowOf(sharpest, establishment, siteCapacity(siteLimit, sharpest)) : -1;
  for (let m = 0; m < demands.length; m++) {
    const i = demands[m]!;
    const held = problem.demandCells[i]!;
    const teacher = problem.demandTeacher[i]!;
    const ofClass = problem.demandClass[i]!;
    if (teacher >= 0) {
      if (rowOfTeacher[teacher]! < 0) rowOfTeacher[teacher] = rowOf(TEACHER_LAW, teacher, 1);
      hold(rowOfTeacher[teacher]!, 1, held);
    }
    if (ofClass >= 0) {
      if (rowOfClass[ofClass]! < 0) rowOfClass[ofClass] = rowOf(CLASS_LAW, ofClass, 1);
      hold(rowOfClass[ofClass]!, 1, held + problem.demandGapCells[i]!);
    }
    if (siteRow >= 0 && problem.demandSiteUnits[i]! > 0) {
      hold(siteRow, problem.demandSiteUnits[i]!, held);
      const shares = shareRow < 0 ? 0 : siteShares(problem.demandSiteUnits[i]!, siteLimit, sharpest);
      if (shares > 0) hold(shareRow, shares, held);
    }
    holds.offset[m + 1] = next;
  }
  for (const i of demands) {
    if (problem.demandTeacher[i]! >= 0) rowOfTeacher[problem.demandTeacher[i]!] = -1;
    if (problem.demandClass[i]! >= 0) rowOfClass[problem.demandClass[i]!] = -1;
  }
  findReach(school);
  keepRows(school);
}

/** Finds the cells of each law in which all that could be there together would pass its limit. */
function findReach({ count, first, last, holds, rows, width }: School): void {
  const { from, to, limit, use: most } = rows;
  most.fill(0, 0, rows.count * width);
  for (let m = 0; m < count; m++) {
    for (let h = holds.offset[m]!; h < holds.offset[m + 1]!; h++) {
      const row = holds.row[h]! * width;
      most[row + first[m]!]! += holds.units[h]!;
      most[row + Math.min(width - 1, last[m]! + holds.cells[h]!)]! -= holds.units[h]!;
    }
  }
  for (let r = 0; r < rows.count; r++) {
    from[r] = 0;
    to[r] = 0;
    let present = 0;
    for (let c = 0; c < width - 1; c++) {
      present += most[r * width + c]!;
      if (present <= limit[r]!) continue;
      if (to[r] === 0) from[r] = c;
      to[r] = c + 1;
    }
  }
}

/** Leaves out the laws that nobody can break, and clears the columns of the others. */
function keepRows({ count, holds, rows, width }: School): void {
  const kept = new Int32Array(rows.count).fill(-1);
  let next = 0;
  for (let r = 0; r < rows.count; r++) {
    if (rows.from[r]! >= rows.to[r]!) continue;
    kept[r] = next;
    rows.law[next] = rows.law[r]!;
    rows.owner[next] = rows.owner[r]!;
    rows.limit[next] = rows.limit[r]!;
    rows.from[next] = rows.from[r]!;
    rows.to[next] = rows.to[r]!;
    next++;
  }
  rows.count = next;
  rows.isPriced.fill(0, 0, next);
  rows.isBestPriced.fill(0, 0, next);
  for (const column of [rows.price, rows.running, rows.best, rows.use, rows.way]) column.fill(0, 0, next * width);
  let last = 0;
  let h = 0;
  for (let m = 0; m < count; m++) {
    for (; h < holds.offset[m + 1]!; h++) {
      const row = kept[holds.row[h]!]!;
      if (row < 0) continue;
      holds.row[last] = row;
      holds.units[last] = holds.units[h]!;
      holds.cells[last++] = holds.cells[h]!;
    }
    holds.offset[m + 1] = last;
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

import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import type { PriceTables } from './price-tables';
import type { AllocationProblem, Starts } from './problem';
import { CLASS_LAW, sharpestSiteLaw, SITE_LAW, siteCapacity, siteShares, TEACHER_LAW } from './site-shares';

/** Laws, each of one owner: its prices per cell, and what the chosen starts use of it. Cells count from the school's first. */
export interface Rows {
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
export interface School {
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

export function emptySchool({ teacherCount, classCount }: AllocationProblem): School {
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

/** Takes the columns for an establishment: its starts with their costs, and the laws that its windows could break. */
export function enter(
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

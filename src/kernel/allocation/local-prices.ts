import { membersOf } from './conflicts';
import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import type { PriceTables } from './price-tables';
import type { Starts } from './problem';

/** What a local price is put on: at most one window of a teacher, of a class (with its gap), so many units on a site. */
export const LOCAL_LAWS = ['teacher', 'class', 'site'] as const;

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

const ITERATIONS = 14;
/** Local prices are kept on this grid of displacement cost, so that their sums are exact. */
export const LOCAL_PRICE_UNIT = 1 / 1024;

/**
 * Raises the bound with prices on the laws inside each establishment: teachers, classes with their gaps, the site. Establishments do
 * not share these laws, so each climbs alone by Polyak's subgradient steps; the plan's own cost at the cell prices is the
 * height to aim at. Any prices >= 0 give a valid bound; good ones close what the relaxation of teachers leaves open.
 */
export function priceLocally(
  model: AllocationModel,
  reach: Int32Array,
  tables: PriceTables,
  starts: Starts,
  iterations = ITERATIONS,
): LocalBound {
  const { problem, kindOffset, kindStart, demandKind, kindShape, shapeFirst } = model;
  const { cellCount } = problem;
  const wished = problem.demandEstablishment.map((e, i) => {
    const kind = demandKind[i]!;
    return problem.demandWish[i]! >= 0 && kindOffset[kind]! < kindOffset[kind + 1]! ? e : -1;
  });
  const members = membersOf(wished, problem.establishmentCount);
  const out = { law: [] as number[], owner: [] as number[], cell: [] as number[], price: [] as number[] };
  let value = 0;

  const from: number[] = [];
  const to: number[] = [];
  const costOffset: number[] = [];
  let costs = new Float64Array(4096);
  const chosen: number[] = [];
  let rows: Row[] = [];
  const rowOf = new Map<number, Row>();
  const columns: Float64Array[] = [];

  for (let e = 0; e < problem.establishmentCount; e++) {
    const first = members.offset[e]!;
    const count = members.offset[e + 1]! - first;
    if (count === 0) continue;
    // displacement and cell prices of every start within reach: fixed during the climb
    let length = 0;
    let aim = 0;
    let firstCell = cellCount;
    let lastCell = 0;
    for (let m = 0; m < count; m++) {
      const i = members.member[first + m]!;
      const kind = demandKind[i]!;
      const wish = problem.demandWish[i]!;
      from[m] = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish - reach[i]!);
      to[m] = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish + reach[i]! + 1);
      costOffset[m] = length;
      firstCell = Math.min(firstCell, kindStart[from[m]!]!);
      lastCell = Math.max(
        lastCell,
        Math.min(cellCount, kindStart[to[m]! - 1]! + problem.demandCells[i]! + problem.demandGapCells[i]!),
      );
      if (length + to[m]! - from[m]! > costs.length) {
        const larger = new Float64Array(costs.length * 2);
        larger.set(costs);
        costs = larger;
      }
      const shape = kindShape[kind]!;
      const base = tables.offset[shape]! - shapeFirst[shape]!;
      const weight = problem.demandWeight[i]!;
      const scale = problem.demandScale[i]!;
      for (let k = from[m]!; k < to[m]!; k++) {
        const start = kindStart[k]!;
        const cost = weight * (start - wish) * (start - wish) + scale * tables.price[base + start]!;
        costs[length++] = cost;
        if (start === starts[i]) aim += cost;
      }
    }
    rows = [];
    rowOf.clear();
    const demandRows: Row[][] = [];
    let next = 0;
    const rowFor = (law: number, owner: number, limit: number, units: number): Row => {
      const key = owner * LOCAL_LAWS.length + law;
      let row = rowOf.get(key);
      if (!row) {
        row = {
          law,
          owner,
          limit,
          price: null,
          running: null,
          use: NO_CELLS,
          best: null,
          total: 0,
          idle: false,
          lo: cellCount,
          hi: 0,
        };
        rowOf.set(key, row);
        rows.push(row);
      }
      row.total += units;
      return row;
    };
    for (let m = 0; m < count; m++) {
      const i = members.member[first + m]!;
      demandRows[m] = [];
      if (problem.demandTeacher[i]! >= 0) demandRows[m]!.push(rowFor(0, problem.demandTeacher[i]!, 1, 1));
      if (problem.demandClass[i]! >= 0) demandRows[m]!.push(rowFor(1, problem.demandClass[i]!, 1, 1));
      if (problem.establishmentSiteLimit[e]! > 0 && problem.demandSiteUnits[i]! > 0) {
        demandRows[m]!.push(rowFor(2, e, problem.establishmentSiteLimit[e]!, problem.demandSiteUnits[i]!));
      }
    }
    // a law that even all its members together cannot break needs no price
    for (const row of rows) row.idle = row.total <= row.limit;
    rows = rows.filter((row) => !row.idle);
    for (let m = 0; m < count; m++) demandRows[m] = demandRows[m]!.filter((row) => !row.idle);
    for (const row of rows) row.use = (columns[next++] ??= new Float64Array(cellCount + 1)).fill(0);
    const unitsOf = (m: number, row: Row) => (row.law === 2 ? problem.demandSiteUnits[members.member[first + m]!]! : 1);
    const cellsOf = (m: number, row: Row) => {
      const i = members.member[first + m]!;
      return problem.demandCells[i]! + (row.law === 1 ? problem.demandGapCells[i]! : 0);
    };
    let best = -Infinity;
    for (let iteration = 0; iteration < iterations; iteration++) {
      let height = 0;
      for (const row of rows) {
        row.use.fill(0, row.lo, row.hi + 1);
        if (!row.price) {
          row.lo = cellCount;
          row.hi = 0;
        }
        if (!row.price || !row.running) continue;
        for (let c = firstCell; c < lastCell; c++) {
          row.running[c + 1] = row.running[c]! + row.price[c]!;
          height -= row.price[c]! * row.limit;
        }
      }
      for (let m = 0; m < count; m++) {
        let least = Infinity;
        let at = -1;
        const priced = iteration === 0 ? NO_ROWS : demandRows[m]!.filter((row) => row.price);
        for (let k = from[m]!; k < to[m]!; k++) {
          let cost = costs[costOffset[m]! + k - from[m]!]!;
          const start = kindStart[k]!;
          if (cost >= least) continue;
          for (const row of priced) {
            const end = Math.min(cellCount, start + cellsOf(m, row));
            cost += unitsOf(m, row) * (row.running![end]! - row.running![start]!);
          }
          if (cost < least) {
            least = cost;
            at = start;
          }
        }
        height += least;
        chosen[m] = at;
        for (const row of demandRows[m]!) {
          const end = Math.min(cellCount, at + cellsOf(m, row));
          row.use[at]! += unitsOf(m, row);
          row.use[end]! -= unitsOf(m, row);
          if (at < row.lo) row.lo = at;
          if (end > row.hi) row.hi = end;
        }
      }
      if (height > best) {
        best = height;
        for (const row of rows) if (row.price) (row.best ??= new Float64Array(cellCount)).set(row.price);
        for (const row of rows) if (!row.price) row.best = null;
      }
      if (best >= aim - 1e-9) break;
      // gradient: use beyond the limit, and below it where there is a price to take back
      let norm = 0;
      for (const row of rows) {
        let present = 0;
        for (let c = row.lo, to = Math.min(row.hi, lastCell); c < to; c++) {
          present += row.use[c]!;
          const over = present - row.limit;
          if (over > 0 || (row.price && row.price[c]! > 0)) norm += over * over;
        }
      }
      if (norm === 0) break;
      const step = (Math.max(0, aim - height) * 0.9) / norm;
      for (const row of rows) {
        let present = 0;
        for (let c = row.lo, to = Math.min(row.hi, lastCell); c < to; c++) {
          present += row.use[c]!;
          const over = present - row.limit;
          if (over > 0 && !row.price) {
            row.price = new Float64Array(cellCount);
            row.running = new Float64Array(cellCount + 1);
          }
          if (row.price) row.price[c] = Math.max(0, onGrid(row.price[c]! + step * over));
        }
      }
    }
    value += best;
    for (const row of rows) {
      if (!row.best) continue;
      for (let c = 0; c < cellCount; c++) {
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

const onGrid = (price: number): number => Math.round(price / LOCAL_PRICE_UNIT) * LOCAL_PRICE_UNIT;

const NO_ROWS: Row[] = [];
const NO_CELLS = new Float64Array(0);

interface Row {
  law: number;
  owner: number;
  limit: number;
  price: Float64Array | null;
  running: Float64Array | null;
  use: Float64Array;
  best: Float64Array | null;
  /** Units of all its members together. */
  total: number;
  idle: boolean;
  /** Cells outside [lo, hi) have neither use nor price. */
  lo: number;
  hi: number;
}

import type { ModelData } from 'highs';
import type { AllocationProblem, Starts } from '../src/kernel/allocation/problem';

/** An allocation as a linear program: a column for each demand and start within reach. */
export interface PlacementModel {
  model: ModelData;
  demandOfColumn: Int32Array;
  startOfColumn: Int32Array;
}

/** Entries of a matrix, row by row, and the bounds of its rows. */
export class Rows {
  readonly starts = [0];
  readonly indices: number[] = [];
  readonly values: number[] = [];
  readonly lower: number[] = [];
  readonly upper: number[] = [];

  add(entries: readonly (readonly [column: number, value: number])[], lower: number, upper: number): void {
    for (const [column, value] of entries) {
      this.indices.push(column);
      this.values.push(value);
    }
    this.starts.push(this.indices.length);
    this.lower.push(lower);
    this.upper.push(upper);
  }

  /** The whole model: columns from 0 to `upperBound`. */
  toModel(cost: readonly number[], upperBound: number, isIntegral: boolean): ModelData {
    return {
      numCols: cost.length,
      numRows: this.lower.length,
      colCost: Float64Array.from(cost),
      colLower: new Float64Array(cost.length),
      colUpper: new Float64Array(cost.length).fill(upperBound),
      rowLower: Float64Array.from(this.lower),
      rowUpper: Float64Array.from(this.upper),
      matrix: {
        format: 'csr',
        numRows: this.lower.length,
        numCols: cost.length,
        starts: Int32Array.from(this.starts),
        indices: Int32Array.from(this.indices),
        values: Float64Array.from(this.values),
      },
      ...(isIntegral ? { integrality: new Int32Array(cost.length).fill(1) } : {}),
    };
  }
}

type Entry = readonly [column: number, value: number];

/**
 * Every law of the problem as rows: one start per demand, sessions and logins of a cell in whole thousandths, one window of a class
 * (its gap behind it) and of a teacher in a cell, units on a site, neighbours within their spacing. With `isIntegral` its best
 * solution is the best plan under the cap; without, a bound of it. Of instances without series and groups.
 */
export function placementModel(problem: AllocationProblem, capCells: number, isIntegral: boolean): PlacementModel {
  if (problem.classConflict.length > 0 || problem.occurrenceShift.some((shift) => shift !== 0))
    throw new Error('the model knows neither groups nor series');
  const demandOf: number[] = [];
  const startOf: number[] = [];
  const cost: number[] = [];
  const rows = new Rows();
  const cells = new Map<string, { limit: number; entries: Entry[]; demands: Set<number> }>();
  const use = (key: string, limit: number, column: number, demand: number, amount: number) => {
    const cell = cells.get(key) ?? { limit, entries: [], demands: new Set<number>() };
    if (cell.entries.length === 0) cells.set(key, cell);
    cell.entries.push([column, amount]);
    cell.demands.add(demand);
  };
  for (let i = 0; i < problem.demandCount; i++) {
    const own: Entry[] = [];
    for (const start of startsInReach(problem, i, capCells)) {
      const column = demandOf.length;
      own.push([column, 1]);
      demandOf.push(i);
      startOf.push(start);
      const wish = problem.demandWish[i]!;
      cost.push(wish < 0 ? 0 : problem.demandWeight[i]! * (start - wish) ** 2);
      useLaws(problem, i, start, (key, limit, amount) => use(key, limit, column, i, amount));
    }
    rows.add(own, 1, 1);
  }
  // a law that one demand alone meets is kept by every choice of its start
  for (const { limit, entries, demands } of cells.values()) if (demands.size > 1) rows.add(entries, 0, limit);
  addNeighbours(problem, demandOf, startOf, rows);
  return {
    model: rows.toModel(cost, 1, isIntegral),
    demandOfColumn: Int32Array.from(demandOf),
    startOfColumn: Int32Array.from(startOf),
  };
}

/** What demand i takes of which law at a start: name of the law with its owner and cell, its limit, and the amount. */
function useLaws(
  problem: AllocationProblem,
  i: number,
  start: number,
  use: (key: string, limit: number, amount: number) => void,
): void {
  const profile = problem.demandProfile[i]!;
  const from = problem.profileOffset[profile]!;
  for (let k = from; k < problem.profileOffset[profile + 1]!; k++) {
    const cell = start - 1 + k - from;
    const whole = (perMille: number) => Math.ceil((problem.demandScale[i]! * perMille) / 1000);
    const sessions = whole(problem.profileSessionsPerMille[k]!);
    const logins = whole(problem.profileLoginsPerMille[k]!);
    // in heads: a solver's tolerances are made for numbers of that size
    if (sessions > 0) use(`sessions ${cell}`, problem.sessionLimit[cell]! / 1000, sessions / 1000);
    if (logins > 0) use(`logins ${cell}`, problem.loginLimit[cell]! / 1000, logins / 1000);
  }
  const hold = (law: string, owner: number, length: number, limit: number, units: number) => {
    for (let cell = start; cell < start + length; cell++) use(`${law} ${owner} ${cell}`, limit, units);
  };
  const length = problem.demandCells[i]!;
  const establishment = problem.demandEstablishment[i]!;
  const site = problem.establishmentSiteLimit[establishment]!;
  if (problem.demandTeacher[i]! >= 0) hold('teacher', problem.demandTeacher[i]!, length, 1, 1);
  if (problem.demandClass[i]! >= 0) hold('class', problem.demandClass[i]!, length + problem.demandGapCells[i]!, 1, 1);
  if (site > 0 && problem.demandSiteUnits[i]! > 0)
    hold('site', establishment, length, site, problem.demandSiteUnits[i]!);
}

/** Of two neighbours one at most starts within any stretch of the spacing. */
function addNeighbours(
  problem: AllocationProblem,
  demandOf: readonly number[],
  startOf: readonly number[],
  rows: Rows,
): void {
  const columnsOf = new Map<number, number[]>();
  demandOf.forEach((i, column) => {
    if (problem.demandClass[i]! >= 0) return;
    const e = problem.demandEstablishment[i]!;
    columnsOf.set(e, [...(columnsOf.get(e) ?? []), column]);
  });
  for (const [e, mine] of columnsOf) {
    for (let k = problem.neighbourOffset[e]!; k < problem.neighbourOffset[e + 1]!; k++) {
      const theirs = columnsOf.get(problem.neighbour[k]!);
      if (problem.neighbour[k]! < e || !theirs) continue;
      const both = [...mine, ...theirs];
      for (const cell of new Set(both.map((column) => startOf[column]!))) {
        const inside = both.filter(
          (column) => startOf[column]! >= cell && startOf[column]! < cell + problem.neighbourSpacingCells,
        );
        rows.add(
          inside.map((column): Entry => [column, 1]),
          0,
          1,
        );
      }
    }
  }
}

/** The starts within the cap of the wish, or the nearest ones; none that loads a cell without room. */
function startsInReach(problem: AllocationProblem, i: number, capCells: number): number[] {
  const set = problem.demandCandidates[i]!;
  const starts = [...problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1])];
  const wish = problem.demandWish[i]!;
  if (wish < 0) return starts;
  const reach = Math.max(capCells, Math.min(...starts.map((start) => Math.abs(start - wish))));
  return starts.filter((start) => Math.abs(start - wish) <= reach);
}

/** The start of each demand in a solution: the one that has most of it. */
export function startsOf(
  { demandOfColumn, startOfColumn }: PlacementModel,
  value: Float64Array,
  demandCount: number,
): Starts {
  const starts = new Int32Array(demandCount).fill(-1);
  const most = new Float64Array(demandCount);
  value.forEach((share, column) => {
    const i = demandOfColumn[column]!;
    if (share <= most[i]!) return;
    most[i] = share;
    starts[i] = startOfColumn[column]!;
  });
  return starts;
}

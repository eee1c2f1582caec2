import { type Estimate, shareEstimate } from './ratio';

/** Windows of one kind that start in a cell of a place, and how many came in them. */
export interface WindowArrivals {
  /** The kind whose arrival law is asked for. */
  kind: number;
  place: number;
  startCell: number;
  cameCount: number;
}

/** How many came in a cell of a place, whatever for. */
export interface CellArrivals {
  place: number;
  cell: number;
  cameCount: number;
}

export interface ArrivalLaw {
  /** Share of those who come in each cell from cell -1 of the window on. */
  shares: Estimate[];
  /** Visitors whom it is drawn from. */
  visitorCount: number;
  /** How many of each of the given cells came for a window of this kind, as is most likely: by the cell of the window, then by the given cell. */
  ofCells: readonly Float64Array[];
}

const ROUNDS = 400;
const ENOUGH = 1e-7;
/** What is believed to be nothing may be found to be something. */
const LEAST_SHARE = 1e-3;

/**
 * When visitors come within their windows, from counts that do not say for which window somebody came: the arrivals of a cell are a sum
 * over the windows that are open in it, each with its visitors and the law of its kind, and of those who come outside. The most likely
 * laws for counts that fall as chance has it (Poisson) are found by expectation-maximisation (Shepp and Vardi, Maximum likelihood
 * reconstruction for emission tomography, 1982): each arrival is attributed to the windows that were open in proportion to the present
 * laws, and each law becomes what was attributed to it. Places in which windows start at different times tell the kinds apart.
 *
 * Where a level plan leaves two laws equally likely, what is found lies next to the present one.
 *
 * @param present the law of each kind as it is believed to be, share by cell from cell -1 of the window on
 * @param outsidePerPlace visitors of a place outside their windows; they come at any cell in which somebody came
 */
export function arrivalLaws(
  present: readonly (readonly number[])[],
  windows: readonly WindowArrivals[],
  cells: readonly CellArrivals[],
  outsidePerPlace: ReadonlyMap<number, number>,
): (ArrivalLaw | undefined)[] {
  const rowOf = new Map<string, number>();
  cells.forEach(({ place, cell }, row) => rowOf.set(`${place} ${cell}`, row));
  const laws = present.map((law) => Float64Array.from(law, (share) => Math.max(share, LEAST_SHARE)));
  const visitorCounts = present.map(() => 0);
  // where a window reaches: the row of a cell, the kind, the offset within the window, and how many came in the window
  const most = windows.reduce((sum, { kind }) => sum + laws[kind]!.length, 0);
  const reachRow = new Int32Array(most);
  const reachKind = new Int32Array(most);
  const reachOffset = new Int32Array(most);
  const reachCame = new Float64Array(most);
  let reachCount = 0;
  for (const { kind, place, startCell, cameCount } of windows) {
    if (cameCount === 0) continue;
    visitorCounts[kind]! += cameCount;
    for (let offset = 0; offset < laws[kind]!.length; offset++) {
      const row = rowOf.get(`${place} ${startCell - 1 + offset}`);
      if (row === undefined) continue;
      reachRow[reachCount] = row;
      reachKind[reachCount] = kind;
      reachOffset[reachCount] = offset;
      reachCame[reachCount++] = cameCount;
    }
  }
  const rowsOfPlace = new Map<number, number>();
  for (const { place } of cells) rowsOfPlace.set(place, (rowsOfPlace.get(place) ?? 0) + 1);
  const outside = Float64Array.from(cells, ({ place }) => (outsidePerPlace.get(place) ?? 0) / rowsOfPlace.get(place)!);
  const expected = new Float64Array(cells.length);
  const came = Float64Array.from(cells, ({ cameCount }) => cameCount);
  const partOf = (r: number): number => reachCame[r]! * laws[reachKind[r]!]![reachOffset[r]!]!;
  const attributed = laws.map((law) => new Float64Array(law.length));
  for (let round = 0; round < ROUNDS; round++) {
    expected.set(outside);
    for (let r = 0; r < reachCount; r++) expected[reachRow[r]!]! += partOf(r);
    for (const column of attributed) column.fill(0);
    for (let r = 0; r < reachCount; r++) {
      const part = partOf(r);
      const row = reachRow[r]!;
      if (part > 0) attributed[reachKind[r]!]![reachOffset[r]!]! += (part / expected[row]!) * came[row]!;
    }
    let change = 0;
    laws.forEach((law, kind) => {
      const sum = attributed[kind]!.reduce((total, part) => total + part, 0);
      if (sum === 0) return;
      for (let offset = 0; offset < law.length; offset++) {
        const next = attributed[kind]![offset]! / sum;
        change = Math.max(change, Math.abs(next - law[offset]!));
        law[offset] = next;
      }
    });
    if (change < ENOUGH) break;
  }
  const ofCells = laws.map((law) => Array.from(law, () => new Float64Array(cells.length)));
  for (let r = 0; r < reachCount; r++) {
    const part = partOf(r);
    const row = reachRow[r]!;
    if (part > 0) ofCells[reachKind[r]!]![reachOffset[r]!]![row]! += (part / expected[row]!) * came[row]!;
  }
  return laws.map((law, kind) => {
    const total = attributed[kind]!.reduce((sum, part) => sum + part, 0);
    if (total === 0) return undefined;
    return {
      shares: Array.from(law, (_, offset) => shareEstimate(attributed[kind]![offset]!, total)),
      visitorCount: visitorCounts[kind]!,
      ofCells: ofCells[kind]!,
    };
  });
}

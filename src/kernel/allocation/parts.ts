import { membersOf } from './conflicts';
import type { AllocationProblem } from './problem';

/** Some demands of a problem that meet no others, and the stretch of cells that they can reach. */
export interface Part {
  /** Demand of the whole problem, per demand of the part. */
  demand: Int32Array;
  /** Cells of the whole problem that it can reach: its own cell 0 is `firstCell`. */
  firstCell: number;
  endCell: number;
}

/**
 * Splits a problem into parts that share no cell: then they share no limit, and no class, teacher or neighbour can meet
 * across them. A week of one time zone falls into its days; zones that overlap, and series, stay together.
 * Parts come in order of time.
 */
export function splitProblem(problem: AllocationProblem): Part[] {
  const { first, last } = reachOfDemands(problem);
  // union of reached stretches: cover[c] > 0 where some demand may load cell c and the next one together
  const joined = new Int32Array(problem.cellCount + 1);
  const union = cellUnion(problem, first, last, joined);
  const partOfRoot = new Map<number, number>();
  const partOf = new Int32Array(problem.demandCount).fill(-1);
  for (let i = 0; i < problem.demandCount; i++) if (first[i]! >= 0) partOf[i] = union(first[i]!);
  const order = Array.from(new Set(partOf))
    .filter((root) => root >= 0)
    .sort((a, b) => a - b);
  order.forEach((root, part) => partOfRoot.set(root, part));
  for (let i = 0; i < problem.demandCount; i++) if (first[i]! >= 0) partOf[i] = partOfRoot.get(partOf[i]!)!;
  const members = membersOf(partOf, order.length);
  return order.map((_, part) => {
    const demand = members.member.slice(members.offset[part], members.offset[part + 1]);
    let from = problem.cellCount;
    let to = 0;
    for (const i of demand) {
      from = Math.min(from, first[i]!);
      // a wish may stand before the first allowed start; its cell must not turn negative
      if (problem.demandWish[i]! >= 0) from = Math.min(from, problem.demandWish[i]!);
      to = Math.max(to, last[i]! + 1);
    }
    return { demand, firstCell: from, endCell: to };
  });
}

/** First and last cell that a demand can load; -1 for one that has no start. */
function reachOfDemands(problem: AllocationProblem): { first: Int32Array; last: Int32Array } {
  const first = new Int32Array(problem.demandCount).fill(-1);
  const last = new Int32Array(problem.demandCount).fill(-1);
  for (let i = 0; i < problem.demandCount; i++) {
    const set = problem.demandCandidates[i]!;
    const from = problem.candidateOffset[set]!;
    const to = problem.candidateOffset[set + 1]!;
    if (from === to) continue;
    const profile = problem.demandProfile[i]!;
    first[i] = problem.candidateCell[from]! - 1;
    last[i] = Math.max(
      problem.candidateCell[to - 1]! - 2 + problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!,
      // gaps and neighbours reach beyond the load
      problem.candidateCell[to - 1]! +
        problem.demandCells[i]! +
        problem.demandGapCells[i]! +
        problem.neighbourSpacingCells,
    );
    last[i] = Math.min(last[i]!, problem.cellCount - 1);
  }
  return { first, last };
}

function cellUnion(
  problem: AllocationProblem,
  first: Int32Array,
  last: Int32Array,
  parent: Int32Array,
): (cell: number) => number {
  // stretches of one occurrence first, as a running count; then the occurrences of a series join their stretches
  const open = new Int32Array(problem.cellCount + 1);
  for (let i = 0; i < problem.demandCount; i++) {
    if (first[i]! < 0) continue;
    const set = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[set]!; o < problem.occurrenceOffset[set + 1]!; o++) {
      const shift = problem.occurrenceShift[o]!;
      open[Math.min(problem.cellCount, first[i]! + shift)]!++;
      open[Math.min(problem.cellCount, last[i]! + shift)]!--;
    }
  }
  for (let c = 0; c <= problem.cellCount; c++) parent[c] = c;
  for (let c = 0, depth = 0; c < problem.cellCount; c++) {
    depth += open[c]!;
    if (depth > 0) parent[c + 1] = parent[c]!;
  }
  const find = (cell: number): number => {
    let root = cell;
    while (parent[root] !== root) root = parent[root]!;
    while (parent[cell] !== root) {
      const next = parent[cell]!;
      parent[cell] = root;
      cell = next;
    }
    return root;
  };
  for (let i = 0; i < problem.demandCount; i++) {
    if (first[i]! < 0) continue;
    const set = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[set]! + 1; o < problem.occurrenceOffset[set + 1]!; o++) {
      const a = find(first[i]!);
      const b = find(first[i]! + problem.occurrenceShift[o]!);
      parent[Math.max(a, b)] = Math.min(a, b);
    }
  }
  return find;
}

/** A part as a problem of its own; owners are numbered afresh so that columns stay small. */
export function partProblem(
  problem: AllocationProblem,
  { demand, firstCell: from, endCell: to }: Part,
): AllocationProblem {
  let lastCell = to;
  for (const i of demand) {
    const set = problem.demandOccurrences[i]!;
    lastCell = Math.max(lastCell, to + problem.occurrenceShift[problem.occurrenceOffset[set + 1]! - 1]!);
  }
  lastCell = Math.min(problem.cellCount, lastCell);
  const take = (column: Int32Array) => takeInto(new Int32Array(demand.length), column, demand);
  const takeFloat = (column: Float64Array) => takeInto(new Float64Array(demand.length), column, demand);
  const classes = renumber(problem.demandClass, demand, problem.classCount);
  const teachers = renumber(problem.demandTeacher, demand, problem.teacherCount);
  const establishments = renumber(problem.demandEstablishment, demand, problem.establishmentCount);
  const sets = renumber(problem.demandCandidates, demand, problem.candidateOffset.length - 1);
  const candidates = pickRows(problem.candidateOffset, problem.candidateCell, sets.old, (cell) => cell - from);
  const keep = (numbers: Renumbered) => (value: number) => numbers.fresh[value]!;
  const conflicts = pickRows(problem.classConflictOffset, problem.classConflict, classes.old, keep(classes));
  const neighbours = pickRows(problem.neighbourOffset, problem.neighbour, establishments.old, keep(establishments));
  return {
    originCell: problem.originCell + from,
    cellCount: lastCell - from,
    sessionLimit: problem.sessionLimit.slice(from, lastCell),
    loginLimit: problem.loginLimit.slice(from, lastCell),
    profileOffset: problem.profileOffset,
    profileSessionsPerMille: problem.profileSessionsPerMille,
    profileLoginsPerMille: problem.profileLoginsPerMille,
    candidateOffset: candidates.offset,
    candidateCell: candidates.value,
    occurrenceOffset: problem.occurrenceOffset,
    occurrenceShift: problem.occurrenceShift,
    demandCount: demand.length,
    demandDay: take(problem.demandDay),
    demandCells: take(problem.demandCells),
    demandScale: takeFloat(problem.demandScale),
    demandProfile: take(problem.demandProfile),
    demandCandidates: sets.column,
    demandOccurrences: take(problem.demandOccurrences),
    demandWish: take(problem.demandWish).map((wish) => (wish < 0 ? -1 : wish - from)),
    demandWeight: takeFloat(problem.demandWeight),
    demandClass: classes.column,
    demandEstablishment: establishments.column,
    demandTeacher: teachers.column,
    demandGapCells: take(problem.demandGapCells),
    demandSiteUnits: take(problem.demandSiteUnits),
    classCount: classes.old.length,
    classConflictOffset: conflicts.offset,
    classConflict: conflicts.value,
    establishmentCount: establishments.old.length,
    establishmentSiteLimit: Int32Array.from(establishments.old, (e) => problem.establishmentSiteLimit[e]!),
    neighbourOffset: neighbours.offset,
    neighbour: neighbours.value,
    neighbourSpacingCells: problem.neighbourSpacingCells,
    teacherCount: teachers.old.length,
  };
}

interface Renumbered {
  column: Int32Array;
  old: Int32Array;
  fresh: Int32Array;
}

function renumber(owner: Int32Array, demand: Int32Array, ownerCount: number): Renumbered {
  const fresh = new Int32Array(ownerCount).fill(-1);
  const old: number[] = [];
  const column = new Int32Array(demand.length).fill(-1);
  for (let k = 0; k < demand.length; k++) {
    const o = owner[demand[k]!]!;
    if (o < 0) continue;
    if (fresh[o]! < 0) {
      fresh[o] = old.length;
      old.push(o);
    }
    column[k] = fresh[o]!;
  }
  return { column, old: Int32Array.from(old), fresh };
}

function takeInto<Column extends Int32Array | Float64Array>(into: Column, from: Column, rows: Int32Array): Column {
  for (let k = 0; k < rows.length; k++) into[k] = from[rows[k]!]!;
  return into;
}

/** Rows of a compressed table, in a new order; values that map below zero are left out. */
function pickRows(offset: Int32Array, value: Int32Array, rows: Int32Array, map: (value: number) => number) {
  const newOffset = new Int32Array(rows.length + 1);
  let count = 0;
  rows.forEach((row, k) => {
    for (let at = offset[row]!; at < offset[row + 1]!; at++) if (map(value[at]!) >= 0) count++;
    newOffset[k + 1] = count;
  });
  const picked = new Int32Array(count);
  let next = 0;
  for (const row of rows) {
    for (let at = offset[row]!; at < offset[row + 1]!; at++) {
      const mapped = map(value[at]!);
      if (mapped >= 0) picked[next++] = mapped;
    }
  }
  return { offset: newOffset, value: picked };
}

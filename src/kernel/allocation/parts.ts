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
  const rootOf = cellUnion(problem);
  const sizeOf = new Int32Array(problem.cellCount + 1);
  for (let i = 0; i < problem.demandCount; i++) if (hasStart(problem, i)) sizeOf[rootOf(firstCellOf(problem, i))]!++;
  // one list for all parts, in a buffer that threads share as it is: nothing of it is sent
  const member = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * problem.demandCount));
  const offset = new Int32Array(problem.cellCount + 2);
  for (let root = 0; root <= problem.cellCount; root++) offset[root + 1] = offset[root]! + sizeOf[root]!;
  const next = offset.slice();
  for (let i = 0; i < problem.demandCount; i++)
    if (hasStart(problem, i)) member[next[rootOf(firstCellOf(problem, i))]!++] = i;
  const parts: Part[] = [];
  for (let root = 0; root <= problem.cellCount; root++) {
    if (sizeOf[root] === 0) continue;
    const demand = member.subarray(offset[root], offset[root + 1]);
    let from = problem.cellCount;
    let to = 0;
    for (const i of demand) {
      from = Math.min(from, firstCellOf(problem, i));
      // a wish may stand before the first allowed start; its cell must not turn negative
      if (problem.demandWish[i]! >= 0) from = Math.min(from, problem.demandWish[i]!);
      to = Math.max(to, lastCellOf(problem, i) + 1);
    }
    parts.push({ demand, firstCell: from, endCell: to });
  }
  return parts;
}

function hasStart({ candidateOffset, demandCandidates }: AllocationProblem, i: number): boolean {
  return candidateOffset[demandCandidates[i]!]! < candidateOffset[demandCandidates[i]! + 1]!;
}

/** First cell that demand i, which has a start, can load. */
function firstCellOf({ candidateOffset, candidateCell, demandCandidates }: AllocationProblem, i: number): number {
  return candidateCell[candidateOffset[demandCandidates[i]!]!]! - 1;
}

/** Last cell in which demand i, which has a start, can meet anybody. */
function lastCellOf(problem: AllocationProblem, i: number): number {
  const lastStart = problem.candidateCell[problem.candidateOffset[problem.demandCandidates[i]! + 1]! - 1]!;
  const profile = problem.demandProfile[i]!;
  return Math.min(
    problem.cellCount - 1,
    Math.max(
      lastStart - 2 + problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!,
      // gaps and neighbours reach beyond the load
      lastStart + problem.demandCells[i]! + problem.demandGapCells[i]! + problem.neighbourSpacingCells,
    ),
  );
}

/** Joins each cell with the next where some demand can reach both, and the stretches of a series; gives the first cell of a union. */
function cellUnion(problem: AllocationProblem): (cell: number) => number {
  const parent = new Int32Array(problem.cellCount + 1);
  // stretches of one occurrence first, as a running count; then the occurrences of a series join their stretches
  const open = new Int32Array(problem.cellCount + 1);
  for (let i = 0; i < problem.demandCount; i++) {
    if (!hasStart(problem, i)) continue;
    const set = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[set]!; o < problem.occurrenceOffset[set + 1]!; o++) {
      const shift = problem.occurrenceShift[o]!;
      open[Math.min(problem.cellCount, firstCellOf(problem, i) + shift)]!++;
      open[Math.min(problem.cellCount, lastCellOf(problem, i) + shift)]!--;
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
    if (!hasStart(problem, i)) continue;
    const set = problem.demandOccurrences[i]!;
    for (let o = problem.occurrenceOffset[set]! + 1; o < problem.occurrenceOffset[set + 1]!; o++) {
      const a = find(firstCellOf(problem, i));
      const b = find(firstCellOf(problem, i) + problem.occurrenceShift[o]!);
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
  const takeShort = (column: Uint16Array) => takeInto(new Uint16Array(demand.length), column, demand);
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
    demandDay: takeShort(problem.demandDay),
    demandCells: takeShort(problem.demandCells),
    demandScale: takeInto(new Float64Array(demand.length), problem.demandScale, demand),
    demandProfile: takeShort(problem.demandProfile),
    demandCandidates: sets.column,
    demandOccurrences: take(problem.demandOccurrences),
    demandWish: shifted(take(problem.demandWish), from),
    demandWeight: takeInto(new Float32Array(demand.length), problem.demandWeight, demand),
    demandClass: classes.column,
    demandEstablishment: establishments.column,
    demandTeacher: teachers.column,
    demandGapCells: takeShort(problem.demandGapCells),
    demandSiteUnits: takeShort(problem.demandSiteUnits),
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

function takeInto<Column extends Int32Array | Uint16Array | Float32Array | Float64Array>(
  into: Column,
  from: Column,
  rows: Int32Array,
): Column {
  for (let k = 0; k < rows.length; k++) {
    const value = from[rows[k]!]!;
    // pages that nothing is written to take no memory, and some columns are nothing but zeros
    if (value !== 0) into[k] = value;
  }
  return into;
}

/** Wishes counted from another cell, in place; -1 stays. */
function shifted(wish: Int32Array, from: number): Int32Array {
  for (let k = 0; k < wish.length; k++) wish[k] = wish[k]! < 0 ? -1 : wish[k]! - from;
  return wish;
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

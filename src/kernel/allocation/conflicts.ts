import type { AllocationModel } from './model';

/**
 * Pairs of demands that keep each other away, as compressed rows: start s of demand i is barred by mate j that starts at t
 * while -after < s - (t + shift) < before. Classes, groups, teachers and neighbouring establishments all come down to it.
 */
export interface Conflicts {
  offset: Int32Array;
  mate: Int32Array;
  shift: Int32Array;
  /** Lengths and gaps of windows: they fit into two bytes, and millions of rows make up a third of a part's memory. */
  after: Int16Array;
  before: Int16Array;
}

type Emit = (i: number, j: number, shift: number, after: number, before: number) => void;

/** Collects the pairs that can meet at all, given their allowed starts. */
export function buildConflicts(model: AllocationModel): Conflicts {
  const { demandCount } = model.problem;
  const offset = new Int32Array(demandCount + 1);
  forEachPair(model, (i, j) => {
    offset[i + 1]!++;
    offset[j + 1]!++;
  });
  for (let i = 0; i < demandCount; i++) offset[i + 1]! += offset[i]!;
  const rows = offset[demandCount]!;
  const conflicts = {
    offset,
    mate: new Int32Array(rows),
    shift: new Int32Array(rows),
    after: new Int16Array(rows),
    before: new Int16Array(rows),
  };
  const next = offset.slice();
  const put: Emit = (i, j, shift, after, before) => {
    const row = next[i]!++;
    conflicts.mate[row] = j;
    conflicts.shift[row] = shift;
    conflicts.after[row] = after;
    conflicts.before[row] = before;
  };
  forEachPair(model, (i, j, shift, after, before) => {
    put(i, j, shift, after, before);
    put(j, i, -shift, before, after);
  });
  return conflicts;
}

function forEachPair(model: AllocationModel, emit: Emit): void {
  const { problem } = model;
  const { demandCells, demandGapCells } = problem;
  const shifts = relativeShifts(model);
  const reach = (i: number, j: number, after: number, before: number) => {
    const kindI = model.demandKind[i]!;
    const kindJ = model.demandKind[j]!;
    if (isEmpty(model, kindI) || isEmpty(model, kindJ)) return;
    for (const shift of shifts(problem.demandOccurrences[i]!, problem.demandOccurrences[j]!)) {
      if (firstStart(model, kindI) - (lastStart(model, kindJ) + shift) >= before) continue;
      if (firstStart(model, kindJ) + shift - lastStart(model, kindI) >= after) continue;
      emit(i, j, shift, after, before);
    }
  };
  const apart = (i: number, j: number) => reach(i, j, demandCells[i]!, demandCells[j]!);
  const spaced = (i: number, j: number) => reach(i, j, problem.neighbourSpacingCells, problem.neighbourSpacingCells);
  const gapped = (i: number, j: number) => {
    const gap = Math.max(demandGapCells[i]!, demandGapCells[j]!);
    reach(i, j, demandCells[i]! + gap, demandCells[j]! + gap);
  };

  const classes = membersOf(problem.demandClass, problem.classCount);
  for (let c = 0; c < problem.classCount; c++) {
    eachWithin(classes, c, gapped);
    for (let k = problem.classConflictOffset[c]!; k < problem.classConflictOffset[c + 1]!; k++) {
      const other = problem.classConflict[k]!;
      if (other > c) eachAcross(classes, c, other, apart);
    }
  }
  const teachers = membersOf(problem.demandTeacher, problem.teacherCount);
  for (let teacher = 0; teacher < problem.teacherCount; teacher++) eachWithin(teachers, teacher, apart);
  if (problem.neighbourSpacingCells > 0 && problem.neighbour.length > 0) {
    const own = problem.demandEstablishment.map((e, i) => (problem.demandClass[i]! < 0 ? e : -1));
    const establishments = membersOf(own, problem.establishmentCount);
    for (let e = 0; e < problem.establishmentCount; e++) {
      for (let k = problem.neighbourOffset[e]!; k < problem.neighbourOffset[e + 1]!; k++) {
        if (problem.neighbour[k]! > e) eachAcross(establishments, e, problem.neighbour[k]!, spaced);
      }
    }
  }
}

interface Members {
  offset: Int32Array;
  member: Int32Array;
}

/** Rows by owner (counting sort); owner -1 is nobody. */
export function membersOf(owner: Int32Array, ownerCount: number): Members {
  const offset = new Int32Array(ownerCount + 1);
  for (const o of owner) if (o >= 0) offset[o + 1]!++;
  for (let o = 0; o < ownerCount; o++) offset[o + 1]! += offset[o]!;
  const member = new Int32Array(offset[ownerCount]!);
  const next = offset.slice();
  for (let i = 0; i < owner.length; i++) if (owner[i]! >= 0) member[next[owner[i]!]!++] = i;
  return { offset, member };
}

function eachWithin({ offset, member }: Members, owner: number, visit: (i: number, j: number) => void): void {
  for (let a = offset[owner]!; a < offset[owner + 1]!; a++) {
    for (let b = a + 1; b < offset[owner + 1]!; b++) visit(member[a]!, member[b]!);
  }
}

function eachAcross(members: Members, one: number, other: number, visit: (i: number, j: number) => void): void {
  const { offset, member } = members;
  for (let a = offset[one]!; a < offset[one + 1]!; a++) {
    for (let b = offset[other]!; b < offset[other + 1]!; b++) visit(member[a]!, member[b]!);
  }
}

const isEmpty = (model: AllocationModel, kind: number) => model.kindOffset[kind] === model.kindOffset[kind + 1];
const firstStart = (model: AllocationModel, kind: number) => model.kindStart[model.kindOffset[kind]!]!;
const lastStart = (model: AllocationModel, kind: number) => model.kindStart[model.kindOffset[kind + 1]! - 1]!;

/** The distinct distances between the occurrences of two series, once per pair of occurrence sets. */
function relativeShifts({ problem }: AllocationModel): (a: number, b: number) => readonly number[] {
  const { occurrenceOffset, occurrenceShift } = problem;
  const known = new Map<number, readonly number[]>();
  const sets = occurrenceOffset.length;
  return (a, b) => {
    const key = a * sets + b;
    let shifts = known.get(key);
    if (!shifts) {
      const distinct = new Set<number>();
      for (const ofA of occurrenceShift.subarray(occurrenceOffset[a], occurrenceOffset[a + 1])) {
        for (const ofB of occurrenceShift.subarray(occurrenceOffset[b], occurrenceOffset[b + 1]))
          distinct.add(ofB - ofA);
      }
      shifts = [...distinct];
      known.set(key, shifts);
    }
    return shifts;
  };
}

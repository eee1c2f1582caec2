import type { Incumbent } from './incumbent';

/** Looks at what is around demand i, which stands nowhere: afterwards `isFree` answers for it. */
export function lookAround(incumbent: Incumbent, i: number): void {
  const { problem, around, ofClass, ofTeacher, ofSite, dayCount } = incumbent;
  around.barredBy.length = around.barredFrom.length = around.barredTo.length = 0;
  const classIndex = problem.demandClass[i]!;
  const gap = problem.demandGapCells[i]!;
  if (classIndex >= 0) {
    for (let j = ofClass.head[classIndex]!; j >= 0; j = ofClass.next[j]!) {
      bar(incumbent, i, j, Math.max(gap, problem.demandGapCells[j]!));
    }
    const to = problem.classConflictOffset[classIndex + 1]!;
    for (let k = problem.classConflictOffset[classIndex]!; k < to; k++) {
      const other = problem.classConflict[k]!;
      for (let j = ofClass.head[other]!; j >= 0; j = ofClass.next[j]!) bar(incumbent, i, j, 0);
    }
  }
  const teacher = problem.demandTeacher[i]!;
  if (teacher >= 0) for (let j = ofTeacher.head[teacher]!; j >= 0; j = ofTeacher.next[j]!) bar(incumbent, i, j, 0);
  const establishment = problem.demandEstablishment[i]!;
  const day = problem.demandDay[i]!;
  if (classIndex < 0 && problem.neighbourSpacingCells > 0) {
    const to = problem.neighbourOffset[establishment + 1]!;
    for (let k = problem.neighbourOffset[establishment]!; k < to; k++) {
      const other = problem.neighbour[k]!;
      for (let j = ofSite.head[other * dayCount + day]!; j >= 0; j = ofSite.next[j]!) {
        if (problem.demandClass[j]! < 0) space(incumbent, i, j);
      }
    }
  }
  // asked for by the first start that nobody bars: large schools have hundreds of windows to add up
  around.siteRoom = -1;
}

/** Two windows that may not overlap, or must stand `gap` cells apart. */
function bar(incumbent: Incumbent, i: number, j: number, gap: number): void {
  const { demandCells } = incumbent.problem;
  barAround(incumbent, i, j, demandCells[i]! + gap, demandCells[j]! + gap);
}

function space(incumbent: Incumbent, i: number, j: number): void {
  const spacing = incumbent.problem.neighbourSpacingCells;
  barAround(incumbent, i, j, spacing, spacing);
}

/** Start s of i is barred by j at t while -after < s - t < before, in every pair of repetitions. */
function barAround(
  { problem, shifts, starts, around }: Incumbent,
  i: number,
  j: number,
  after: number,
  before: number,
) {
  const start = starts[j]!;
  if (start < 0 || i === j) return;
  for (const mine of shifts[problem.demandOccurrences[i]!]!) {
    for (const theirs of shifts[problem.demandOccurrences[j]!]!) {
      const at = start + theirs - mine;
      around.barredBy.push(j);
      around.barredFrom.push(at - after);
      around.barredTo.push(at + before);
    }
  }
}

function lookAtSite(incumbent: Incumbent, i: number): void {
  const { problem, around, ofSite, dayCount, shifts, starts } = incumbent;
  const establishment = problem.demandEstablishment[i]!;
  const day = problem.demandDay[i]!;
  for (let k = 0; k < around.siteFrom.length; k++) around.siteUse.fill(0, around.siteFrom[k], around.siteTo[k]);
  around.siteFrom.length = around.siteTo.length = 0;
  const most = problem.establishmentSiteLimit[establishment]!;
  const units = problem.demandSiteUnits[i]!;
  around.siteRoom = most > 0 && units > 0 ? most - units : Infinity;
  if (around.siteRoom === Infinity) return;
  for (let j = ofSite.head[establishment * dayCount + day]!; j >= 0; j = ofSite.next[j]!) {
    if (j === i || starts[j]! < 0 || problem.demandSiteUnits[j] === 0) continue;
    for (const shift of shifts[problem.demandOccurrences[j]!]!) {
      const from = starts[j]! + shift;
      const to = from + problem.demandCells[j]!;
      for (let cell = from; cell < to; cell++) around.siteUse[cell]! += problem.demandSiteUnits[j]!;
      around.siteFrom.push(from);
      around.siteTo.push(to);
    }
  }
}

/** May the demand that was last looked around start here as far as classes, teachers, neighbours and its establishment's limit go? */
export function isFree(incumbent: Incumbent, i: number, start: number): boolean {
  const { problem, around, shifts } = incumbent;
  if (isBarred(incumbent, start)) return false;
  if (around.siteRoom < 0) lookAtSite(incumbent, i);
  const { siteUse, siteRoom } = around;
  if (siteRoom === Infinity) return true;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    const to = start + shift + problem.demandCells[i]!;
    for (let cell = start + shift; cell < to; cell++) if (siteUse[cell]! > siteRoom) return false;
  }
  return true;
}

/** Does anybody bar this start of the demand that was last looked around, its establishment's limit aside? */
export function isBarred(incumbent: Incumbent, start: number): boolean {
  return barrierOf(incumbent, start) >= 0;
}

/** Who bars this start of the demand that was last looked around, -1 for nobody. */
export function barrierOf({ around: { barredBy, barredFrom, barredTo } }: Incumbent, start: number): number {
  for (let b = 0; b < barredFrom.length; b++) if (start > barredFrom[b]! && start < barredTo[b]!) return barredBy[b]!;
  return -1;
}

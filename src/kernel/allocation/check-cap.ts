import type { AllocationProblem, Starts } from './problem';

/**
 * Demands that stand further from their wish than a displacement cap allows, from the definition: the cap binds whoever has a start
 * within it at which no cell is without any room; everybody else may go to the nearest such starts.
 */
export function beyondCap(problem: AllocationProblem, starts: Starts, capCells: number): number[] {
  const beyond: number[] = [];
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    if (wish < 0 || starts[i]! < 0 || Math.abs(starts[i]! - wish) <= capCells) continue;
    const set = problem.demandCandidates[i]!;
    let nearest = Infinity;
    for (let k = problem.candidateOffset[set]!; k < problem.candidateOffset[set + 1]!; k++) {
      const start = problem.candidateCell[k]!;
      if (Math.abs(start - wish) < nearest && hasAnyRoom(problem, i, start)) nearest = Math.abs(start - wish);
    }
    if (Math.abs(starts[i]! - wish) > nearest) beyond.push(i);
  }
  return beyond;
}

/** Demands that stand beyond the cap, with or without leave. */
export function countBeyondCap({ demandWish }: AllocationProblem, starts: Starts, capCells: number): number {
  return starts.reduce(
    (count, start, i) =>
      demandWish[i]! >= 0 && start >= 0 && Math.abs(start - demandWish[i]!) > capCells ? count + 1 : count,
    0,
  );
}

/** Whether every cell that the demand would load there has a limit above nothing. */
function hasAnyRoom(problem: AllocationProblem, i: number, start: number): boolean {
  const profile = problem.demandProfile[i]!;
  const [from, to] = [problem.profileOffset[profile]!, problem.profileOffset[profile + 1]!];
  const set = problem.demandOccurrences[i]!;
  for (let o = problem.occurrenceOffset[set]!; o < problem.occurrenceOffset[set + 1]!; o++) {
    for (let k = from; k < to; k++) {
      const cell = start + problem.occurrenceShift[o]! - 1 + k - from;
      if (problem.profileSessionsPerMille[k]! > 0 && problem.sessionLimit[cell]! <= 0) return false;
      if (problem.profileLoginsPerMille[k]! > 0 && problem.loginLimit[cell]! <= 0) return false;
    }
  }
  return true;
}

import type { AllocationProblem, Starts } from '../problem';

// From the definitions of a problem, for who checks a replan: nothing here is shared with who makes one.

/** Load of the plan, of the demands that `takes` says, in thousandths by cell. */
export function loadsOf(problem: AllocationProblem, starts: Starts, takes: (i: number) => boolean) {
  const loads = { sessions: new Float64Array(problem.cellCount), logins: new Float64Array(problem.cellCount) };
  for (let i = 0; i < problem.demandCount; i++) {
    if (starts[i]! < 0 || !takes(i)) continue;
    for (const { cell, sessions, logins } of profileAt(problem, i, starts[i]!)) {
      loads.sessions[cell]! += Math.ceil((problem.demandScale[i]! * sessions) / 1000);
      loads.logins[cell]! += Math.ceil((problem.demandScale[i]! * logins) / 1000);
    }
  }
  return loads;
}

/** Whether no cell is shut that the demand would load from a start. */
export function isOpen(problem: AllocationProblem, i: number, start: number): boolean {
  for (const { cell, sessions, logins } of profileAt(problem, i, start)) {
    if ((sessions > 0 && problem.sessionLimit[cell]! <= 0) || (logins > 0 && problem.loginLimit[cell]! <= 0))
      return false;
  }
  return true;
}

/** What one unit of scale loads the cells with, in all repetitions, where it loads them. */
export function* profileAt(problem: AllocationProblem, i: number, start: number) {
  const profile = problem.demandProfile[i]!;
  for (const shift of shiftsOf(problem, i)) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]!;
      const logins = problem.profileLoginsPerMille[k]!;
      if (sessions > 0 || logins > 0) yield { cell, sessions, logins };
    }
  }
}

export function shiftsOf(
  { occurrenceOffset, occurrenceShift, demandOccurrences }: AllocationProblem,
  i: number,
): Int32Array {
  const set = demandOccurrences[i]!;
  return occurrenceShift.subarray(occurrenceOffset[set], occurrenceOffset[set + 1]);
}

export function candidatesOf(
  { candidateOffset, candidateCell, demandCandidates }: AllocationProblem,
  i: number,
): Int32Array {
  const set = demandCandidates[i]!;
  return candidateCell.subarray(candidateOffset[set], candidateOffset[set + 1]);
}

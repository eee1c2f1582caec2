import { combine } from '../allocate';
import type { PlanCheck } from '../check-plan';
import { type BoundAnswer, CAP_STEP_CELLS, performTask, type SolveAnswer } from '../part-tasks';
import { partProblem, splitProblem } from '../parts';
import { type Allocation, type AllocationProblem, type Starts, UNPLACED_REASONS } from '../problem';

/**
 * What prices prove of a plan that was made otherwise (a replan): the same bounds as those of an allocation, under the displacement
 * cap that the plan keeps.
 *
 * @throws AllocationCancelled
 */
export function certifyStarts(
  problem: AllocationProblem,
  starts: Starts,
  check: PlanCheck,
  isCancelled?: () => boolean,
): Allocation {
  let farthest = CAP_STEP_CELLS;
  for (let i = 0; i < problem.demandCount; i++) {
    if (problem.demandWish[i]! >= 0 && starts[i]! >= 0)
      farthest = Math.max(farthest, Math.abs(starts[i]! - problem.demandWish[i]!));
  }
  const capCells = Math.ceil(farthest / CAP_STEP_CELLS) * CAP_STEP_CELLS;
  const reasons = Uint8Array.from(starts, (start, i) => (start >= 0 ? 0 : reasonOf(problem, check, i)));
  const parts = splitProblem(problem);
  const bounds: BoundAnswer[] = [];
  const plans: SolveAnswer[] = [];
  parts.forEach((part, p) => {
    const own = partProblem(problem, part);
    const watch = { isCancelled };
    bounds.push(performTask(own, { kind: 'bound', part: p }, watch) as BoundAnswer);
    const nothing = new Float64Array(part.demand.length);
    const known: SolveAnswer = {
      kind: 'solve',
      starts: Int32Array.from(part.demand, (i) => (starts[i]! < 0 ? -1 : starts[i]! - part.firstCell)),
      unplacedReason: Uint8Array.from(part.demand, (i) => reasons[i]!),
      neededSessions: nothing,
      neededLogins: nothing,
      objective: 0,
      // nothing was proven of it so far: whatever the prices prove is kept
      lowerBound: -Infinity,
      jointLowerBound: -Infinity,
      sessionPrices: new Float64Array(own.cellCount),
      loginPrices: new Float64Array(own.cellCount),
      local: { law: new Uint8Array(0), owner: new Int32Array(0), cell: new Int32Array(0), price: new Float64Array(0) },
    };
    const task = { kind: 'solve', part: p, capCells, seed: 1, smallBelow: 0, lastResort: false, known } as const;
    plans.push(performTask(own, task, watch) as SolveAnswer);
  });
  return combine(problem, parts, bounds, plans, capCells);
}

/** Why a demand has no place among the loads as they are. */
function reasonOf(problem: AllocationProblem, { sessionLoad, loginLoad }: PlanCheck, i: number): number {
  const set = problem.demandCandidates[i]!;
  const starts = problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1]);
  if (starts.length === 0) return UNPLACED_REASONS.indexOf('no_candidate');
  const profile = problem.demandProfile[i]!;
  const hasRoom = (start: number, perMille: Int32Array, load: Float64Array, limit: Float64Array) => {
    for (
      let k = problem.profileOffset[profile]!, cell = start - 1;
      k < problem.profileOffset[profile + 1]!;
      k++, cell++
    ) {
      const more = Math.ceil((problem.demandScale[i]! * perMille[k]!) / 1000);
      if (more > 0 && load[cell]! + more > limit[cell]!) return false;
    }
    return true;
  };
  const forSessions = Array.from(starts).filter((start) =>
    hasRoom(start, problem.profileSessionsPerMille, sessionLoad, problem.sessionLimit),
  );
  if (forSessions.length === 0) return UNPLACED_REASONS.indexOf('sessions_full');
  const forBoth = forSessions.some((start) =>
    hasRoom(start, problem.profileLoginsPerMille, loginLoad, problem.loginLimit),
  );
  return UNPLACED_REASONS.indexOf(forBoth ? 'conflict' : 'logins_full');
}

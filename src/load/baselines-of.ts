import { everybodyAtWish, firstFit, letterByLevel, randomStarts } from '../kernel/allocation/baselines';
import type { AllocationProblem, Starts } from '../kernel/allocation/problem';
import type { BaselinePeak, BaselinePeaks, PlanBaselines } from '../plan/plan-evidence';
import type { AssembledProblem } from './assembled-problem';

interface Load {
  sessions: Float64Array;
  logins: Float64Array;
  unplacedCount: number;
}

/**
 * What the load would be by four ways of doing without an allocation (see baselines.ts), the same for the same seed: the peaks of all, and
 * the whole curves of the two that people live by.
 */
export function baselinesOf(
  { problem, identity, letter }: AssembledProblem,
  seed: number,
): { peaks: BaselinePeaks; curves: PlanBaselines } {
  const hoursOf = (demand: number) => {
    const range = identity.letterRange[demand]!;
    return range === 0 ? null : { from: letter.fromCell[range]!, to: letter.toCell[range]! };
  };
  const wished = loadOf(problem, everybodyAtWish(problem));
  const byLetter = loadOf(problem, letterByLevel(problem, { hoursOf }));
  return {
    peaks: {
      everybodyAtWish: peakOf(problem, wished),
      letterByLevel: peakOf(problem, byLetter),
      random: peakOf(problem, loadOf(problem, randomStarts(problem, seed))),
      firstFit: peakOf(problem, loadOf(problem, firstFit(problem, seed))),
    },
    curves: {
      firstCell: problem.originCell,
      everybodyAtWish: { sessions: wished.sessions, logins: wished.logins },
      letterByLevel: { sessions: byLetter.sessions, logins: byLetter.logins },
    },
  };
}

/** Thousandths of sessions and of log-ins in each cell of the problem. */
function loadOf(problem: AllocationProblem, starts: Starts): Load {
  const sessions = new Float64Array(problem.cellCount);
  const logins = new Float64Array(problem.cellCount);
  let unplacedCount = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const occurrences = problem.demandOccurrences[i]!;
    const [first, end] = [problem.occurrenceOffset[occurrences]!, problem.occurrenceOffset[occurrences + 1]!];
    if (starts[i]! < 0) {
      unplacedCount += end - first;
      continue;
    }
    const profile = problem.demandProfile[i]!;
    const scale = problem.demandScale[i]!;
    for (let o = first; o < end; o++) {
      let cell = starts[i]! + problem.occurrenceShift[o]! - 1;
      for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
        sessions[cell]! += Math.ceil((scale * problem.profileSessionsPerMille[k]!) / 1000);
        logins[cell]! += Math.ceil((scale * problem.profileLoginsPerMille[k]!) / 1000);
      }
    }
  }
  return { sessions, logins, unplacedCount };
}

/** Largest load / limit over the cells that have room at all: a cell without any says nothing of how often capacity was missed. */
function peakOf(problem: AllocationProblem, { sessions, logins, unplacedCount }: Load): BaselinePeak {
  return {
    sessionsRatio: peakRatio(sessions, problem.sessionLimit),
    loginsRatio: peakRatio(logins, problem.loginLimit),
    unplacedCount,
  };
}

function peakRatio(load: Float64Array, limit: Float64Array): number {
  let peak = 0;
  for (let cell = 0; cell < load.length; cell++) {
    if (limit[cell]! > 0) peak = Math.max(peak, load[cell]! / limit[cell]!);
  }
  return Math.round(peak * 1e6) / 1e6;
}

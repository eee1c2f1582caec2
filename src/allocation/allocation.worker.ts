import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '../common/domain-error';
import { allocate } from '../kernel/allocation/allocate';
import { peakBoundFromPrices } from '../kernel/allocation/check-bound';
import { checkPlan } from '../kernel/allocation/check-plan';
import { AllocationProblemInvalid } from '../kernel/allocation/check-problem';
import { AllocationCancelled, type AllocationProgress } from '../kernel/allocation/problem';
import type { Progress } from '../common/progress';
import { planDraftOf } from '../load/plan-draft-of';
import type { PlanDraft } from '../plan/plan-draft';
import { type AllocationMessage, type AllocationTask, columnsOf } from './allocation-message';
import {
  AllocationBoundRefusedError,
  AllocationProblemRefusedError,
  AllocationRefusedError,
} from './allocation.errors';

/** The checker derives the bound from prices in whole numbers; the solver's own differs by their rounding only. */
const BOUND_TOLERANCE_RATIO = 1e-5;

const port = parentPort!;
const { assembled, seed, cancelled } = workerData as AllocationTask;
const say = (message: AllocationMessage, columns: ArrayBuffer[] = []): void => port.postMessage(message, columns);

function progressOf({ phase, doneCount, totalCount, lowerBound, objective }: AllocationProgress): Progress {
  const figures = {
    ...(lowerBound === undefined ? {} : { lowerBound }),
    ...(objective === undefined ? {} : { objective }),
    ...(lowerBound && objective !== undefined ? { gapRatio: (objective - lowerBound) / lowerBound } : {}),
  };
  return { phase, doneCount, totalCount, ...(Object.keys(figures).length > 0 ? { figures } : {}) };
}

/** Solves, then lets those check who share no code with the solver. */
function solve(): PlanDraft {
  const { problem } = assembled;
  const allocation = allocate(problem, {
    seed,
    isCancelled: () => Atomics.load(cancelled, 0) === 1,
    onProgress: (progress) => say({ type: 'progress', progress: progressOf(progress) }),
  });
  say({ type: 'progress', progress: { phase: 'check', doneCount: 0, totalCount: problem.demandCount } });
  const check = checkPlan(problem, allocation.starts);
  if (check.violationCount > 0) throw new AllocationRefusedError(check.violationCountByLaw, check.violations);
  const derivedRatio = peakBoundFromPrices(problem, allocation.peakPrices);
  if (!(derivedRatio >= allocation.peakLowerBoundRatio - BOUND_TOLERANCE_RATIO))
    throw new AllocationBoundRefusedError(allocation.peakLowerBoundRatio, derivedRatio);
  return planDraftOf(assembled, { ...allocation, peakLowerBoundRatio: derivedRatio }, check, seed);
}

try {
  const draft = solve();
  say({ type: 'draft', draft }, columnsOf(draft));
} catch (error) {
  if (error instanceof AllocationCancelled) say({ type: 'cancelled' });
  else {
    const refusal =
      error instanceof AllocationProblemInvalid ? new AllocationProblemRefusedError(error.message) : error;
    if (!(refusal instanceof DomainError)) throw error;
    const { code, kind, message, facts } = refusal;
    say({ type: 'refused', code, kind, message, facts });
  }
}

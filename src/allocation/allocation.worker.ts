import { availableParallelism } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { DomainError } from '../common/domain-error';
import { checkPlan } from '../kernel/allocation/check-plan';
import { extraCapacity } from '../kernel/allocation/extra-capacity';
import { AllocationProblemInvalid } from '../kernel/allocation/check-problem';
import { type Allocation, AllocationCancelled, type AllocationProgress } from '../kernel/allocation/problem';
import type { Progress } from '../common/progress';
import type { AssembledProblem } from '../load/assembled-problem';
import { withoutLimits } from '../load/memory-limits';
import { missingCapacityOf } from '../load/missing-capacity-of';
import { planDraftOf } from '../load/plan-draft-of';
import type { MissingCapacity } from '../plan/missing-capacity';
import type { PlanDraft } from '../plan/plan-draft';
import { type AllocationMessage, type AllocationTask, columnsOf } from './allocation-message';
import { proofOf } from './allocation-proof';
import { allocateOnThreads } from './allocation-threads';
import { replannedDraft } from './replanned-draft';
import { AllocationProblemRefusedError, AllocationRefusedError } from './allocation.errors';

/** Days are planned side by side; a week has five, and each thread holds one day in memory. */
const MOST_THREADS = 4;

const port = parentPort!;
const { assembled, seed, cancelled, replan } = workerData as AllocationTask;
const say = (message: AllocationMessage, columns: ArrayBuffer[] = []): void => port.postMessage(message, columns);

function progressOf({ phase, doneCount, totalCount, ...figures }: AllocationProgress): Progress {
  return { phase, doneCount, totalCount, ...(Object.keys(figures).length > 0 ? { figures } : {}) };
}

const isCancelled = (): boolean => Atomics.load(cancelled, 0) === 1;
const onProgress = (progress: AllocationProgress): void => say({ type: 'progress', progress: progressOf(progress) });

/** Solves, then lets those check who share no code with the solver. */
async function solve(): Promise<PlanDraft> {
  const { posed, allocation } = await allocatedWithMemory();
  const { problem } = posed;
  say({ type: 'progress', progress: { phase: 'check', doneCount: 0, totalCount: problem.demandCount } });
  const check = checkPlan(problem, allocation.starts);
  if (check.violationCount > 0) throw new AllocationRefusedError(check.violationCountByLaw, check.violations);
  const draft = planDraftOf(posed, allocation, check, proofOf(posed, allocation, seed), seed);
  if (draft.unplaced.length > 0) draft.evidence.missingCapacity = missingOf(posed, allocation.starts);
  return draft;
}

function missingOf(posed: AssembledProblem, starts: Int32Array): MissingCapacity {
  const onPart = (doneCount: number, totalCount: number): void =>
    say({ type: 'progress', progress: { phase: 'extra', doneCount, totalCount } });
  return missingCapacityOf(posed, extraCapacity(posed.problem, starts, { seed, isCancelled, onPart }));
}

/** A complete plan comes before the limits of memory: they give way to it, first those of classes left out, then all. */
async function allocatedWithMemory(): Promise<{ posed: AssembledProblem; allocation: Allocation }> {
  const options = { seed, workerCount: Math.min(availableParallelism(), MOST_THREADS), isCancelled, onProgress };
  let best = { posed: assembled, allocation: await allocateOnThreads(assembled.problem, options) };
  for (const lift of [(demand: number) => best.allocation.starts[demand]! < 0, undefined]) {
    const leftOut = countUnplaced(best.allocation);
    if (leftOut === 0) break;
    const posed = withoutLimits(best.posed, lift);
    if (posed === best.posed) continue;
    const allocation = await allocateOnThreads(posed.problem, options);
    if (countUnplaced(allocation) < leftOut) best = { posed, allocation };
  }
  return best;
}

const countUnplaced = ({ starts }: Allocation): number =>
  starts.reduce((count, start) => (start < 0 ? count + 1 : count), 0);

Promise.resolve()
  .then(() => (replan ? replannedDraft(assembled, replan, seed, { isCancelled, onProgress }) : solve()))
  .then(
    (draft) => say({ type: 'draft', draft }, columnsOf(draft)),
    (error: unknown) => refuse(error),
  );

/** What is expected is told as a message; anything else ends the thread with its error. */
function refuse(error: unknown): void {
  if (error instanceof AllocationCancelled) say({ type: 'cancelled' });
  else {
    const refusal =
      error instanceof AllocationProblemInvalid ? new AllocationProblemRefusedError(error.message) : error;
    if (!(refusal instanceof DomainError)) throw error;
    const { code, kind, message, facts } = refusal;
    say({ type: 'refused', code, kind, message, facts });
  }
}

import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DomainError } from '../common/domain-error';
import type { OnProgress } from '../common/progress';
import type { AssembledProblem } from '../load/assembled-problem';
import type { PlanDraft } from '../plan/plan-draft';
import { type AllocationMessage, type AllocationTask, columnsOf, type ReplanRequest } from './allocation-message';

/** A solver that has not seen the flag by then is stopped by force. */
const CANCEL_GRACE_MILLISECONDS = 300;

/**
 * Solves, checks and drafts in a thread of its own, so that this one goes on serving. The columns of `assembled` move
 * there: the caller may not use them any more. Rejects with the signal's reason soon after it ends, with a DomainError
 * where the problem or the plan is refused.
 */
export async function solveInThread(
  assembled: AssembledProblem,
  seed: number,
  onProgress: OnProgress,
  signal: AbortSignal,
  replan?: ReplanRequest,
): Promise<PlanDraft> {
  signal.throwIfAborted();
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const task: AllocationTask = { assembled, seed, cancelled, ...(replan ? { replan } : {}) };
  // the same extension as this file: compiled beside compiled, source beside source
  const worker = new Worker(join(__dirname, `allocation.worker${extname(__filename)}`), {
    workerData: task,
    transferList: columnsOf(assembled),
    env: process.env,
  });
  let force: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    Atomics.store(cancelled, 0, 1);
    force = setTimeout(() => void worker.terminate(), CANCEL_GRACE_MILLISECONDS);
  };
  signal.addEventListener('abort', cancel);
  try {
    return await draftOf(worker, onProgress, signal);
  } finally {
    signal.removeEventListener('abort', cancel);
    clearTimeout(force);
    await worker.terminate();
  }
}

function draftOf(worker: Worker, onProgress: OnProgress, signal: AbortSignal): Promise<PlanDraft> {
  return new Promise((resolve, reject) => {
    worker.on('message', (message: AllocationMessage) => {
      if (message.type === 'draft') resolve(message.draft);
      else if (message.type === 'refused')
        reject(new DomainError(message.code, message.kind, message.message, message.facts));
      else if (message.type === 'progress') {
        try {
          onProgress(message.progress);
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
      }
    });
    worker.on('error', reject);
    worker.on('exit', (code) => {
      reject(signal.aborted ? (signal.reason as Error) : new Error(`the allocation thread ended with code ${code}`));
    });
  });
}

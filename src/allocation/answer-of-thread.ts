import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { columnsOf } from './allocation-message';
import type { LeftOutCounts } from './left-out.rules';

/**
 * The certified least capacity of a problem, as a multiple of its limits, in a thread of its own: this one goes on serving. The columns
 * move there: the caller may not use them any more. Rejects with the signal's reason when it ends.
 */
export const leastCapacityInThread = (problem: AllocationProblem, signal: AbortSignal): Promise<number> =>
  answerOfThread<number>('least-capacity.worker', problem, signal);

/** Whom no capacity would give a place, likewise. */
export const leftOutInThread = (problem: AllocationProblem, signal: AbortSignal): Promise<LeftOutCounts> =>
  answerOfThread<LeftOutCounts>('left-out.worker', problem, signal);

async function answerOfThread<T>(file: string, problem: AllocationProblem, signal: AbortSignal): Promise<T> {
  const worker = new Worker(join(__dirname, `${file}${extname(__filename)}`), {
    workerData: problem,
    transferList: columnsOf(problem),
    env: process.env,
  });
  try {
    const [answer] = (await once(worker, 'message', { signal })) as [T];
    return answer;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}

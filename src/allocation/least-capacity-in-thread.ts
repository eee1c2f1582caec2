import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { columnsOf } from './allocation-message';

/**
 * The certified least capacity of a problem, as a multiple of its limits, in a thread of its own: this one goes on serving. The columns
 * move there: the caller may not use them any more. Rejects with the signal's reason when it ends.
 */
export async function leastCapacityInThread(problem: AllocationProblem, signal: AbortSignal): Promise<number> {
  const worker = new Worker(join(__dirname, `least-capacity.worker${extname(__filename)}`), {
    workerData: problem,
    transferList: columnsOf(problem),
    env: process.env,
  });
  try {
    const [ratio] = (await once(worker, 'message', { signal })) as [number];
    return ratio;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await worker.terminate();
  }
}

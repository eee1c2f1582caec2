import { once } from 'node:events';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { AllocationProblem } from '../kernel/allocation/problem';
import { columnsOf } from './allocation-message';
import type { LeftOutCounts } from './left-out.rules';

/** Asks a thread about a problem, whose columns move there: the caller may not use them any more. Rejects with the signal's reason when it ends. */
export type AskThread<T> = (problem: AllocationProblem) => Promise<T>;

/** Lets somebody ask for the certified least capacity of problems, as a multiple of their limits, one after the other. */
export const askingLeastCapacity = <R>(signal: AbortSignal, work: (ask: AskThread<number>) => Promise<R>): Promise<R> =>
  askingThread('least-capacity.worker', signal, work);

/** Lets somebody ask whom no capacity would give a place, likewise. */
export const askingLeftOut = <R>(
  signal: AbortSignal,
  work: (ask: AskThread<LeftOutCounts>) => Promise<R>,
): Promise<R> => askingThread('left-out.worker', signal, work);

/** One thread for all questions, for it compiles its code once; this one goes on serving. */
async function askingThread<T, R>(
  file: string,
  signal: AbortSignal,
  work: (ask: AskThread<T>) => Promise<R>,
): Promise<R> {
  signal.throwIfAborted();
  const worker = new Worker(join(__dirname, `${file}${extname(__filename)}`), { env: process.env });
  // whatever ends the thread is told to whoever asks then
  const broken = new AbortController();
  worker.on('error', (error) => broken.abort(error));
  const ended = AbortSignal.any([signal, broken.signal]);
  const ask = async (problem: AllocationProblem): Promise<T> => {
    ended.throwIfAborted();
    worker.postMessage(problem, columnsOf(problem));
    try {
      const [answer] = (await once(worker, 'message', { signal: ended })) as [T];
      return answer;
    } catch (error) {
      ended.throwIfAborted();
      throw error;
    }
  };
  try {
    return await work(ask);
  } finally {
    await worker.terminate();
  }
}

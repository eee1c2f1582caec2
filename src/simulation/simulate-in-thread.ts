import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { StormProblem } from '../kernel/simulation/storm-problem';
import type { SimulatedVariant } from './simulated-variant';

/**
 * Simulates days one after the other in a thread of its own, so that this one goes on serving. Rejects with the signal's reason
 * when it ends, and with what `onDone` throws. @throws StormProblemInvalid
 */
export async function simulateInThread(
  problems: readonly StormProblem[],
  seed: number,
  onDone: (doneCount: number) => void = () => undefined,
  signal?: AbortSignal,
): Promise<SimulatedVariant[]> {
  signal?.throwIfAborted();
  // the same extension as this file: compiled beside compiled, source beside source
  const worker = new Worker(join(__dirname, `storm.worker${extname(__filename)}`), {
    workerData: { problems, seed },
    env: process.env,
  });
  try {
    return await new Promise((resolve, reject) => {
      const variants: SimulatedVariant[] = [];
      const stop = (): void => reject(signal!.reason as Error);
      signal?.addEventListener('abort', stop, { once: true });
      worker.on('message', (variant: SimulatedVariant) => {
        try {
          onDone(variants.push(variant));
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)));
        }
        if (variants.length === problems.length) resolve(variants);
      });
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the simulation thread ended with code ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}

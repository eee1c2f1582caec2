import type { ModelData } from 'highs';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';

export interface HighsTask {
  model: ModelData;
  timeLimitSeconds: number;
}

export interface HighsAnswer {
  wallSeconds: number;
  /** Processor seconds of this process meanwhile: on a busy machine they say more. */
  cpuSeconds: number;
  isOptimal: boolean;
  /** Null where it found no solution in its time. */
  objective: number | null;
  /** What no solution can go below; null where it proved nothing. */
  bound: number | null;
  value: Float64Array | null;
}

/** Solves a model in a thread of its own, which goes away with its memory. */
export async function solveWithHighs(task: HighsTask): Promise<HighsAnswer> {
  const worker = new Worker(join(__dirname, `highs.worker${extname(__filename)}`), {
    workerData: task,
    env: process.env,
  });
  try {
    return await new Promise<HighsAnswer>((resolve, reject) => {
      worker.on('message', resolve);
      worker.on('error', reject);
      worker.on('exit', (code) => reject(new Error(`the HiGHS thread ended with code ${code}`)));
    });
  } finally {
    await worker.terminate();
  }
}

import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { allocationRun, type TaskBatch } from '../kernel/allocation/allocate';
import type { PartAnswer, PartTask } from '../kernel/allocation/part-tasks';
import { partProblem } from '../kernel/allocation/parts';
import type { PartFigures } from '../kernel/allocation/place';
import {
  type Allocation,
  AllocationCancelled,
  type AllocationOptions,
  type AllocationProblem,
  type AllocationProgress,
} from '../kernel/allocation/problem';
import { progressOfPlan, type RunProgress, runProgress } from '../kernel/allocation/run-progress';

export interface PartRequest {
  problem: AllocationProblem;
  task: PartTask;
}

export type PartReply =
  | { type: 'phase'; phase: AllocationProgress['phase']; share: number; figures: PartFigures | undefined }
  | { type: 'answer'; answer: PartAnswer }
  | { type: 'cancelled' }
  | { type: 'failed'; message: string };

/** How often a waiting caller is asked whether it still wants the plan. */
const CANCEL_MILLISECONDS = 100;

/** Columns live outside of a thread's heap: the usual 48 MB for young objects would only be filled before they are looked through. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 6 };

/**
 * `allocate` on `workerCount` threads: the parts of the problem (days that share no cell) are planned side by side. The plan is the
 * same, to the byte, as that of `allocate`, whatever the number of threads. Parts are sent as they are begun, largest first, so that
 * only as many stand in memory as there are threads.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled
 */
export async function allocateOnThreads(
  problem: AllocationProblem,
  options: AllocationOptions & { workerCount: number },
): Promise<Allocation> {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const file = join(__dirname, `allocation-part.worker${extname(__filename)}`);
  const workers: Worker[] = [];
  try {
    for (let k = 0; k < options.workerCount; k++) {
      workers.push(new Worker(file, { workerData: cancelled, env: process.env, resourceLimits: THREAD_LIMITS }));
    }
    const run = allocationRun(problem, options.seed, options.smallBelow);
    let step = run.next();
    let progress: RunProgress | undefined;
    while (!step.done) {
      progress ??= runProgress(step.value.parts, options.onProgress ?? (() => undefined));
      step = run.next(await doBatch(problem, step.value, workers, cancelled, progress, options));
    }
    options.onProgress?.(progressOfPlan(step.value));
    return step.value;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

async function doBatch(
  problem: AllocationProblem,
  { parts, wanted }: TaskBatch,
  workers: readonly Worker[],
  cancelled: Int32Array,
  progress: RunProgress,
  options: AllocationOptions,
): Promise<PartAnswer[]> {
  const answers: PartAnswer[] = [];
  const sizeOf = (k: number) => parts[wanted[k]!.part]!.demand.length;
  const queue = Array.from(wanted.keys()).sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  progress.begin(wanted);
  const watch = setInterval(() => {
    if (options.isCancelled?.()) Atomics.store(cancelled, 0, 1);
  }, CANCEL_MILLISECONDS);
  const serve = async (worker: Worker): Promise<void> => {
    for (let k = queue.shift(); k !== undefined; k = queue.shift()) {
      const at = k;
      const request: PartRequest = { problem: partProblem(problem, parts[wanted[at]!.part]!), task: wanted[at]! };
      const answer = await ask(worker, request, (phase, share, figures) => {
        if (options.isCancelled?.()) Atomics.store(cancelled, 0, 1);
        progress.hear(at, phase, share, figures);
      });
      progress.end(at, answer);
      answers[at] = answer;
    }
  };
  try {
    await Promise.all(workers.map(serve));
  } finally {
    clearInterval(watch);
  }
  return answers;
}

function ask(
  worker: Worker,
  request: PartRequest,
  onPhase: (phase: AllocationProgress['phase'], share: number, figures: PartFigures | undefined) => void,
): Promise<PartAnswer> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      worker.off('message', hear);
      worker.off('error', fail);
      worker.off('exit', end);
      done();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const end = (code: number) => settle(() => reject(new Error(`an allocation thread ended with code ${code}`)));
    const hear = (reply: PartReply) => {
      try {
        if (reply.type === 'phase') onPhase(reply.phase, reply.share, reply.figures);
        else if (reply.type === 'answer') settle(() => resolve(reply.answer));
        else if (reply.type === 'cancelled') fail(new AllocationCancelled());
        else fail(new Error(reply.message));
      } catch (error) {
        fail(error instanceof Error ? error : new Error(String(error)));
      }
    };
    worker.on('message', hear);
    worker.on('error', fail);
    worker.on('exit', end);
    worker.postMessage(request, transferable(request));
  });
}

/** The columns that belong to the part alone; those that it shares with the whole problem are copied. */
function transferable({ problem }: PartRequest): ArrayBuffer[] {
  const { profileOffset, profileSessionsPerMille, profileLoginsPerMille, occurrenceOffset, occurrenceShift } = problem;
  const shared = new Set<ArrayBufferLike>(
    [profileOffset, profileSessionsPerMille, profileLoginsPerMille, occurrenceOffset, occurrenceShift].map(
      (c) => c.buffer,
    ),
  );
  const buffers = Object.values(problem).flatMap((column: unknown) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer && !shared.has(column.buffer)
      ? [column.buffer]
      : [],
  );
  return [...new Set(buffers)];
}

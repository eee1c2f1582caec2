import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { allocationRun, type TaskBatch } from '../kernel/allocation/allocate';
import type { PartAnswer, PartTask } from '../kernel/allocation/part-tasks';
import type { Part } from '../kernel/allocation/parts';
import type { PartFigures } from '../kernel/allocation/place';
import {
  type Allocation,
  AllocationCancelled,
  type AllocationOptions,
  type AllocationProblem,
  type AllocationProgress,
} from '../kernel/allocation/problem';
import { progressOfPlan, type RunProgress, runProgress } from '../kernel/allocation/run-progress';

/** What a thread knows from its first day: the problem, whose columns all threads read in one place, and whether anybody still waits. */
export interface ThreadOutset {
  problem: AllocationProblem;
  cancelled: Int32Array;
}

export interface PartRequest {
  part: Part;
  task: PartTask;
}

export type PartReply =
  | { type: 'phase'; phase: AllocationProgress['phase']; share: number; figures: PartFigures | undefined }
  | { type: 'answer'; answer: PartAnswer }
  | { type: 'cancelled' }
  | { type: 'failed'; message: string };

/** How often a waiting caller is asked whether it still wants the plan. */
const CANCEL_MILLISECONDS = 100;

/**
 * A thread that has planned so many demands makes room for a fresh one: what it leaves behind, a hundred megabytes and more, would otherwise
 * stay until its collector happens to come by. Below, warming up anew costs more than the memory is worth.
 */
const FRESH_THREAD_DEMANDS = 400_000;

/** Columns live outside of a thread's heap: the usual 48 MB for young objects would only be filled before they are looked through. */
const THREAD_LIMITS = { maxYoungGenerationSizeMb: 6 };

/**
 * `allocate` on `workerCount` threads: the parts of the problem (days that share no cell) are planned side by side. The plan is the
 * same, to the byte, as that of `allocate`, whatever the number of threads. The columns of the problem stand once, in shared buffers; a
 * thread takes the rows of a part when it begins with it, largest parts first, so that only as many parts stand in memory as there are
 * threads, and hands its answer over without a copy. A problem whose columns are shared already is read where it is.
 *
 * @throws AllocationProblemInvalid, AllocationCancelled
 */
export async function allocateOnThreads(
  problem: AllocationProblem,
  options: AllocationOptions & { workerCount: number },
): Promise<Allocation> {
  const cancelled = new Int32Array(new SharedArrayBuffer(4));
  const outset: ThreadOutset = { problem: onSharedBuffers(problem), cancelled };
  const workers: Worker[] = [];
  try {
    for (let k = 0; k < options.workerCount; k++) workers.push(newThread(outset));
    const run = allocationRun(problem, options.seed, options.smallBelow);
    let step = run.next();
    let progress: RunProgress | undefined;
    while (!step.done) {
      progress ??= runProgress(step.value.parts, options.onProgress ?? (() => undefined));
      step = run.next(await doBatch(step.value, workers, outset, progress, options));
    }
    options.onProgress?.(progressOfPlan(step.value));
    return step.value;
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

function newThread(outset: ThreadOutset): Worker {
  const file = join(__dirname, `allocation-part.worker${extname(__filename)}`);
  return new Worker(file, { workerData: outset, env: process.env, resourceLimits: THREAD_LIMITS });
}

async function doBatch(
  { parts, wanted }: TaskBatch,
  workers: Worker[],
  outset: ThreadOutset,
  progress: RunProgress,
  options: AllocationOptions,
): Promise<PartAnswer[]> {
  const { cancelled } = outset;
  const answers: PartAnswer[] = [];
  const sizeOf = (k: number) => parts[wanted[k]!.part]!.demand.length;
  const queue = Array.from(wanted.keys()).sort((a, b) => sizeOf(b) - sizeOf(a) || a - b);
  progress.begin(wanted);
  const watch = setInterval(() => {
    if (options.isCancelled?.()) Atomics.store(cancelled, 0, 1);
  }, CANCEL_MILLISECONDS);
  const serve = async (thread: number): Promise<void> => {
    for (let k = queue.shift(); k !== undefined; k = queue.shift()) {
      const at = k;
      const request: PartRequest = { part: parts[wanted[at]!.part]!, task: wanted[at]! };
      const answer = await ask(workers[thread]!, request, (phase, share, figures) => {
        if (options.isCancelled?.()) Atomics.store(cancelled, 0, 1);
        progress.hear(at, phase, share, figures);
      });
      progress.end(at, answer);
      answers[at] = answer;
      if (sizeOf(at) >= FRESH_THREAD_DEMANDS) {
        await workers[thread]!.terminate();
        workers[thread] = newThread(outset);
      }
    }
  };
  try {
    await Promise.all(workers.map((_, thread) => serve(thread)));
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
    worker.postMessage(request);
  });
}

/** The problem with every column in a buffer that threads can share; those that are there already are left. */
export function onSharedBuffers(problem: AllocationProblem): AllocationProblem {
  const shared: Record<string, unknown> = { ...problem };
  for (const [name, column] of Object.entries(problem) as [string, unknown][]) {
    if (!isColumn(column) || column.buffer instanceof SharedArrayBuffer) continue;
    const make = column.constructor as new (buffer: SharedArrayBuffer) => Column;
    const copy = new make(new SharedArrayBuffer(column.byteLength));
    copy.set(column);
    shared[name] = copy;
  }
  return shared as unknown as AllocationProblem;
}

type Column = Int32Array | Uint16Array | Float32Array | Float64Array;
const isColumn = (of: unknown): of is Column => ArrayBuffer.isView(of) && !(of instanceof DataView);

/** The buffers of an answer: its thread needs them no more. */
export function buffersOf(answer: PartAnswer): ArrayBuffer[] {
  const local: object = answer.kind === 'solve' ? answer.local : {};
  const columns: unknown[] = [answer, local].flatMap((of) => Object.values(of) as unknown[]);
  const buffers = columns.flatMap((column) =>
    ArrayBuffer.isView(column) && column.buffer instanceof ArrayBuffer ? [column.buffer] : [],
  );
  return [...new Set(buffers)];
}

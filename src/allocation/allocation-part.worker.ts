import { parentPort, workerData } from 'node:worker_threads';
import { performTask } from '../kernel/allocation/part-tasks';
import { AllocationCancelled } from '../kernel/allocation/problem';
import type { PartReply, PartRequest } from './allocation-threads';

const port = parentPort!;
const cancelled = workerData as Int32Array;
const say = (reply: PartReply): void => port.postMessage(reply);

port.on('message', ({ problem, task }: PartRequest) => {
  try {
    const answer = performTask(problem, task, {
      isCancelled: () => Atomics.load(cancelled, 0) === 1,
      onPhase: (phase, share, figures) => say({ type: 'phase', phase, share, figures }),
    });
    say({ type: 'answer', answer });
  } catch (error) {
    if (error instanceof AllocationCancelled) say({ type: 'cancelled' });
    else say({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

import { parentPort, workerData } from 'node:worker_threads';
import { performTask } from '../kernel/allocation/part-tasks';
import { partProblem } from '../kernel/allocation/parts';
import { AllocationCancelled } from '../kernel/allocation/problem';
import { buffersOf, type PartReply, type PartRequest, type ThreadOutset } from './allocation-threads';

const port = parentPort!;
const { problem, cancelled } = workerData as ThreadOutset;
const say = (reply: PartReply, given: ArrayBuffer[] = []): void => port.postMessage(reply, given);

port.on('message', ({ part, task }: PartRequest) => {
  try {
    const answer = performTask(partProblem(problem, part), task, {
      isCancelled: () => Atomics.load(cancelled, 0) === 1,
      onPhase: (phase, share, figures) => say({ type: 'phase', phase, share, figures }),
    });
    say({ type: 'answer', answer }, buffersOf(answer));
  } catch (error) {
    if (error instanceof AllocationCancelled) say({ type: 'cancelled' });
    else say({ type: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
});

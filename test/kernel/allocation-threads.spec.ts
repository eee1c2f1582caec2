import { allocateOnThreads } from '../../src/allocation/allocation-threads';
import { allocate } from '../../src/kernel/allocation/allocate';
import { AllocationCancelled } from '../../src/kernel/allocation/problem';
import { tinyProblem } from './tiny-problem';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const problem = tinyProblem({
  cellCount: 400,
  logins: 4,
  demands: range(0, 120).map((k) => {
    const day = k % 4;
    return {
      day,
      wish: 100 * day + 20,
      candidates: range(100 * day + 5, 100 * day + 60),
      classId: k,
      visitors: 1 + (k % 3),
    };
  }),
});

describe('allocateOnThreads', () => {
  it('gives the bytes of one thread on any number of them', async () => {
    const alone = allocate(problem, { seed: 5 });
    expect(alone.parts).toHaveLength(4);
    for (const workerCount of [1, 2, 3]) {
      expect(await allocateOnThreads(problem, { seed: 5, workerCount })).toEqual(alone);
    }
  });

  it('stops when it is cancelled', async () => {
    const run = allocateOnThreads(problem, { seed: 5, workerCount: 2, isCancelled: () => true });
    await expect(run).rejects.toThrow(AllocationCancelled);
  });
});

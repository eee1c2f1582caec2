import { allocateOnThreads, onSharedBuffers } from '../../src/allocation/allocation-threads';
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

  it('reads the columns of a shared problem where they are, and leaves those of the caller alone', async () => {
    const shared = onSharedBuffers(problem);
    expect(shared).toEqual(problem);
    expect(shared.demandWish.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(onSharedBuffers(shared).demandWish).toBe(shared.demandWish);
    const before = structuredClone(problem);
    const plan = await allocateOnThreads(problem, { seed: 5, workerCount: 2 });
    expect(problem).toEqual(before);
    expect(await allocateOnThreads(shared, { seed: 5, workerCount: 1 })).toEqual(plan);
  });

  it('stops when it is cancelled', async () => {
    const run = allocateOnThreads(problem, { seed: 5, workerCount: 2, isCancelled: () => true });
    await expect(run).rejects.toThrow(AllocationCancelled);
  });
});

import type { Progress } from '../common/progress';
import { ProgressWriter } from './job-progress';

const at = (doneCount: number): Progress => ({ phase: 'place', doneCount, totalCount: 100 });

describe('the progress of a job', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is written at once, then at most twice a second, the latest last', async () => {
    const written: number[] = [];
    const writer = new ProgressWriter((progress) => Promise.resolve(void written.push(progress.doneCount)));
    for (let count = 1; count <= 50; count++) writer.note(at(count));
    await jest.advanceTimersByTimeAsync(0);
    expect(written).toEqual([1]);
    await jest.advanceTimersByTimeAsync(500);
    expect(written).toEqual([1, 50]);
    await jest.advanceTimersByTimeAsync(5000);
    expect(written).toEqual([1, 50]);
    await writer.end();
  });

  it('is written to the last word when it ends, after the write under way, and not any more from then on', async () => {
    const written: number[] = [];
    const finish: (() => void)[] = [];
    const writer = new ProgressWriter(async (progress) => {
      await new Promise<void>((resolve) => finish.push(resolve));
      written.push(progress.doneCount);
    });
    writer.note(at(1));
    await jest.advanceTimersByTimeAsync(0);
    writer.note(at(2));
    let hasEnded = false;
    const ended = writer.end().then(() => (hasEnded = true));
    finish.shift()!();
    await jest.advanceTimersByTimeAsync(0);
    expect([written, hasEnded]).toEqual([[1], false]);
    finish.shift()!();
    await ended;
    writer.note(at(3));
    await writer.end();
    await jest.advanceTimersByTimeAsync(5000);
    expect([written, finish.length]).toEqual([[1, 2], 0]);
  });
});

import { jobEvents } from './job-events';
import type { JobRun, JobState } from './job-run';

const job = (state: JobState, doneCount: number): JobRun => ({
  id: 1,
  kind: 'allocation',
  campaignId: 2,
  state,
  parameters: {},
  progress: { phase: 'place', doneCount, totalCount: 9 },
  planId: null,
  error: null,
  attemptCount: 1,
  isCancelRequested: false,
  requestedBy: 'test',
  createdAt: new Date('2026-11-23T15:00:00Z'),
  startedAt: null,
  endedAt: null,
});

async function blocksOf(...states: JobRun[]): Promise<string[]> {
  async function* all(): AsyncGenerator<JobRun> {
    yield* await Promise.resolve(states);
  }
  const blocks: string[] = [];
  for await (const block of jobEvents(all())) blocks.push(block);
  return blocks;
}

describe('the events of a job', () => {
  it('tell where to come back to, then the whole state at each change, under the name of how it ended', async () => {
    const [retry, first, second, last, ...more] = await blocksOf(
      job('running', 1),
      job('running', 5),
      job('failed', 5),
    );
    expect(retry).toBe('retry: 2000\n\n');
    expect(first).toMatch(/^event: progress\ndata: \{.*"doneCount":1.*\}\n\n$/);
    expect(second).toMatch(/^event: progress\ndata: \{.*"doneCount":5.*\}\n\n$/);
    expect(last).toMatch(/^event: failed\ndata: \{.*"state":"failed".*\}\n\n$/);
    expect(more).toEqual([]);
  });

  it('are a comment, which keeps the connection open, where nothing has changed', async () => {
    const blocks = await blocksOf(job('running', 1), job('running', 1));
    expect(blocks.at(-1)).toBe(': unchanged\n\n');
  });
});

import { JobDto } from './job.dto';
import { hasEnded, type JobRun } from './job-run';

/** Where the stream breaks the browser asks again this soon; the first event it then gets is the present state. */
const RETRY_MILLISECONDS = 2000;

/**
 * The states of a job as server-sent events: `progress` while it goes on, then one of `done`, `failed`, `cancelled`.
 * Every event carries the whole state, so that nothing is lost by missing one; an unchanged state is a comment, which
 * only keeps the connection open.
 */
export async function* jobEvents(states: AsyncIterable<JobRun>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MILLISECONDS}\n\n`;
  let last = '';
  for await (const job of states) {
    const text = JSON.stringify(JobDto.of(job));
    if (text === last) yield ': unchanged\n\n';
    else yield `event: ${hasEnded(job) ? job.state : 'progress'}\ndata: ${text}\n\n`;
    last = text;
  }
}

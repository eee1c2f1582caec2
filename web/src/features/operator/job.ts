import { useEffect, useState } from 'react';
import type { Schema } from '../../shared/api';

type Job = Schema<'JobDto'>;

/** A job as it goes on, by server-sent events; `onEnd` hears once that it has ended. */
export function useJob(job: Job, onEnd: () => void): Job {
  const [live, setLive] = useState(job);
  useEffect(() => {
    const source = new EventSource(`/v1/jobs/${job.id}/events`);
    const read = ({ data }: MessageEvent<string>) => setLive(JSON.parse(data) as Job);
    const end = (event: MessageEvent<string>) => {
      read(event);
      source.close();
      onEnd();
    };
    source.addEventListener('progress', read);
    for (const state of ['done', 'failed', 'cancelled']) source.addEventListener(state, end);
    return () => source.close();
    // one stream for a job, whatever the function is called
  }, [job.id]);
  return live;
}

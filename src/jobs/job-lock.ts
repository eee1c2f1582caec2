import { Client } from 'pg';
import { ADVISORY_LOCK } from '../common/database';

export interface JobLock {
  release(): Promise<void>;
}

/**
 * Takes the session's advisory lock of a job on a connection of its own, or nothing where a living process holds it.
 *
 * The lock is what says that a job is being worked on: PostgreSQL frees it the moment that the session ends, whatever ended
 * the process. (The queue's own locks only expire after four hours, a heartbeat column needs a clock to be trusted and
 * a time to be waited for.) The keepalives bound the wait for a machine that vanished without closing its connection.
 * `onLost` is called when the connection breaks: the lock is gone and another process may have the job.
 */
export async function takeJobLock(
  databaseUrl: string,
  jobId: number,
  onLost: () => void,
): Promise<JobLock | undefined> {
  const client = new Client({ connectionString: databaseUrl, keepAlive: true, application_name: 'etale job lock' });
  client.on('error', onLost);
  await client.connect();
  let isOurs = false;
  try {
    await client.query('set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3');
    const answer = await client.query<{ is_ours: boolean }>('select pg_try_advisory_lock($1, $2) as is_ours', [
      ADVISORY_LOCK.job,
      jobId,
    ]);
    isOurs = answer.rows[0]!.is_ours;
    return isOurs ? { release: () => client.end() } : undefined;
  } finally {
    if (!isOurs) await client.end();
  }
}

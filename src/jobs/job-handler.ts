import type { EntityManager } from 'typeorm';
import type { OnProgress } from '../common/progress';
import type { JobRun } from './job-run';

/** What a job is given to work with. */
export interface JobContext {
  /** Ends when the job is cancelled or this process must let go of it. */
  readonly signal: AbortSignal;
  /** Keeps the progress; throws the signal's reason once it has ended, which ends work that only reports. */
  readonly onProgress: OnProgress;
  /** Marks the job done in the transaction that writes its result, so that a killed process leaves both or neither. */
  readonly complete: (tx: EntityManager, planId?: number) => Promise<void>;
}

/** Work of the service itself, once at each time of its schedule by whichever process is free; a failure is tried again. */
export interface NightlyTask {
  readonly kind: string;
  /** Crontab fields in UTC: minute, hour, day, month, weekday. */
  readonly schedule: string;
  run(): Promise<void>;
}

/** Does the jobs of one kind. Started again from the beginning after a crash: what it writes must come with `complete`. */
export interface JobHandler {
  readonly kind: string;
  run(job: JobRun, context: JobContext): Promise<void>;
}

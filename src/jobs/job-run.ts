import type { Progress } from '../common/progress';

export const JOB_STATES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** Why a job failed: what a DomainError says, or `internal`. */
export interface JobFailure {
  code: string;
  message: string;
  facts: Readonly<Record<string, unknown>>;
}

/** A long work that outlives the process that does it. */
export interface JobRun {
  id: number;
  kind: string;
  campaignId: number | null;
  state: JobState;
  parameters: Readonly<Record<string, unknown>>;
  progress: Progress;
  planId: number | null;
  error: JobFailure | null;
  /** Starts that were not given back: above 1 a process was lost on the way. */
  attemptCount: number;
  isCancelRequested: boolean;
  requestedBy: string;
  createdAt: Date;
  startedAt: Date | null;
  endedAt: Date | null;
}

export const hasEnded = (job: JobRun): boolean => job.state !== 'queued' && job.state !== 'running';

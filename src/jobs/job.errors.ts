import { DomainError } from '../common/domain-error';

export class JobAlreadyEndedError extends DomainError {
  constructor(jobId: number, state: string) {
    super('job.already_ended', 'conflict', `Job ${jobId} has already ended (${state}).`, { jobId, state });
  }
}

/** Somebody asked for the end of the job. */
export class JobCancelledError extends DomainError {
  constructor(jobId: number) {
    super('job.cancelled', 'conflict', `Job ${jobId} was cancelled.`, { jobId });
  }
}

/** The job failed for a reason that its own record tells. */
export class JobFailedError extends DomainError {
  constructor(code: string, message: string, facts: Readonly<Record<string, unknown>>) {
    super(code, 'unprocessable', message, facts);
  }
}

/** This process must let go of the job (shutdown, lock lost); another start goes on with it. */
export class JobInterruptedError extends DomainError {
  constructor(jobId: number) {
    super('job.interrupted', 'unavailable', `Job ${jobId} was interrupted; it starts again.`, { jobId });
  }
}

/** Every attempt took its process down: another one would do the same. */
export class JobLostError extends DomainError {
  constructor(jobId: number, attemptCount: number) {
    super(
      'job.process_lost',
      'unprocessable',
      `Job ${jobId} was started ${attemptCount} times and its process was lost each time.`,
      { jobId, attemptCount },
    );
  }
}

/** The application closed while somebody waited; the job goes on with the next start. */
export class JobUnattendedError extends DomainError {
  constructor(jobId: number) {
    super('job.unattended', 'unavailable', `The application closed before job ${jobId} had ended.`, { jobId });
  }
}

import type { JobRun } from './job-run';

/** How far a job has come. */
export class JobProgressDto {
  /** What it is doing: `queued`, `assemble`, `bound`, `place`, `repair`, `polish`, `check`, `relax`, `store`; of a simulation the variant that it is at. */
  phase!: string;
  /** What of this phase is done. */
  doneCount!: number;
  /** What there is to do in this phase, 0 where that is not known yet. */
  totalCount!: number;
  /**
   * Further figures of the moment. Of an allocation: `lowerBound`, which no complete plan under the cap that is being tried can go below;
   * `objective` of the plan as it stands, once every day has one; `gapRatio`, objective / lower bound - 1, of the days planned so far; and
   * `overCellCount`, the cells still over a limit: above 0 the plan is not complete yet. Days on which somebody has no place count for the bound alone.
   */
  figures?: Record<string, number>;
}

/** Why a job failed. */
export class JobErrorDto {
  /** A stable code that programs may act upon. */
  code!: string;
  /** What went wrong, in a sentence. */
  detail!: string;
  /** The facts behind it. */
  facts!: Readonly<Record<string, unknown>>;
}

/** A long work, kept in the database: it goes on after a restart. */
export class JobDto {
  /** The job's number. */
  id!: number;
  /** What it does: `allocation`, `simulation`. */
  kind!: string;
  /** The campaign that it works for; null for none. */
  campaignId!: number | null;
  /** Where it stands: `queued`, `running`, and for good `done`, `failed` or `cancelled`. */
  state!: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** How far it has come. */
  progress!: JobProgressDto;
  /** Whether its end was asked for; a running job follows within half a second. */
  isCancelRequested!: boolean;
  /** The plan that it made, once it is done; null where it makes none. */
  planId!: number | null;
  /** Why it failed, where it did. */
  error!: JobErrorDto | null;
  /** How often it was started: above 1 a process was lost on the way. */
  attemptCount!: number;
  /** Who asked for it. */
  requestedBy!: string;
  /** When it was asked for, RFC 3339 in UTC. */
  createdAt!: string;
  /** When it was first started. */
  startedAt!: string | null;
  /** When it ended. */
  endedAt!: string | null;

  static of(job: JobRun): JobDto {
    return {
      id: job.id,
      kind: job.kind,
      campaignId: job.campaignId,
      state: job.state,
      progress: job.progress,
      isCancelRequested: job.isCancelRequested,
      planId: job.planId,
      error: job.error && { code: job.error.code, detail: job.error.message, facts: job.error.facts },
      attemptCount: job.attemptCount,
      requestedBy: job.requestedBy,
      createdAt: job.createdAt.toISOString(),
      startedAt: job.startedAt?.toISOString() ?? null,
      endedAt: job.endedAt?.toISOString() ?? null,
    };
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, EntityManager } from 'typeorm';
import type { Progress } from '../common/progress';
import type { JobFailure, JobRun } from './job-run';

/** Notified with the id of each job that changes, when the change commits. */
export const JOB_CHANNEL = 'etale_job';

const COLUMNS = `id, kind, campaign_id as "campaignId", state, parameters, progress, plan_id as "planId", error,
  attempt_count as "attemptCount", is_cancel_requested as "isCancelRequested", requested_by as "requestedBy",
  created_at as "createdAt", started_at as "startedAt", ended_at as "endedAt"`;
const ACTIVE = `state in ('queued', 'running')`;
const QUEUED = '{"phase": "queued", "doneCount": 0, "totalCount": 0}';
/** `running` in the hands of the attempt that writes: a process that lost its lock must not write over its successor. */
const OWN = `id = $1 and attempt_count = $2 and state = 'running'`;

/** An update of job_run that tells the listeners; its rows come back as of a select. */
const changing = (update: string): string => `
  with changed as (${update} returning *)
  select ${COLUMNS}, pg_notify('${JOB_CHANNEL}', id::text) from changed`;

/** The rows of job_run. Its state is the truth about a job; the queue's own tables only hand it out. */
@Injectable()
export class JobRunStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The new job's id, or undefined where one of this kind is queued or running for the campaign. */
  async insert(
    tx: EntityManager,
    job: { kind: string; campaignId: number | null; parameters: object; requestedBy: string },
  ): Promise<number | undefined> {
    const rows = await tx.query<{ id: number }[]>(
      `insert into job_run (kind, campaign_id, state, parameters, progress, requested_by)
       values ($1, $2, 'queued', $3, '${QUEUED}', $4)
       on conflict (kind, campaign_id) where ${ACTIVE} do nothing returning id`,
      [job.kind, job.campaignId, JSON.stringify(job.parameters), job.requestedBy],
    );
    return rows[0]?.id;
  }

  /** Lets a job come after the one of its kind that is queued or running for the campaign; the last one asked for, on behalf of all the steps that asked. Its id, or undefined where none is. */
  async follow(
    tx: EntityManager,
    job: { kind: string; campaignId: number; parameters: object; requestedBy: string },
  ): Promise<number | undefined> {
    const [rows] = await tx.query<[{ id: number }[], number]>(
      `update job_run set followed_by = jsonb_build_object('requestedBy', $4::text, 'parameters', $3::jsonb || jsonb_strip_nulls(
                jsonb_build_object('stepIds', nullif(coalesce(followed_by #> '{parameters,stepIds}', '[]')
                                                     || coalesce($3::jsonb -> 'stepIds', '[]'), '[]'))))
        where kind = $1 and campaign_id = $2 and ${ACTIVE} returning id`,
      [job.kind, job.campaignId, JSON.stringify(job.parameters), job.requestedBy],
    );
    return rows[0]?.id;
  }

  /** The job that was to come after one that has ended, new; undefined where there is none. */
  async insertFollower(tx: EntityManager, jobId: number): Promise<{ id: number; kind: string } | undefined> {
    const rows = await tx.query<{ id: number; kind: string }[]>(
      `insert into job_run (kind, campaign_id, state, parameters, progress, requested_by)
       select kind, campaign_id, 'queued', followed_by -> 'parameters', '${QUEUED}', followed_by ->> 'requestedBy'
         from job_run where id = $1 and followed_by is not null and not (${ACTIVE})
       on conflict (kind, campaign_id) where ${ACTIVE} do nothing returning id, kind`,
      [jobId],
    );
    return rows[0];
  }

  async activeId(kind: string, campaignId: number | null): Promise<number | undefined> {
    const rows = await this.database.query<{ id: number }[]>(
      `select id from job_run where kind = $1 and campaign_id = $2 and ${ACTIVE}`,
      [kind, campaignId],
    );
    return rows[0]?.id;
  }

  async find(jobId: number): Promise<JobRun | undefined> {
    const rows = await this.database.query<JobRun[]>(`select ${COLUMNS} from job_run where id = $1`, [jobId]);
    return rows[0];
  }

  /** The newest first. */
  ofCampaign(kind: string, campaignId: number, beforeId: number | null, size: number): Promise<JobRun[]> {
    return this.database.query<JobRun[]>(
      `select ${COLUMNS} from job_run where kind = $1 and campaign_id = $2 and ($3::int is null or id < $3)
       order by id desc limit $4`,
      [kind, campaignId, beforeId, size],
    );
  }

  /** Takes a job for one more attempt; the caller holds its lock. Undefined where it has ended. */
  async claim(jobId: number): Promise<JobRun | undefined> {
    const rows = await this.database.query<JobRun[]>(
      changing(`update job_run set state = 'running', attempt_count = attempt_count + 1,
        started_at = coalesce(started_at, now()) where id = $1 and ${ACTIVE}`),
      [jobId],
    );
    return rows[0];
  }

  /** Undefined where the job is no longer in the hands of this attempt. */
  async saveProgress(job: JobRun, progress: Progress): Promise<JobRun | undefined> {
    const rows = await this.database.query<JobRun[]>(changing(`update job_run set progress = $3 where ${OWN}`), [
      job.id,
      job.attemptCount,
      JSON.stringify(progress),
    ]);
    return rows[0];
  }

  /** Ends a job for good; false where it is no longer in the hands of this attempt. */
  async end(
    tx: EntityManager,
    job: JobRun,
    outcome: { state: 'done' | 'failed' | 'cancelled'; planId?: number; error?: JobFailure },
  ): Promise<boolean> {
    const rows = await tx.query<JobRun[]>(
      changing(`update job_run set state = $3, plan_id = $4, error = $5, ended_at = now() where ${OWN}`),
      [job.id, job.attemptCount, outcome.state, outcome.planId ?? null, JSON.stringify(outcome.error) ?? null],
    );
    return rows.length > 0;
  }

  /** Puts a job back as if this attempt had not been, or ends it where that was asked for; says what became of it. */
  async giveBack(tx: EntityManager, job: JobRun): Promise<JobRun | undefined> {
    const rows = await tx.query<JobRun[]>(
      changing(`update job_run set attempt_count = attempt_count - 1,
        state = case when is_cancel_requested then 'cancelled' else 'queued' end,
        ended_at = case when is_cancel_requested then now() end where ${OWN}`),
      [job.id, job.attemptCount],
    );
    return rows[0];
  }

  /** Cancels what waits at once, and asks the process that runs it otherwise; undefined where the job has ended. */
  async requestCancel(tx: EntityManager, jobId: number): Promise<JobRun | undefined> {
    const rows = await tx.query<JobRun[]>(
      changing(`update job_run set is_cancel_requested = true,
        state = case state when 'queued' then 'cancelled' else state end,
        ended_at = case state when 'queued' then now() end where id = $1 and ${ACTIVE}`),
      [jobId],
    );
    return rows[0];
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { CampaignService } from '../campaign/campaign.service';
import { CursorError, decodeCursor, type Page } from '../common/keyset';
import { type OnProgress, unheard } from '../common/progress';
import { JobCancelledError, JobFailedError, JobUnattendedError } from '../jobs/job.errors';
import { hasEnded, type JobRun } from '../jobs/job-run';
import { JobRunner } from '../jobs/job-runner.service';
import { JobService } from '../jobs/job.service';
import { ALLOCATION_JOB, type AllocationParameters } from './allocation-job.service';
import { AllocationAlreadyRunningError, NothingToReplanError } from './allocation.errors';
import { StandingWindowStore } from '../plan/standing-window.store';

/** The same campaign asked for again gives the same plan, unless another seed is given. */
export const DEFAULT_SEED = 1;

/** Asks for plans and follows how they are made. */
@Injectable()
export class AllocationService {
  constructor(
    private readonly jobs: JobService,
    private readonly runner: JobRunner,
    private readonly campaigns: CampaignService,
    private readonly standing: StandingWindowStore,
  ) {}

  /** Queues the allocation of a campaign and gives the job's id; refuses where one is queued or running already. */
  async request(actor: Actor, campaignId: number, options: Partial<AllocationParameters> = {}): Promise<number> {
    await this.campaigns.find(actor, campaignId);
    if (options.mode === 'replan' && (await this.standing.publishedOf(campaignId)) === undefined)
      throw new NothingToReplanError(campaignId);
    const parameters: AllocationParameters = { ...options, seed: options.seed ?? DEFAULT_SEED };
    const { jobId, isNew } = await this.jobs.request(actor, { kind: ALLOCATION_JOB, campaignId, parameters });
    if (!isNew) throw new AllocationAlreadyRunningError(campaignId, jobId);
    return jobId;
  }

  /** Queues a replan that sees what its transaction changes, after the job of the campaign that is under way. */
  requestReplan(
    tx: EntityManager,
    actor: Actor,
    campaignId: number,
    noticeMinutes: number,
    stepId?: number,
  ): Promise<void> {
    const parameters: AllocationParameters = {
      mode: 'replan',
      noticeMinutes,
      seed: DEFAULT_SEED,
      ...(stepId !== undefined && { stepIds: [stepId] }),
    };
    return this.jobs.requestAfter(tx, actor, { kind: ALLOCATION_JOB, campaignId, parameters });
  }

  /**
   * Waits for the end of a job and gives its plan; who waits works as well, so that a command gets on without a server.
   * Throws the job's own refusal where it failed, `job.cancelled` where it was; the signal ends the wait, not the job.
   */
  async wait(jobId: number, onProgress: OnProgress = unheard, signal?: AbortSignal): Promise<{ planId: number }> {
    await this.runner.start();
    for await (const job of this.jobs.watch(jobId, signal)) {
      onProgress(job.progress);
      if (hasEnded(job)) return { planId: planOf(job) };
    }
    signal?.throwIfAborted();
    throw new JobUnattendedError(jobId);
  }

  cancel(actor: Actor, jobId: number): Promise<JobRun> {
    return this.jobs.cancel(actor, jobId);
  }

  /** The same, until the job has ended: this process takes it over where the one that had it is gone. */
  async cancelAndWait(actor: Actor, jobId: number): Promise<JobRun> {
    await this.jobs.cancel(actor, jobId);
    await this.runner.start();
    for await (const job of this.jobs.watch(jobId)) if (hasEnded(job)) return job;
    throw new JobUnattendedError(jobId);
  }

  find(jobId: number): Promise<JobRun> {
    return this.jobs.find(jobId);
  }

  /** The allocations of a campaign, the newest first. */
  async list(actor: Actor, campaignId: number, page: { limit?: number; cursor?: string }): Promise<Page<JobRun>> {
    await this.campaigns.find(actor, campaignId);
    const beforeId = page.cursor === undefined ? null : (decodeCursor(page.cursor, ['number'])[0] as number);
    // the cursor goes into SQL as it is
    if (beforeId !== null && !(Number.isInteger(beforeId) && Math.abs(beforeId) < 2 ** 31)) throw new CursorError();
    return this.jobs.ofCampaign(ALLOCATION_JOB, campaignId, beforeId, page.limit ?? 100);
  }
}

function planOf(job: JobRun): number {
  if (job.state === 'done') return job.planId!;
  if (job.state === 'cancelled') throw new JobCancelledError(job.id);
  const { code, message, facts } = job.error!;
  throw new JobFailedError(code, message, facts);
}

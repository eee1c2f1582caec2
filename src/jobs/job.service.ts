import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { type Page, pageOf } from '../common/keyset';
import { JobAlreadyEndedError } from './job.errors';
import { JobFeed } from './job-feed.service';
import { JobQueue } from './job-queue.service';
import { hasEnded, type JobRun } from './job-run';
import { JobRunStore } from './job-run.store';

/** A watcher sees the job at least this often, changed or not. */
const WATCH_INTERVAL_MILLISECONDS = 10_000;

/** Jobs as features and people see them: asked for, followed, cancelled. */
@Injectable()
export class JobService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly queue: JobQueue,
    private readonly store: JobRunStore,
    private readonly feed: JobFeed,
  ) {}

  /** Queues a job, or says which one of this kind is already queued or running for the campaign (jobs of none stand side by side). */
  async request(
    actor: Actor,
    job: { kind: string; campaignId: number | null; parameters: object },
  ): Promise<{ jobId: number; isNew: boolean }> {
    await this.queue.prepare();
    for (;;) {
      const jobId = await inTransaction(this.database, async (tx) => {
        const id = await this.store.insert(tx, { ...job, requestedBy: actor.subject });
        if (id === undefined) return undefined;
        await this.queue.add(tx, job.kind, id);
        await recordAudit(tx, actor, {
          action: 'job.request',
          key: id,
          after: { kind: job.kind, campaignId: job.campaignId, parameters: job.parameters },
        });
        return id;
      });
      if (jobId !== undefined) return { jobId, isNew: true };
      const activeId = await this.store.activeId(job.kind, job.campaignId);
      if (activeId !== undefined) return { jobId: activeId, isNew: false };
      // the one that stood in the way has ended between the two statements
    }
  }

  /**
   * Queues a job that sees what its transaction writes: where one of its kind is queued or running for the campaign, which may have read
   * before, it comes after that one, in whatever way that ends.
   */
  async requestAfter(
    tx: EntityManager,
    actor: Actor,
    job: { kind: string; campaignId: number; parameters: object },
  ): Promise<void> {
    await this.queue.prepare();
    const its = { ...job, requestedBy: actor.subject };
    for (;;) {
      const id = await this.store.insert(tx, its);
      if (id !== undefined) await this.queue.add(tx, job.kind, id);
      const key = id ?? (await this.store.follow(tx, its));
      // the one that stood in the way has ended between the two statements
      if (key === undefined) continue;
      await recordAudit(tx, actor, { action: 'job.request', key, after: { ...job, isFollowing: id === undefined } });
      return;
    }
  }

  async find(jobId: number): Promise<JobRun> {
    const job = await this.store.find(jobId);
    if (!job) throw new NotFoundError('job', jobId);
    return job;
  }

  /** The jobs of a kind for a campaign, the newest first. */
  async ofCampaign(kind: string, campaignId: number, beforeId: number | null, size: number): Promise<Page<JobRun>> {
    return pageOf(await this.store.ofCampaign(kind, campaignId, beforeId, size + 1), size, (job) => [job.id]);
  }

  /** Ends a job: at once where it waits, within half a second where it runs. Throws where it has ended. */
  async cancel(actor: Actor, jobId: number): Promise<JobRun> {
    const cancelled = await inTransaction(this.database, async (tx) => {
      const job = await this.store.requestCancel(tx, jobId);
      if (job && hasEnded(job)) await this.queue.addFollower(tx, jobId);
      if (job) await recordAudit(tx, actor, { action: 'job.cancel', key: jobId, after: { kind: job.kind } });
      return job;
    });
    if (cancelled) return cancelled;
    throw new JobAlreadyEndedError(jobId, (await this.find(jobId)).state);
  }

  /** The job now, and again whenever it changes (or every ten seconds), until it has ended or the signal ends the watch. */
  async *watch(jobId: number, signal?: AbortSignal): AsyncGenerator<JobRun> {
    const bell = await this.feed.subscribe(jobId);
    try {
      while (!signal?.aborted && !this.feed.hasClosed) {
        const job = await this.find(jobId);
        yield job;
        if (hasEnded(job)) return;
        await bell.next(WATCH_INTERVAL_MILLISECONDS, signal);
      }
    } finally {
      this.feed.unsubscribe(jobId, bell);
    }
  }
}

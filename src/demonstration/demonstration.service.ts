import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { ADVISORY_LOCK } from '../common/database';
import { unheard, type OnProgress } from '../common/progress';
import { DemoRegion } from '../directory/demo-region';
import type { Demonstration, DemonstrationOptions } from './demonstration';
import { DemonstrationCampaign } from './demonstration-campaign.service';
import { DemonstrationPlan } from './demonstration-plan.service';
import { DemonstrationRegion } from './demonstration-region.service';
import { schoolYearOf } from './demonstration.rules';
import { DemonstrationStore } from './demonstration.store';

const LOCK_LOOK_MILLISECONDS = 500;

/** A region that does not exist, from its schools to a published plan: for a first look, for tests and for trials. */
@Injectable()
export class DemonstrationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: DemonstrationStore,
    private readonly regions: DemonstrationRegion,
    private readonly campaigns: DemonstrationCampaign,
    private readonly making: DemonstrationPlan,
  ) {}

  /**
   * Makes the demonstration, or what is missing of it: each step is one transaction and looks for what an earlier start left,
   * so a killed start is finished by the next one. One that is complete is left as it is, whatever scale is asked for.
   * @throws DomainError `demonstration.no_school_week`, and what an allocation throws; the signal's reason when aborted
   */
  async ensure(actor: Actor, options: DemonstrationOptions): Promise<Demonstration> {
    const complete = await this.completed();
    if (complete) return complete;
    return this.alone(options.signal, async () => (await this.completed()) ?? this.make(actor, options));
  }

  private async completed(): Promise<Demonstration | undefined> {
    const state = await this.store.state();
    if (!state || state.publishedPlanId === null) return undefined;
    const { platformId, campaignId, startsOn, publishedPlanId: planId } = state;
    const region = await this.regions.find();
    return { platformId, campaignId, planId, startsOn, exampleUai: region?.exampleUai ?? '', isNew: false };
  }

  private async make(actor: Actor, options: DemonstrationOptions): Promise<Demonstration> {
    const { scale, seed = 1, onProgress = unheard, signal } = options;
    const region = new DemoRegion({ scale, seed });
    const today = new Date().toISOString().slice(0, 10);
    const mondayOn = await this.campaigns.nextWeek(await this.regions.leadingDepartmentId(), today);
    const known = await this.regions.find();
    let state = await this.store.state();
    // an unfinished campaign of another region or of a week that has begun is of no use
    if (state && (known?.source !== region.source || !known.isWhole || state.startsOn !== mondayOn)) {
      if (state.activeJobId !== null) await this.making.cancel(actor, state.activeJobId);
      await this.campaigns.discard(actor, state.campaignId);
      state = undefined;
    }
    signal?.throwIfAborted();
    const heard: OnProgress = (progress) => {
      // thrown from within a COPY, this rolls its transaction back
      signal?.throwIfAborted();
      onProgress(progress);
    };
    const { platformId, rows } = await this.regions.ensure(actor, region, schoolYearOf(mondayOn), heard);
    const pupilCount = [...rows.pupilCountByDepartment.values()].reduce((sum, count) => sum + count, 0);
    const campaignId = state?.campaignId ?? (await this.campaigns.create(actor, platformId, mondayOn, pupilCount));
    await this.campaigns.ensureWishes(campaignId, region, rows, heard);
    const planId = await this.making.publishedPlan(actor, campaignId, state, onProgress, signal);
    return { platformId, campaignId, planId, startsOn: mondayOn, exampleUai: rows.exampleUai, isNew: true };
  }

  /** One process at a time makes the demonstration of a database; the lock ends with the connection. */
  private async alone<T>(signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    const runner = this.database.createQueryRunner();
    try {
      for (;;) {
        const [row] = (await runner.query('select pg_try_advisory_lock($1, 0) as taken', [ADVISORY_LOCK.demo])) as {
          taken: boolean;
        }[];
        if (row!.taken) break;
        await sleep(LOCK_LOOK_MILLISECONDS, undefined, { ...(signal ? { signal } : {}) });
      }
      try {
        return await work();
      } finally {
        await runner.query('select pg_advisory_unlock($1, 0)', [ADVISORY_LOCK.demo]);
      }
    } finally {
      await runner.release();
    }
  }
}

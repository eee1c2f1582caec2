import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { AllocationService } from '../allocation/allocation.service';
import { CrisisStore, type StepReplan } from './crisis.store';

const NOTICE_MINUTES = 60;

/** After a change of the capacity: the least change of the plans that stand. */
@Injectable()
export class LeastChange {
  constructor(
    private readonly allocations: AllocationService,
    private readonly crisis: CrisisStore,
  ) {}

  /**
   * Asks, in the transaction that changes the capacity, for a replan of each campaign that has a published plan and is not over: no
   * crash leaves the one without the other. @returns these campaigns
   */
  async request(tx: EntityManager, actor: Actor, platformId: number, now: Date, stepId?: number): Promise<number[]> {
    const campaignIds = await this.crisis.publishedCampaigns(tx, platformId, now.toISOString().slice(0, 10));
    for (const campaignId of campaignIds)
      await this.allocations.requestReplan(tx, actor, campaignId, NOTICE_MINUTES, stepId);
    return campaignIds;
  }

  /** What became of the replans that steps asked for, by step: of each campaign the last one. */
  async replansOf(platformId: number, stepIds: readonly number[]): Promise<Map<number, StepReplan[]>> {
    const ofStep = new Map<number, StepReplan[]>();
    for (const replan of await this.crisis.replans(platformId, stepIds))
      ofStep.set(replan.stepId, [...(ofStep.get(replan.stepId) ?? []), replan]);
    return ofStep;
  }
}

import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { AllocationAlreadyRunningError } from '../allocation/allocation.errors';
import { AllocationService } from '../allocation/allocation.service';
import { CrisisStore } from './crisis.store';

const NOTICE_MINUTES = 60;

/** After a change of the capacity: the least change of the plans that stand. */
@Injectable()
export class LeastChange {
  constructor(
    private readonly allocations: AllocationService,
    private readonly crisis: CrisisStore,
  ) {}

  /**
   * Asks for a replan of each campaign that has a published plan and is not over; one that runs already sees the change or is asked
   * for again. @returns these campaigns
   */
  async request(actor: Actor, platformId: number, now: Date): Promise<number[]> {
    const campaignIds = await this.crisis.publishedCampaigns(platformId, now.toISOString().slice(0, 10));
    for (const campaignId of campaignIds) {
      await this.allocations
        .request(actor, campaignId, { mode: 'replan', noticeMinutes: NOTICE_MINUTES })
        .catch((error: unknown) => {
          if (!(error instanceof AllocationAlreadyRunningError)) throw error;
        });
    }
    return campaignIds;
  }
}

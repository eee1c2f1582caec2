import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { AllocationService } from '../allocation/allocation.service';
import type { OnProgress } from '../common/progress';
import { PlanService } from '../plan/plan.service';
import type { DemonstrationState } from './demonstration.store';

/** From a campaign to its plan in force. */
@Injectable()
export class DemonstrationPlan {
  constructor(
    private readonly allocations: AllocationService,
    private readonly plans: PlanService,
  ) {}

  /** Publishes the draft that an earlier start left, else waits for the job that it left, else asks for a new one. */
  async publishedPlan(
    actor: Actor,
    campaignId: number,
    state: DemonstrationState | undefined,
    onProgress: OnProgress,
    signal: AbortSignal | undefined,
  ): Promise<number> {
    let planId = state?.draftPlanId ?? null;
    if (planId === null) {
      const jobId = state?.activeJobId ?? (await this.allocations.request(actor, campaignId));
      planId = (await this.allocations.wait(jobId, onProgress, signal)).planId;
    }
    onProgress({ phase: 'publish', doneCount: 0, totalCount: 1 });
    await this.plans.publish(actor, planId, 'Démonstration');
    onProgress({ phase: 'publish', doneCount: 1, totalCount: 1 });
    return planId;
  }

  async cancel(actor: Actor, jobId: number): Promise<void> {
    await this.allocations.cancel(actor, jobId);
  }
}

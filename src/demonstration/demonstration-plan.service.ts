import { Injectable } from '@nestjs/common';
import { DateTime } from 'luxon';
import type { Actor } from '../access/actor';
import { AllocationService } from '../allocation/allocation.service';
import type { OnProgress } from '../common/progress';
import { PlanService } from '../plan/plan.service';
import { ProposalService } from '../proposal/proposal.service';
import type { DemonstrationState } from './demonstration.store';

/** How long the heads of the demonstration may answer. */
const ANSWER_DAYS = 3;

/** From a campaign to its plan in force, which its heads are asked about. */
@Injectable()
export class DemonstrationPlan {
  constructor(
    private readonly allocations: AllocationService,
    private readonly plans: PlanService,
    private readonly proposals: ProposalService,
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
    const answersUntil = DateTime.utc().plus({ days: ANSWER_DAYS }).startOf('hour').toISO();
    await this.proposals.open(actor, campaignId, { planId, answersUntil });
    onProgress({ phase: 'publish', doneCount: 1, totalCount: 1 });
    return planId;
  }

  async cancel(actor: Actor, jobId: number): Promise<void> {
    await this.allocations.cancel(actor, jobId);
  }
}

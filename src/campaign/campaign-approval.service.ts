import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import type { CampaignApprovalsDto, CampaignDecisionDto } from './campaign-approval.dto';
import { CampaignApprovalStore, type ApprovalStanding } from './campaign-approval.store';
import { CampaignRefused } from './campaign.errors';
import { CampaignService } from './campaign.service';
import { CampaignStore } from './campaign.store';

const isOpen = ({ refusedCount, waitingCount }: ApprovalStanding): boolean => refusedCount + waitingCount > 0;

/** What authorities say to campaigns that bind schools of their territory. */
@Injectable()
export class CampaignApprovalService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly store: CampaignStore,
    private readonly approvals: CampaignApprovalStore,
  ) {}

  /** @throws NotFoundError */
  async read(actor: Actor, campaignId: number): Promise<CampaignApprovalsDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const [standing, decisions] = await Promise.all([
      this.approvals.standing(campaign),
      this.approvals.decisions(campaignId),
    ]);
    return {
      isNeeded: campaign.isApprovalNeeded,
      isComplete: !standing.some(isOpen),
      standing,
      decisions: decisions.map(({ territories, decidedAt, ...row }) => ({
        ...row,
        territories: territories.map(({ kinds, ...place }) => ({ ...place, kinds: [...kinds] })),
        decidedAt: decidedAt.toISOString(),
      })),
    };
  }

  /**
   * An authority's word for the territories that it answers for, also where it was not asked.
   * @throws NotFoundError; CampaignRefused (409) where no establishment of its own takes part, or a plan is in force already
   */
  async decide(
    actor: Actor,
    campaignId: number,
    { decision, reason }: CampaignDecisionDto,
  ): Promise<CampaignApprovalsDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    if (!(await this.approvals.concerns(campaign, actor.uais ?? []))) {
      const message = 'No establishment that you answer for takes part in this campaign.';
      throw new CampaignRefused('not_concerned', message, { campaignId }, 'conflict');
    }
    await inTransaction(this.database, async (tx) => {
      const plans = await this.store.plansForUpdate(tx, campaignId);
      const inForce = plans.find(({ state }) => state !== 'draft');
      if (inForce) {
        const message = `Plan ${inForce.id} of the campaign has been published: the approval came before it.`;
        throw new CampaignRefused('approval_over', message, { planId: inForce.id }, 'conflict');
      }
      const territories = [...(actor.territories ?? [])];
      const row = { decision, territories, reason, decidedBy: actor.subject, decidedAt: new Date() };
      const before = await this.approvals.decide(tx, campaignId, row);
      await recordAudit(tx, actor, {
        action: 'campaign.decide',
        key: campaignId,
        platformId: campaign.platformId,
        before: before === undefined ? null : { decision: before },
        after: { decision, territories },
        reason,
      });
    });
    return this.read(actor, campaignId);
  }

  /** Departments and kinds of which an approval that is needed is missing. */
  async missing(campaignId: number, tx: EntityManager): Promise<ApprovalStanding[]> {
    const campaign = await this.store.find(campaignId, tx);
    if (!campaign?.isApprovalNeeded) return [];
    return (await this.approvals.standing(campaign, tx)).filter(isOpen);
  }
}

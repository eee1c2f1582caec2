import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CampaignService } from '../campaign/campaign.service';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { instantOf } from '../common/wire-time';
import { PlanPublications } from '../plan/plan-publications';
import { PlanService } from '../plan/plan.service';
import type { OpenProposalDto, ProposalDto } from './proposal.dto';
import { PlanSupersededError, ProposalRefused } from './proposal.errors';
import { proposalPhase } from './proposal.rules';
import { type Proposal, ProposalStore } from './proposal.store';

/** A draft, or the published plan, shown to heads as a proposal. */
@Injectable()
export class ProposalService implements OnModuleInit {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly plans: PlanService,
    private readonly store: ProposalStore,
    private readonly publications: PlanPublications,
  ) {}

  /** Nobody is asked about windows that are no more: what takes the place of the plan that is shown is shown instead, with its answers. */
  onModuleInit(): void {
    this.publications.add((tx, { planId }) => this.store.follow(tx, planId, new Date()));
  }

  /**
   * Shows a plan. The plan that is shown already keeps its answers and gets another deadline; another one takes its place and
   * asks everybody again.
   *
   * @throws NotFoundError; ProposalRefused (422) for a plan of another campaign or a deadline that has passed; PlanSupersededError (409)
   */
  async open(actor: Actor, campaignId: number, request: OpenProposalDto): Promise<ProposalDto> {
    await this.campaigns.find(actor, campaignId);
    const plan = await this.plans.find(actor, request.planId);
    if (plan.campaignId !== campaignId)
      throw new ProposalRefused('other_campaign', `Plan ${plan.id} is one of campaign ${plan.campaignId}.`);
    if (plan.state === 'superseded') throw new PlanSupersededError(plan.id);
    const answersUntil = instantOf(request.answersUntil)!;
    if (answersUntil <= new Date())
      throw new ProposalRefused('deadline_passed', 'The deadline for answers must lie in the future.');
    await inTransaction(this.database, async (tx) => {
      await this.store.lock(tx, campaignId);
      const shown = await this.store.current(campaignId, tx);
      await recordAudit(tx, actor, {
        action: 'proposal.open',
        key: campaignId,
        platformId: plan.platformId,
        before: shown && { planId: shown.planId, answersUntil: shown.answersUntil },
        after: { planId: plan.id, answersUntil },
      });
      if (shown?.planId === plan.id) return this.store.moveDeadline(tx, shown, answersUntil);
      if (shown) await this.store.supersede(tx, shown.id);
      await this.store.insert(tx, campaignId, plan.id, answersUntil, actor.subject);
    });
    return this.read(actor, campaignId);
  }

  /** @throws NotFoundError */
  async read(actor: Actor, campaignId: number): Promise<ProposalDto> {
    return proposalOf(await this.current(actor, campaignId), new Date());
  }

  /** The proposal that is shown. @throws NotFoundError where there is none */
  async current(actor: Actor, campaignId: number): Promise<Proposal> {
    await this.campaigns.find(actor, campaignId);
    const proposal = await this.store.current(campaignId);
    if (!proposal) throw new NotFoundError('proposal', campaignId);
    return proposal;
  }
}

export function proposalOf(proposal: Proposal, now: Date): ProposalDto {
  const { campaignId, planId, planState, round, answersUntil, openedAt, openedBy } = proposal;
  return {
    campaignId,
    planId,
    planState,
    round,
    answersUntil: answersUntil.toISOString(),
    phase: proposalPhase(answersUntil, now),
    openedAt: openedAt.toISOString(),
    openedBy,
  };
}

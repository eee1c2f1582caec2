import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CampaignApprovalService } from '../campaign/campaign-approval.service';
import type { ApprovalStanding } from '../campaign/campaign-approval.store';
import { advisoryLock, inTransaction } from '../common/database';
import { cellOfSeconds } from '../kernel/cell-grid';
import { LedgerService } from './ledger.service';
import { LedgerStore, type Revision } from './ledger.store';
import { recertify } from './plan-certificate';
import { PlanLoadStore } from './plan-load.store';
import { PlanPinService } from './plan-pin.service';
import { PlanPublications } from './plan-publications';
import {
  PlanApprovalMissing,
  PlanBegunWindowsMoved,
  PlanEstablishmentsMoved,
  PlanNotADraft,
  PlanNothingToRollBack,
  PlanNotPublished,
  PlanStaleBase,
} from './plan.errors';
import { PlanStore, type PlanSummary } from './plan.store';
import { WindowChangeStore } from './window-change.store';

interface Exchange {
  kind: 'publication' | 'rollback';
  /** The plan that is in force afterwards. */
  plan: PlanSummary;
  /** The one that gives way, where the campaign has one published. */
  supersededPlanId: number | undefined;
  actor: Actor;
  reason: string;
  /** Departments and kinds whose authorities were to be asked and have not approved. */
  unapproved?: readonly ApprovalStanding[];
}

/**
 * The one way in which a plan comes into force: under the platform's lock, as the next revision, all of it or nothing. Rooms above may refuse
 * it (`PlanPublications`).
 */
@Injectable()
export class PlanPublicationService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly plans: PlanStore,
    private readonly loads: PlanLoadStore,
    private readonly ledgerStore: LedgerStore,
    private readonly ledger: LedgerService,
    private readonly pins: PlanPinService,
    private readonly windowChanges: WindowChangeStore,
    private readonly approvals: CampaignApprovalService,
    private readonly publications: PlanPublications,
  ) {}

  /** @throws NotFoundError, PlanNotADraft, PlanStaleBase, PlanApprovalMissing, PlanBegunWindowsMoved, PlanEstablishmentsMoved, PlanOverCapacity */
  publish(actor: Actor, planId: number, reason: string, isWithoutApprovals: boolean): Promise<Revision> {
    return this.underLock(planId, async (tx, plan) => {
      if (plan.state !== 'draft') throw new PlanNotADraft(planId, plan.state);
      const publishedRevision = await this.plans.publishedSince(tx, plan);
      if (publishedRevision !== undefined) throw new PlanStaleBase(planId, plan.baseRevision, publishedRevision);
      const supersededPlanId = await this.plans.publishedOf(tx, plan.campaignId);
      // a campaign is approved once: what changes its plan later changes no school's part in it
      const unapproved = supersededPlanId === undefined ? await this.approvals.missing(plan.campaignId, tx) : [];
      if (unapproved.length > 0 && !isWithoutApprovals) throw new PlanApprovalMissing(planId, unapproved);
      return this.exchange(tx, { kind: 'publication', plan, supersededPlanId, actor, reason, unapproved });
    });
  }

  /** @throws NotFoundError, PlanNotPublished, PlanNothingToRollBack, PlanBegunWindowsMoved, PlanEstablishmentsMoved, PlanOverCapacity */
  rollback(actor: Actor, planId: number, reason: string): Promise<Revision> {
    return this.underLock(planId, async (tx, published) => {
      if (published.state !== 'published') throw new PlanNotPublished(planId, published.state);
      const earlierId = await this.plans.supersededBy(tx, planId);
      if (earlierId === undefined) throw new PlanNothingToRollBack(planId);
      const plan = await this.plans.lock(tx, earlierId);
      return this.exchange(tx, { kind: 'rollback', plan, supersededPlanId: planId, actor, reason });
    });
  }

  /** Whoever changes a platform's windows takes its lock first, then reads: nothing that is decided on can change under it. */
  private async underLock(
    planId: number,
    work: (tx: EntityManager, plan: PlanSummary) => Promise<Revision>,
  ): Promise<Revision> {
    const { platformId } = await this.plans.find(planId);
    return inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      return work(tx, await this.plans.lock(tx, planId));
    });
  }

  private async exchange(tx: EntityManager, exchange: Exchange): Promise<Revision> {
    const { plan, supersededPlanId, kind, actor, reason, unapproved = [] } = exchange;
    const { platformId } = plan;
    const now = new Date();
    const uaisElsewhere = await this.plans.establishmentsElsewhere(tx, plan, now);
    if (uaisElsewhere.length > 0) throw new PlanEstablishmentsMoved(plan.id, uaisElsewhere);
    const nowCell = cellOfSeconds(now.getTime() / 1000);
    if (supersededPlanId !== undefined) {
      await this.pins.pin(tx, supersededPlanId, plan, kind === 'rollback');
      await this.refuseBegun(tx, exchange, supersededPlanId, nowCell);
    }
    const revision = await this.ledgerStore.nextRevision(tx, platformId);
    if (supersededPlanId !== undefined) await this.plans.setSuperseded(tx, supersededPlanId);
    await this.plans.setPublished(tx, plan.id, revision.epoch, revision.revision);

    await this.ledger.exchange(tx, platformId, plan.id, supersededPlanId);
    await this.ledgerStore.recordChange(tx, {
      ...revision,
      platformId,
      kind,
      planId: plan.id,
      supersededPlanId,
      changedBy: actor.subject,
      reason,
    });
    await recordAudit(tx, actor, {
      action: kind === 'publication' ? 'plan.publish' : 'plan.roll_back',
      key: plan.id,
      platformId,
      before: supersededPlanId === undefined ? null : { planId: supersededPlanId },
      after: { planId: plan.id, ...revision, ...(unapproved.length > 0 && { unapproved }) },
      reason,
    });
    if (supersededPlanId !== undefined) {
      const plans = { liveId: supersededPlanId, nextId: plan.id };
      await this.windowChanges.recordExchange(tx, platformId, revision, plans, nowCell);
    }
    await this.publications.tell(tx, { platformId, planId: plan.id });
    const curve = await this.loads.curve(plan.id, undefined, tx);
    const certificate = await this.plans.certificate(plan.id, tx);
    await this.plans.setCertificate(tx, plan.id, recertify(certificate, curve, new Date(), revision));
    return revision;
  }

  /**
   * Whoever sits in a window, or was in it, keeps it, whatever is published when: a draft that waited is refused where time has overtaken
   * it. A replan of the live plan left alone what began before its notice time, so what it lacks of that is of classes that are gone:
   * another replan would lack it too.
   */
  private async refuseBegun(tx: EntityManager, exchange: Exchange, liveId: number, nowCell: number): Promise<void> {
    const { plan, kind } = exchange;
    const { replan } = await this.plans.certificate(plan.id, tx);
    const isOfLive = kind === 'publication' && replan?.publishedPlanId === liveId;
    const fromCell =
      isOfLive && replan.frozenUntilAt !== undefined
        ? cellOfSeconds(Date.parse(replan.frozenUntilAt) / 1000)
        : undefined;
    const plans = { liveId, nextId: plan.id };
    const count = await this.windowChanges.countBegunChanges(tx, plans, nowCell, fromCell);
    if (count > 0) throw new PlanBegunWindowsMoved(plan.id, count);
  }
}

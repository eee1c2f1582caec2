import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { advisoryLock, inTransaction, sqlFailure } from '../common/database';
import { DomainError } from '../common/domain-error';
import { type OnProgress, unheard } from '../common/progress';
import type { Revision } from './ledger.store';
import { certify, type PlanCertificate } from './plan-certificate';
import type { PlanDraft } from './plan-draft';
import { checkDraft } from './plan-draft.rules';
import { PlanFairnessStore } from './plan-fairness.store';
import { PlanLoadStore } from './plan-load.store';
import { PlanMemoryStore } from './plan-memory.store';
import { PlanBaselineStore } from './plan-baseline.store';
import { PlanCaseStore } from './plan-case.store';
import { PlanPriceStore } from './plan-price.store';
import { PlanPublicationService } from './plan-publication.service';
import { PlanWindowStore } from './plan-window.store';
import { PlanNotADraft, PlanOverLimit, PlanProposed, PlanWindowOutside } from './plan.errors';
import { PlanStore, type PlanSummary } from './plan.store';

/** Plans from their first row to their publication. */
@Injectable()
export class PlanService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly plans: PlanStore,
    private readonly windows: PlanWindowStore,
    private readonly loads: PlanLoadStore,
    private readonly prices: PlanPriceStore,
    private readonly cases: PlanCaseStore,
    private readonly baselines: PlanBaselineStore,
    private readonly memories: PlanMemoryStore,
    private readonly fairness: PlanFairnessStore,
    private readonly publication: PlanPublicationService,
  ) {}

  /**
   * Stores a draft in one transaction with whatever has to happen `alongside`, and returns its id. Before it commits, the
   * stored rows are added up and checked again: nothing that the allocation said about limits is believed.
   *
   * @throws NotFoundError for an unknown campaign; PlanColumnsInvalid, PlanViolations, PlanOverLimit, PlanOverlap,
   *   PlanWindowOutside
   */
  async createDraft(
    actor: Actor,
    draft: PlanDraft,
    onProgress: OnProgress = unheard,
    alongside?: (tx: EntityManager, planId: number) => Promise<void>,
  ): Promise<number> {
    checkDraft(draft);
    const { columns, cells } = draft;
    return inTransaction(this.database, async (tx) => {
      const platformId = await this.plans.platformOfCampaign(tx, draft.campaignId);
      if (platformId !== draft.platformId) {
        throw new DomainError('plan.other_platform', 'unprocessable', 'The campaign belongs to another platform.');
      }
      const inheritFrom = await this.plans.inheritFrom(tx, draft.campaignId);
      const planId = await this.plans.insertDraft(tx, draft, actor.subject);
      await this.windows.copyWindows(tx, planId, columns, inheritFrom, (doneCount) =>
        onProgress({ phase: 'store', doneCount, totalCount: columns.windowCount }),
      );
      await this.loads.insertCells(tx, planId, cells);
      onProgress({ phase: 'check', doneCount: 0, totalCount: 2 });
      await this.loads.computeLoad(tx, planId);
      await this.checkLoad(tx, planId, draft.evidence.replan?.publishedPlanId);
      onProgress({ phase: 'check', doneCount: 1, totalCount: 2 });
      await this.windows.checkOverlaps(tx, planId, draft.evidence.replan?.publishedPlanId);
      await this.prices.insert(tx, planId, draft.prices);
      if (draft.caseFile) await this.cases.insert(tx, planId, draft.caseFile);
      await this.baselines.insert(tx, planId, draft.baselines);
      await this.memories.insert(tx, planId, draft.memory);
      await this.fairness.compute(tx, planId);
      await this.windows.attach(tx, planId);
      await this.plans.setCertificate(
        tx,
        planId,
        certify({
          evidence: draft.evidence,
          windowCount: columns.windowCount,
          unplaced: draft.unplaced,
          displacement: await this.plans.displacement(tx, planId),
          curve: await this.loads.curve(planId, undefined, tx),
          computedAt: new Date(),
          epoch: draft.baseEpoch,
          revision: draft.baseRevision,
        }),
      );
      onProgress({ phase: 'check', doneCount: 2, totalCount: 2 });
      await alongside?.(tx, planId);
      return planId;
    });
  }

  /** Puts a draft into force as the platform's next revision. @throws NotFoundError, PlanNotADraft, PlanStaleBase, PlanOverCapacity */
  publish(actor: Actor, planId: number, reason: string, isWithoutApprovals = false): Promise<Revision> {
    return this.publication.publish(actor, planId, reason, isWithoutApprovals);
  }

  /** Puts back, as a new revision, the plan that this published one superseded. @throws NotFoundError, PlanNotPublished, PlanNothingToRollBack, PlanOverCapacity */
  rollback(actor: Actor, planId: number, reason: string): Promise<Revision> {
    return this.publication.rollback(actor, planId, reason);
  }

  /** @throws NotFoundError, PlanNotADraft, PlanProposed */
  async deleteDraft(actor: Actor, planId: number): Promise<void> {
    const { platformId } = await this.plans.find(planId);
    await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'platform', platformId);
      const { state } = await this.plans.lock(tx, planId);
      if (state !== 'draft') throw new PlanNotADraft(planId, state);
      await this.plans.delete(tx, planId);
      await this.windows.drop(tx, planId);
      await recordAudit(tx, actor, { action: 'plan.delete', key: planId, platformId, before: { state } });
    }).catch((error: unknown) => {
      throw sqlFailure(error).constraint === 'proposal_plan_fkey' ? new PlanProposed(planId) : error;
    });
  }

  /** @throws NotFoundError */
  find(_actor: Actor, planId: number): Promise<PlanSummary> {
    return this.plans.find(planId);
  }

  /** @throws NotFoundError */
  certificate(_actor: Actor, planId: number): Promise<PlanCertificate> {
    return this.plans.certificate(planId);
  }

  /** A replan may leave a cell as full as it stands, as the ledger does; what it adds is held to the limit. */
  private async checkLoad(tx: EntityManager, planId: number, standingPlanId: number | undefined): Promise<void> {
    const outside = await this.loads.cellOutside(tx, planId);
    if (outside !== undefined) throw new PlanWindowOutside(outside);
    const overfull = await this.loads.overfullCells(tx, planId, standingPlanId);
    if (overfull.length > 0) throw new PlanOverLimit(overfull);
  }
}

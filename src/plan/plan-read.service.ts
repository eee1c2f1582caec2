import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { ACCESS_RULES, reachOf } from '../access/access.rules';
import { literal, scopeCondition } from '../access/scope.rules';
import { pageOf } from '../common/keyset';
import { CELL_SECONDS, LOAD_SCALE } from '../kernel/cell-grid';
import type { PlanCertificate } from './plan-certificate';
import { wholeKeyOf } from './plan-export.service';
import type { LoadParametersDto } from './plan-load.dto';
import type { PlanDto, PlanListQuery, PlanPageDto } from './plan.dto';
import type { UnplacedPageDto, WhyUnplacedDto } from './plan-unplaced.dto';
import { PlanStore, type PlanSummary, type UnplacedRow } from './plan.store';
import { unplacedSentences } from './unplaced-sentence.rules';
import { PageQuery } from '../common/page-query.dto';

const FORMULA =
  'load of a window in cell startCell - 1 + k, in thousandths = ceil(headcount x participationPerMille x perMille[k] / 1000)';

/** Plans as callers read them, without their windows. */
@Injectable()
export class PlanReadService {
  constructor(private readonly plans: PlanStore) {}

  async list(actor: Actor, query: PlanListQuery): Promise<PlanPageDto> {
    const after = query.cursor === undefined ? 0 : wholeKeyOf(query.cursor, 1)[0]!;
    const limit = query.limit!;
    const { items, nextCursor } = pageOf(
      await this.plans.list(query.campaign, query.state, after, limit, reachesDrafts(actor)),
      limit,
      (plan) => [plan.id],
    );
    return { items: items.map(planOf), nextCursor };
  }

  /** @throws NotFoundError */
  async plan(_actor: Actor, planId: number): Promise<PlanDto> {
    return planOf(await this.plans.find(planId));
  }

  /** @throws NotFoundError */
  certificate(_actor: Actor, planId: number): Promise<PlanCertificate> {
    return this.plans.certificate(planId);
  }

  /** @throws NotFoundError */
  async loadParameters(_actor: Actor, planId: number): Promise<LoadParametersDto> {
    return { planId, cellSeconds: CELL_SECONDS, formula: FORMULA, profiles: await this.plans.profiles(planId) };
  }

  /** Windows that could not be given, in the order of the allocation. @throws NotFoundError */
  async unplaced(actor: Actor, planId: number, query: PageQuery): Promise<UnplacedPageDto> {
    const after = query.cursor === undefined ? 0 : wholeKeyOf(query.cursor, 1)[0]!;
    await this.plans.find(planId);
    const rows = await this.plans.unplaced(planId, after, query.limit!, scopeCondition(actor, literal));
    const { items, nextCursor } = pageOf(rows, query.limit!, (row) => [row.ordinality]);
    return {
      items: items.map((row) => ({
        uai: row.uai,
        classId: row.classId,
        classCode: row.classCode,
        audience: row.audience,
        date: row.date,
        reason: row.reason,
        neededSessions: row.neededSessions / LOAD_SCALE,
        neededLogins: row.neededLogins / LOAD_SCALE,
        why: whyOf(row),
      })),
      nextCursor,
    };
  }
}

/** Drafts are for those who prepare and approve them. */
const reachesDrafts = (actor: Actor): boolean => reachOf(actor, ACCESS_RULES.listPlans!) === 'all';

function planOf(plan: PlanSummary): PlanDto {
  return {
    id: plan.id,
    campaignId: plan.campaignId,
    platformId: plan.platformId,
    state: plan.state,
    baseEpoch: plan.baseEpoch,
    baseRevision: plan.baseRevision,
    publishedEpoch: plan.publishedEpoch,
    publishedRevision: plan.publishedRevision,
    seed: plan.seed,
    windowCount: plan.windowCount,
    unplacedCount: plan.unplacedCount,
    createdBy: plan.createdBy,
    createdAt: plan.createdAt.toISOString(),
    publishedAt: plan.publishedAt?.toISOString() ?? null,
    supersededAt: plan.supersededAt?.toISOString() ?? null,
  };
}

function whyOf({ startCount, closedStartCount, shut }: UnplacedRow): WhyUnplacedDto | null {
  if (startCount === null || closedStartCount === null || shut === null) return null;
  const facts = { startCount, closedStartCount, shut };
  return { ...facts, sentence: unplacedSentences(facts) };
}

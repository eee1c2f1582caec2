import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Audience } from '../campaign/window-kind';
import { NotFoundError } from '../common/domain-error';
import type { ShutCause } from '../kernel/allocation/shut-starts';
import type { PlanCertificate } from './plan-certificate';
import type { PlanDraft, PlanProfile } from './plan-draft';

export type PlanState = 'draft' | 'published' | 'superseded';

/** A plan without its bulky parts. */
export interface PlanSummary {
  id: number;
  campaignId: number;
  platformId: number;
  state: PlanState;
  baseEpoch: number;
  baseRevision: number;
  publishedEpoch: number | null;
  publishedRevision: number | null;
  curveVersion: number;
  seed: number;
  windowCount: number;
  unplacedCount: number;
  createdBy: string;
  createdAt: Date;
  publishedAt: Date | null;
  supersededAt: Date | null;
}

/** A demand without a window, as it is read back. */
export interface UnplacedRow {
  ordinality: number;
  uai: string;
  classId: number | null;
  classCode: string | null;
  audience: Audience;
  date: string;
  reason: string;
  neededSessions: number;
  neededLogins: number;
  /** Null in drafts of earlier versions. */
  startCount: number | null;
  closedStartCount: number | null;
  shut: Record<ShutCause, number> | null;
}

const SUMMARY = `
  select p.id, p.campaign_id as "campaignId", c.platform_id as "platformId", p.state, p.base_epoch as "baseEpoch",
         p.base_revision as "baseRevision", p.published_epoch as "publishedEpoch",
         p.published_revision as "publishedRevision", p.curve_version as "curveVersion", p.seed,
         p.window_count as "windowCount", jsonb_array_length(p.unplaced) as "unplacedCount", p.created_by as "createdBy",
         p.created_at as "createdAt", p.published_at as "publishedAt", p.superseded_at as "supersededAt"
    from plan p join campaign c on c.id = p.campaign_id`;

/** The rows of plans, without windows and loads. */
@Injectable()
export class PlanStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @throws NotFoundError */
  async find(planId: number, tx?: EntityManager): Promise<PlanSummary> {
    const [plan] = await (tx ?? this.database).query<PlanSummary[]>(`${SUMMARY} where p.id = $1`, [planId]);
    if (!plan) throw new NotFoundError('plan', planId);
    return plan;
  }

  /** The plan, which nobody else may change until the transaction ends. @throws NotFoundError */
  async lock(tx: EntityManager, planId: number): Promise<PlanSummary> {
    await tx.query('select 1 from plan where id = $1 for no key update', [planId]);
    return this.find(planId, tx);
  }

  /** Plans in the order of their ids, one more than asked so that the caller knows whether there is a next page. */
  list(
    campaignId: number | undefined,
    state: PlanState | undefined,
    afterId: number,
    size: number,
    withDrafts = true,
  ): Promise<PlanSummary[]> {
    return this.database.query<PlanSummary[]>(
      `${SUMMARY} where p.id > $3 and ($1::int is null or p.campaign_id = $1) and ($2::text is null or p.state = $2)
          and ($5 or p.state <> 'draft')
        order by p.id limit $4`,
      [campaignId ?? null, state ?? null, afterId, size + 1, withDrafts],
    );
  }

  /** The plan whose window ids a new draft takes over: the campaign's published one, else its latest draft. */
  async inheritFrom(tx: EntityManager, campaignId: number): Promise<number | undefined> {
    const [row] = await tx.query<{ id: number }[]>(
      `select id from plan where campaign_id = $1 and state <> 'superseded'
        order by state = 'published' desc, id desc limit 1 for key share`,
      [campaignId],
    );
    return row?.id;
  }

  async insertDraft(tx: EntityManager, draft: PlanDraft, createdBy: string): Promise<number> {
    const [row] = await tx.query<{ id: number }[]>(
      `insert into plan (campaign_id, state, base_epoch, base_revision, seed, window_count, certificate, profiles, unplaced,
                         created_by)
       values ($1, 'draft', $2, $3, $4, $5, '{}', $6, $7, $8) returning id`,
      [
        draft.campaignId,
        draft.baseEpoch,
        draft.baseRevision,
        draft.evidence.seed,
        draft.columns.windowCount,
        JSON.stringify(draft.profiles),
        JSON.stringify(draft.unplaced),
        createdBy,
      ],
    );
    return row!.id;
  }

  async platformOfCampaign(tx: EntityManager, campaignId: number): Promise<number> {
    const [row] = await tx.query<{ platformId: number }[]>(
      'select platform_id as "platformId" from campaign where id = $1',
      [campaignId],
    );
    if (!row) throw new NotFoundError('campaign', campaignId);
    return row.platformId;
  }

  async setCertificate(tx: EntityManager, planId: number, certificate: PlanCertificate): Promise<void> {
    await tx.query('update plan set certificate = $2 where id = $1', [planId, JSON.stringify(certificate)]);
  }

  async certificate(planId: number, tx?: EntityManager): Promise<PlanCertificate> {
    const [row] = await (tx ?? this.database).query<{ certificate: PlanCertificate }[]>(
      'select certificate from plan where id = $1',
      [planId],
    );
    if (!row) throw new NotFoundError('plan', planId);
    return row.certificate;
  }

  async profiles(planId: number): Promise<PlanProfile[]> {
    const [row] = await this.database.query<{ profiles: PlanProfile[] }[]>('select profiles from plan where id = $1', [
      planId,
    ]);
    if (!row) throw new NotFoundError('plan', planId);
    return row.profiles;
  }

  /** Those of establishments `e` that meet the condition. */
  unplaced(planId: number, after: number, size: number, scope: string): Promise<UnplacedRow[]> {
    return this.database.query<UnplacedRow[]>(
      `select u.ordinality, e.uai, c.id as "classId", c.code as "classCode", u.value ->> 'audience' as audience,
              (date '1970-01-01' + (u.value ->> 'localDay')::int)::text as date, u.value ->> 'reason' as reason,
              (u.value ->> 'neededSessions')::float8 as "neededSessions", (u.value ->> 'neededLogins')::float8 as "neededLogins",
              (u.value ->> 'startCount')::int as "startCount", (u.value ->> 'closedStartCount')::int as "closedStartCount",
              u.value -> 'shut' as shut
         from plan p, jsonb_array_elements(p.unplaced) with ordinality u
         left join establishment e on e.id = (u.value ->> 'establishmentId')::int
         left join class c on c.id = (u.value ->> 'classId')::int
        where p.id = $1 and u.ordinality > $2 and ${scope}
        order by u.ordinality limit $3`,
      [planId, after, size + 1],
    );
  }

  /** Counts and displacements of the stored windows, for the certificate. */
  async displacement(
    tx: EntityManager,
    planId: number,
  ): Promise<{ wishedCount: number; atWishCount: number; meanCells: number; worstCells: number }> {
    const [row] = await tx.query<{ wished: number; atWish: number; mean: number | null; worst: number | null }[]>(
      `select count(wish_cell) as wished, count(*) filter (where wish_cell = start_cell) as "atWish",
              avg(abs(start_cell - wish_cell))::float8 as mean, max(abs(start_cell - wish_cell)) as worst
         from plan_window where plan_id = ${planId}`,
    );
    return {
      wishedCount: row!.wished,
      atWishCount: row!.atWish,
      meanCells: row!.mean ?? 0,
      worstCells: row!.worst ?? 0,
    };
  }

  /** The plan that the campaign has published, if any. */
  async publishedOf(tx: EntityManager, campaignId: number): Promise<number | undefined> {
    const [row] = await tx.query<{ id: number }[]>(
      `select id from plan where campaign_id = $1 and state = 'published'`,
      [campaignId],
    );
    return row?.id;
  }

  /** The revision at which the campaign was last published or rolled back after the given one, if it was. */
  async publishedSince(tx: EntityManager, plan: PlanSummary): Promise<number | undefined> {
    const [row] = await tx.query<{ revision: number }[]>(
      `select c.revision from plan_change c join plan p on p.id = c.plan_id
        where c.platform_id = $1 and (c.epoch, c.revision) > ($2, $3) and p.campaign_id = $4 and c.window_id is null
        order by c.epoch desc, c.revision desc limit 1`,
      [plan.platformId, plan.baseEpoch, plan.baseRevision, plan.campaignId],
    );
    return row?.revision;
  }

  /** The plan that was superseded when this one was published, if there was any. */
  async supersededBy(tx: EntityManager, planId: number): Promise<number | undefined> {
    const [row] = await tx.query<{ id: number | null }[]>(
      `select superseded_plan_id as id from plan_change where plan_id = $1 and kind = 'publication'`,
      [planId],
    );
    return row?.id ?? undefined;
  }

  /** UAIs of the first establishments that have windows in the plan from their own today on and are not on its platform. */
  async establishmentsElsewhere(tx: EntityManager, plan: PlanSummary, now: Date): Promise<string[]> {
    const rows = await tx.query<{ uai: string }[]>(
      `select e.uai from establishment e
        where e.platform_id is distinct from $1
          and exists (select from plan_window w where w.plan_id = ${plan.id} and w.establishment_id = e.id
                       and w.local_date >= ($2::timestamptz at time zone e.time_zone)::date)
        order by e.uai limit 5`,
      [plan.platformId, now],
    );
    return rows.map(({ uai }) => uai);
  }

  async setSuperseded(tx: EntityManager, planId: number): Promise<void> {
    await tx.query(`update plan set state = 'superseded', superseded_at = now() where id = $1`, [planId]);
  }

  async setPublished(tx: EntityManager, planId: number, epoch: number, revision: number): Promise<void> {
    await tx.query(
      `update plan set state = 'published', published_at = coalesce(published_at, now()), superseded_at = null,
              published_epoch = $2, published_revision = $3 where id = $1`,
      [planId, epoch, revision],
    );
  }

  async delete(tx: EntityManager, planId: number): Promise<void> {
    await tx.query('delete from plan where id = $1', [planId]);
  }

  /** Platform and department ids behind a territory's code. @throws NotFoundError */
  async departmentsOf(territoryCode: string): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      `with recursive inside as (
         select id, kind from territory where code = $1
         union all select t.id, t.kind from territory t join inside i on t.parent_id = i.id)
       select id from inside where kind = 'department'`,
      [territoryCode],
    );
    if (rows.length === 0) {
      const [known] = await this.database.query<object[]>('select 1 from territory where code = $1', [territoryCode]);
      if (!known) throw new NotFoundError('territory', territoryCode);
    }
    return rows.map((row) => row.id);
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { TerritoryScope } from '../access/actor';
import { scopeConditions } from './campaign-scope.rules';
import type { Campaign } from './campaign.entity';

export const APPROVAL_DECISIONS = ['approve', 'refuse'] as const;
export type ApprovalDecision = (typeof APPROVAL_DECISIONS)[number];

/** The last word of one authority. */
export interface ApprovalRow {
  decision: ApprovalDecision;
  territories: TerritoryScope[];
  reason: string;
  decidedBy: string;
  decidedAt: Date;
}

/** How many of the establishments that take part, of a department and a kind, have which answer of their authority. */
export interface ApprovalStanding {
  departmentCode: string;
  departmentName: string;
  kind: string;
  approvedCount: number;
  refusedCount: number;
  waitingCount: number;
}

/** What authorities say to campaigns of their territory. */
@Injectable()
export class CampaignApprovalStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Where it stands; of several authorities of an establishment the one that spoke last counts. */
  standing(campaign: Campaign, tx: EntityManager = this.database.manager): Promise<ApprovalStanding[]> {
    const conditions = scopeConditions(campaign);
    return tx.query<ApprovalStanding[]>(
      `with concerned as (
         select establishment.kind, establishment.department_id, establishment.commune_code, count(*) as size
           from establishment
          where ${conditions.establishment}
            and exists (select 1 from class where class.establishment_id = establishment.id and ${conditions.class})
          group by 1, 2, 3
       ), answered as (
         select c.*, x.code, x.name, (
                  select a.decision from campaign_approval a,
                         jsonb_to_recordset(a.territories) as s (code text, level text, kinds jsonb)
                   where a.campaign_id = $1 and (s.kinds = '[]' or s.kinds @> to_jsonb(c.kind))
                     and case s.level when 'commune' then s.code = c.commune_code else s.code in (x.code, y.code, z.code) end
                   order by a.decided_at desc limit 1) as decision
           from concerned c join territory x on x.id = c.department_id
           left join territory y on y.id = x.parent_id left join territory z on z.id = y.parent_id
       )
       select code as "departmentCode", name as "departmentName", kind,
              coalesce(sum(size) filter (where decision = 'approve'), 0)::int as "approvedCount",
              coalesce(sum(size) filter (where decision = 'refuse'), 0)::int as "refusedCount",
              coalesce(sum(size) filter (where decision is null), 0)::int as "waitingCount"
         from answered group by 1, 2, 3 order by 1, 3`,
      [campaign.id],
    );
  }

  /** The last first. */
  decisions(campaignId: number): Promise<ApprovalRow[]> {
    return this.database.query<ApprovalRow[]>(
      `select decision, territories, reason, decided_by as "decidedBy", decided_at as "decidedAt"
         from campaign_approval where campaign_id = $1 order by decided_at desc, decided_by`,
      [campaignId],
    );
  }

  /** Whether any of these establishments takes part. */
  async concerns(campaign: Campaign, uais: readonly string[]): Promise<boolean> {
    const conditions = scopeConditions(campaign);
    const rows = await this.database.query<unknown[]>(
      `select 1 from establishment where ${conditions.establishment} and establishment.uai = any($1)
          and exists (select 1 from class where class.establishment_id = establishment.id and ${conditions.class}) limit 1`,
      [uais],
    );
    return rows.length > 0;
  }

  /** Writes an authority's word down and gives the one before. */
  async decide(tx: EntityManager, campaignId: number, row: ApprovalRow): Promise<ApprovalDecision | undefined> {
    const [before] = await tx.query<{ decision: ApprovalDecision }[]>(
      'select decision from campaign_approval where campaign_id = $1 and decided_by = $2',
      [campaignId, row.decidedBy],
    );
    await tx.query(
      `insert into campaign_approval (campaign_id, decided_by, decision, territories, reason, decided_at)
       values ($1, $2, $3, $4, $5, $6)
       on conflict (campaign_id, decided_by) do update
          set decision = excluded.decision, territories = excluded.territories, reason = excluded.reason,
              decided_at = excluded.decided_at`,
      [campaignId, row.decidedBy, row.decision, JSON.stringify(row.territories), row.reason, row.decidedAt],
    );
    return before?.decision;
  }
}

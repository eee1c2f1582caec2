import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Campaign } from '../campaign/campaign.entity';
import { scopeConditions } from '../campaign/campaign-scope.rules';
import type { AnswerState, Quality } from './proposal.rules';

/** Which establishments of a campaign. */
export interface ProgressFilter {
  /** Those of a territory, by code. */
  territory?: string | undefined;
  uai?: string | undefined;
  /** Those that the caller answers for; all without it. */
  uais?: readonly string[] | undefined;
  answer?: AnswerState | undefined;
}

export interface EstablishmentProgress {
  uai: string;
  name: string;
  kind: string;
  departmentCode: string;
  classCount: number;
  answer: AnswerState;
  /** Of the last answer. */
  quality: Quality | null;
  answeredAt: Date | null;
  hasStatedWishes: boolean;
}

export interface TerritoryProgress {
  code: string;
  name: string;
  kind: string;
  establishmentCount: number;
  acceptedCount: number;
  partlyAcceptedCount: number;
  changeAskedCount: number;
  unansweredCount: number;
  wishesStatedCount: number;
}

export type TerritoryLevel = 'region' | 'academy' | 'department';

/** Who has answered a proposal and who has not; without a proposal, nobody has. */
@Injectable()
export class AnswerProgressStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Establishments by UAI, those after `afterUai`. */
  page(
    campaign: Campaign,
    proposalId: number | null,
    filter: ProgressFilter,
    afterUai: string | undefined,
    count: number,
  ): Promise<EstablishmentProgress[]> {
    return this.database.query(
      `${statesOf(campaign)}
       select state.uai, state.name, state.kind, territory.code as "departmentCode", state.class_count as "classCount",
              state.answer, last.quality, last.answered_at as "answeredAt", state.has_stated_wishes as "hasStatedWishes"
         from state join territory on territory.id = state.department_id
         left join lateral (select quality, answered_at from proposal_answer
                             where proposal_id = $1 and establishment_id = state.id order by id desc limit 1) last on true
        where ($5::text is null or state.answer = $5) and ($6::text is null or state.uai > $6)
        order by state.uai limit $7`,
      [...this.parameters(proposalId, filter), filter.answer ?? null, afterUai ?? null, count],
    );
  }

  /** Counts of each territory of a level that has establishments in the campaign, by code. */
  territories(
    campaign: Campaign,
    proposalId: number | null,
    filter: ProgressFilter,
    level: TerritoryLevel,
  ): Promise<TerritoryProgress[]> {
    return this.database.query(
      `with recursive ${CHAIN}, ${statesOf(campaign).replace(/^with /, '')}
       select territory.code, territory.name, territory.kind, ${COUNTS}
         from state join chain on chain.department_id = state.department_id
         join territory on territory.id = chain.territory_id and territory.kind = $5
        group by territory.id order by territory.code`,
      [...this.parameters(proposalId, filter), level],
    );
  }

  private parameters(proposalId: number | null, { territory, uai, uais }: ProgressFilter): unknown[] {
    return [proposalId, territory ?? null, uai ?? null, uais ?? null];
  }
}

/** Each department with itself and the territories that it lies in. */
const CHAIN = `chain (department_id, territory_id) as (
    select id, id from territory where kind = 'department'
    union all select chain.department_id, territory.parent_id
      from chain join territory on territory.id = chain.territory_id where territory.parent_id is not null)`;

const COUNTS = `count(*)::int as "establishmentCount",
  (count(*) filter (where answer = 'accepted'))::int as "acceptedCount",
  (count(*) filter (where answer = 'partly_accepted'))::int as "partlyAcceptedCount",
  (count(*) filter (where answer = 'change_asked'))::int as "changeAskedCount",
  (count(*) filter (where answer = 'none'))::int as "unansweredCount",
  (count(*) filter (where has_stated_wishes))::int as "wishesStatedCount"`;

/**
 * Each establishment of a campaign with where it stands: $1 proposal, $2 territory code, $3 UAI, $4 UAIs of the caller.
 * An answer for a class holds until a later one for the class or for the whole establishment.
 */
function statesOf(campaign: Campaign): string {
  const conditions = scopeConditions(campaign);
  return `with concerned as (
      select establishment.id, establishment.uai, establishment.name, establishment.kind, establishment.department_id,
             (count(*) filter (where class.kind = 'division'))::int as class_count
        from establishment join class on class.establishment_id = establishment.id
       where ${conditions.establishment} and ${conditions.class}
         and ($2::text is null or establishment.department_id in (
           with recursive below as (
             select id from territory where code = $2
             union all select territory.id from territory join below on territory.parent_id = below.id)
           select id from below))
         and ($3::text is null or establishment.uai = $3) and ($4::text[] is null or establishment.uai = any($4))
       group by establishment.id),
    latest as (
      select distinct on (establishment_id, class_id) id, establishment_id, class_id, verdict
        from proposal_answer where proposal_id = $1 order by establishment_id, class_id, id desc),
    own as (
      select latest.establishment_id, count(*) filter (where latest.verdict = 'change') as change_count,
             count(*) filter (where latest.verdict = 'accept' and class.kind = 'division') as accept_count
        from latest join class on class.id = latest.class_id
        left join latest whole on whole.establishment_id = latest.establishment_id and whole.class_id is null
       where whole.id is null or latest.id > whole.id group by latest.establishment_id),
    state as (
      select concerned.*,
             case when own.change_count > 0 then 'change_asked'
                  when own.accept_count >= concerned.class_count and concerned.class_count > 0 then 'accepted'
                  when whole.verdict = 'change' then 'change_asked'
                  when whole.verdict = 'accept' then 'accepted'
                  when own.accept_count > 0 then 'partly_accepted'
                  else 'none' end as answer,
             exists (select 1 from wish_change where campaign_id = ${campaign.id}
                        and wish_change.establishment_id = concerned.id) as has_stated_wishes
        from concerned left join own on own.establishment_id = concerned.id
        left join latest whole on whole.establishment_id = concerned.id and whole.class_id is null)`;
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CELL_SECONDS, LEAD_CELLS } from '../kernel/cell-grid';
import { LEAST_SPAN_SECONDS } from '../kernel/decision/day-admission';
import type { DoubtfulDay } from './doubtful-days.rules';

/** Where the replan of a step stands: its job as long as that goes on or where it made no plan, then the plan. */
export const REPLAN_STATES = ['queued', 'running', 'failed', 'cancelled', 'draft', 'published', 'discarded'] as const;
export type ReplanState = (typeof REPLAN_STATES)[number];

/** What became of the replan of a campaign that a step asked for. */
export interface StepReplan {
  stepId: number;
  campaignId: number;
  state: ReplanState;
  /** Null where it comes after the job that is under way. */
  jobId: number | null;
  planId: number | null;
  errorCode: string | null;
}

/** What a crisis needs to know of campaigns and agents. */
@Injectable()
export class CrisisStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Campaigns of the platform with a published plan that goes on beyond a date. */
  async publishedCampaigns(tx: EntityManager, platformId: number, on: string): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select c.id from campaign c join plan p on p.campaign_id = c.id
        where c.platform_id = $1 and p.state = 'published' and c.ends_on >= $2 order by 1`,
      [platformId, on],
    );
    return rows.map(({ id }) => id);
  }

  /** Of each step and campaign the replan that was asked for last; one that waits for the job before it is none yet. */
  replans(platformId: number, stepIds: readonly number[]): Promise<StepReplan[]> {
    return this.database.query(
      `with its as (
         select r.* from job_run r join campaign c on c.id = r.campaign_id where c.platform_id = $1 and r.kind = 'allocation'),
       asked as (
         select id, false as is_next, campaign_id, state, plan_id, error, parameters -> 'stepIds' as step_ids from its
         union all
         select id, true, campaign_id, 'queued', null, null, followed_by #> '{parameters,stepIds}' from its
          where state in ('queued', 'running'))
       select distinct on (step_id, a.campaign_id) step_id::int as "stepId", a.campaign_id as "campaignId",
              case when a.state <> 'done' then a.state when p.published_at is not null then 'published'
                   when p.state = 'draft' then 'draft' else 'discarded' end as state,
              case when not a.is_next then a.id end as "jobId", p.id as "planId", a.error ->> 'code' as "errorCode"
         from asked a cross join jsonb_array_elements_text(a.step_ids) step_id left join plan p on p.id = a.plan_id
        where step_id::int = any($2)
        order by step_id, a.campaign_id, a.id desc, a.is_next desc`,
      [platformId, stepIds],
    );
  }

  /** How many agents have told of themselves since an instant, and whether one of them has an open waiting room. */
  async agents(platformId: number, since: Date): Promise<{ count: number; hasRoom: boolean }> {
    const rows = await this.database.query<{ count: number; hasRoom: boolean }[]>(
      `select count(*)::int as count, coalesce(bool_or((room ->> 'isOpen')::boolean), false) as "hasRoom"
         from gateway_agent where platform_id = $1 and reported_at >= $2`,
      [platformId, since],
    );
    return rows[0]!;
  }

  /**
   * Schools with a class that has no window of its own, long enough for an admission, which a day's steps leave: of live lessons, or
   * outside of the time of live lessons alone. Whom no plan binds comes in at any other time; a school without any window on the day is
   * none where the walk-in quota is left.
   */
  async schoolsInDoubt(
    tx: EntityManager,
    platformId: number,
    planIds: readonly number[],
    { zone, from, to, gaps, isQuotaLeft }: DoubtfulDay,
  ): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `with its as materialized (
         select class_id, establishment_id, bool_or(
                  (activity = 1 and (start_cell + cell_count - (start_cell - ${LEAD_CELLS})) * ${CELL_SECONDS} >= ${LEAST_SPAN_SECONDS})
                  or exists (select 1 from unnest($5::bigint[], $6::bigint[]) as gap (begins, ends)
                              where least((start_cell + cell_count)::bigint * ${CELL_SECONDS}, gap.ends)
                                  - greatest((start_cell - ${LEAD_CELLS})::bigint * ${CELL_SECONDS}, gap.begins) >= ${LEAST_SPAN_SECONDS})) as is_open
           from plan_window where plan_id = any($2) and audience = 0 and start_cell >= $3 and start_cell < $4 group by 1, 2),
       years as (select distinct c.school_year from campaign c join plan p on p.campaign_id = c.id where p.id = any($2)),
       schools as (select distinct establishment_id as id from its)
       select distinct e.id from establishment e join class k on k.establishment_id = e.id
         left join its on its.class_id = k.id left join schools s on s.id = e.id
        where e.platform_id = $1 and e.time_zone = $7 and k.school_year in (select school_year from years)
          and its.is_open is not true and not ($8 and s.id is null)
          and not (cardinality($5::bigint[]) > 0
                   and not exists (select 1 from plan_window w where w.class_id = k.id and w.plan_id = any($2) and w.audience < 2))
        order by 1`,
      [
        platformId,
        planIds,
        Math.floor(from / CELL_SECONDS),
        Math.ceil(to / CELL_SECONDS),
        gaps.map(([begins]) => begins),
        gaps.map(([, ends]) => ends),
        zone,
        isQuotaLeft,
      ],
    );
    return rows.map(({ id }) => id);
  }
}

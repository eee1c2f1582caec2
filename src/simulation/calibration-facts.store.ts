import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { LoadModel } from '../campaign/window-rule';
import type { PlanProfile } from '../plan/plan-draft';

/** The published plan of a campaign and the load model that it was computed with. */
export interface CalibratedPlan {
  planId: number;
  platformId: number;
  timeZone: string;
  startsOn: string;
  endsOn: string;
  loadModel: LoadModel;
  profiles: PlanProfile[];
  /** Levels whose pupils come through the accounts of their relatives. */
  parentAccountLevels: string[];
}

/** First windows of a day that nothing tells apart, with who was expected and who came, then or at any time of the day. */
export interface ExpectedRow {
  establishmentId: number;
  kind: string;
  /** Joined by commas; empty for windows of relatives. */
  levels: string;
  profileId: number;
  /** Local hour of the start. */
  hour: number;
  headcount: number;
  came: number;
  cameInWindow: number;
  /** Of those who came, those whose visit was watched to its end, and how long these were together, in seconds. */
  ended: number;
  staySeconds: number;
}

/** Who came in the windows of a profile that start in a cell, in a department. */
export interface StartRow {
  department: number;
  kind: string;
  /** Joined by commas; empty for windows of relatives. */
  levels: string;
  /** Local hour of the start. */
  hour: number;
  profileId: number;
  startCell: number;
  came: number;
}

/** Who came outside of windows, by what they would have come for. */
export interface OutsideRow {
  department: number;
  kind: string;
  /** Index into AUDIENCES. */
  audience: number;
  levels: string;
  came: number;
}

/** Who was let in in a cell. */
export interface CameRow {
  department: number;
  /** Empty where it is not known. */
  kind: string;
  /** Index into LEVELS, -1 where it is not known. */
  level: number;
  /** Index into VISITOR_PROFILES. */
  profile: number;
  cell: number;
  came: number;
}

export interface MinuteMeasured {
  at: Date;
  sessions: number | null;
  logins: number | null;
}

interface Days {
  planId: number;
  platformId: number;
  firstOn: string;
  lastOn: string;
}

/** What a load model is calibrated from: windows of the plan, counts of gateways, measurements; sums over people, never one of them. */
@Injectable()
export class CalibrationFactsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async plan(campaignId: number): Promise<CalibratedPlan | undefined> {
    const [row] = await this.database.query<CalibratedPlan[]>(
      `select p.id as "planId", c.platform_id as "platformId", l.time_zone as "timeZone", c.starts_on::text as "startsOn",
              c.ends_on::text as "endsOn", c.load_model as "loadModel", p.profiles, l.parent_account_levels as "parentAccountLevels"
         from plan p join campaign c on c.id = p.campaign_id join platform l on l.id = c.platform_id
        where c.id = $1 and p.state = 'published'`,
      [campaignId],
    );
    return row;
  }

  /** Of establishments of which anything was counted on the day: silence of a gateway says nothing about visitors. */
  expected({ planId, platformId, firstOn, lastOn }: Days): Promise<ExpectedRow[]> {
    return this.database.query(
      `with counted as (
         select on_date, establishment_id, audience, owner_id, sum(admitted) as came,
                coalesce(sum(admitted) filter (where start_cell >= 0), 0) as kept, sum(ended) as ended, sum(stay_seconds) as stayed
           from gateway_window_count where platform_id = $2 and on_date between $3 and $4 and audience < 2 group by 1, 2, 3, 4
       ), heard as (select distinct on_date, establishment_id from counted)
       select w.establishment_id as "establishmentId", e.kind, coalesce(array_to_string(k.levels, ','), '') as levels,
              w.profile_id as "profileId",
              extract(hour from to_timestamp(w.start_cell * 300.0) at time zone e.time_zone)::int as hour,
              sum(w.headcount)::int as headcount, coalesce(sum(n.came), 0)::int as came, coalesce(sum(n.kept), 0)::int as "cameInWindow",
              coalesce(sum(n.ended), 0)::int as ended, coalesce(sum(n.stayed), 0)::float8 as "staySeconds"
         from plan_window w join establishment e on e.id = w.establishment_id left join class k on k.id = w.class_id
         join heard h on h.on_date = w.local_date and h.establishment_id = w.establishment_id
         left join counted n on n.on_date = w.local_date and n.audience = w.audience
                            and n.owner_id = coalesce(w.class_id, w.establishment_id)
        where w.plan_id = $1 and w.local_date between $3 and $4 and w.ordinal = 0 and w.audience < 2
        group by 1, 2, 3, 4, 5 order by 1, 3, 4, 5`,
      [planId, platformId, firstOn, lastOn],
    );
  }

  /** Establishments with windows on these days of which nothing was counted. */
  async silentCount({ planId, platformId, firstOn, lastOn }: Days): Promise<number> {
    const [row] = await this.database.query<{ count: number }[]>(
      `select count(distinct w.establishment_id)::int as count from plan_window w
        where w.plan_id = $1 and w.local_date between $3 and $4 and not exists (
                select 1 from gateway_window_count n
                 where n.platform_id = $2 and n.on_date between $3 and $4 and n.establishment_id = w.establishment_id)`,
      [planId, platformId, firstOn, lastOn],
    );
    return row!.count;
  }

  starts({ planId, platformId, firstOn, lastOn }: Days): Promise<StartRow[]> {
    return this.database.query(
      `select e.department_id as department, e.kind, coalesce(array_to_string(k.levels, ','), '') as levels,
              extract(hour from to_timestamp(w.start_cell * 300.0) at time zone e.time_zone)::int as hour,
              w.profile_id as "profileId", w.start_cell as "startCell", sum(n.admitted)::int as came
         from gateway_window_count n
         join plan_window w on w.plan_id = $1 and w.local_date = n.on_date and w.audience = n.audience and w.start_cell = n.start_cell
                           and coalesce(w.class_id, w.establishment_id) = n.owner_id
         join establishment e on e.id = w.establishment_id left join class k on k.id = w.class_id
        where n.platform_id = $2 and n.on_date between $3 and $4 and n.audience < 2 and n.admitted > 0
        group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6`,
      [planId, platformId, firstOn, lastOn],
    );
  }

  outside({ platformId, firstOn, lastOn }: Days): Promise<OutsideRow[]> {
    return this.database.query(
      `select e.department_id as department, e.kind, n.audience, coalesce(array_to_string(k.levels, ','), '') as levels, sum(n.admitted)::int as came
         from gateway_window_count n join establishment e on e.id = n.establishment_id
         left join class k on n.audience = 0 and k.id = n.owner_id
        where n.platform_id = $1 and n.on_date between $2 and $3 and n.audience < 2 and n.start_cell < 0
        group by 1, 2, 3, 4 having sum(n.admitted) > 0 order by 1, 2, 3, 4`,
      [platformId, firstOn, lastOn],
    );
  }

  came(platformId: number, firstCell: number, endCell: number): Promise<CameRow[]> {
    return this.database.query(
      `select t.id as department, n.kind, n.level, n.profile, n.cell, sum(n.admitted)::int as came
         from gateway_cell_count n join territory t on t.code = n.department
        where n.platform_id = $1 and n.cell >= $2 and n.cell < $3
          and n.on_date between (to_timestamp($2 * 300.0) at time zone 'UTC')::date and (to_timestamp($3 * 300.0) at time zone 'UTC')::date
        group by 1, 2, 3, 4, 5 having sum(n.admitted) > 0 order by 1, 2, 3, 4, 5`,
      [platformId, firstCell, endCell],
    );
  }

  /** The largest of what the sources of a platform say of each minute. */
  measured(platformId: number, from: Date, to: Date): Promise<MinuteMeasured[]> {
    return this.database.query(
      `select minute_at as at, sessions, logins_per_minute as logins
         from measured_minute where platform_id = $1 and minute_at >= $2 and minute_at < $3 order by 1`,
      [platformId, from, to],
    );
  }
}

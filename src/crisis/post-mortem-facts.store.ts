import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { CELL_SECONDS } from '../kernel/cell-grid';
import type { CountedAdherence } from './replay-adherence.rules';

export interface CountedCell {
  cell: number;
  attempts: number;
  admitted: number;
  deferred: number;
  refused: number;
}

export type CountedProfile = Omit<CountedCell, 'cell'> & { profile: number };

/** Of the establishments of a kind in a department. */
export interface CountedPlace {
  department: string;
  kind: string;
  expected: number;
  admitted: number;
  admittedInWindow: number;
  deferred: number;
  refused: number;
  attempts: number;
}

export interface PlannedCell {
  cell: number;
  sessions: number;
  logins: number;
  isOver: boolean;
}

export interface MeasuredCell {
  cell: number;
  sessions: number | null;
  loginsPerMinute: number | null;
}

const SUMS = `sum(attempts)::int as attempts, sum(admitted)::int as admitted, sum(deferred)::int as deferred, sum(refused)::int as refused`;
/** Partitions are days of UTC, cells are exact. */
const IN_CELLS = `platform_id = $1 and cell >= $2 and cell < $3
  and on_date between (to_timestamp($2 * ${CELL_SECONDS}.0) at time zone 'UTC')::date and (to_timestamp($3 * ${CELL_SECONDS}.0) at time zone 'UTC')::date`;

/** What is known of some days of a platform: counts, ledger, measurements, steps. */
@Injectable()
export class PostMortemFactsStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  cells(platformId: number, firstCell: number, endCell: number): Promise<CountedCell[]> {
    return this.database.query(
      `select cell, ${SUMS} from gateway_cell_count where ${IN_CELLS} group by cell order by cell`,
      [platformId, firstCell, endCell],
    );
  }

  profiles(platformId: number, firstCell: number, endCell: number): Promise<CountedProfile[]> {
    return this.database.query(
      `select profile, ${SUMS} from gateway_cell_count where ${IN_CELLS} group by profile order by profile`,
      [platformId, firstCell, endCell],
    );
  }

  /** Expected of the published plans, in windows that begin before a cell, and counted, per department and kind. */
  places(platformId: number, firstOn: string, lastOn: string, beforeCell: number): Promise<CountedPlace[]> {
    return this.database.query(
      `with expected as (
         select w.establishment_id, sum(ceil(w.headcount * coalesce(r.participation, 1000) / 1000.0)) as expected
           from plan_window w join plan p on p.id = w.plan_id and p.state = 'published'
           join campaign c on c.id = p.campaign_id and c.platform_id = $1
           left join lateral (select (x ->> 'participationPerMille')::int as participation
                                from jsonb_array_elements(p.profiles) x where (x ->> 'profileId')::int = w.profile_id) r on true
          where w.local_date between $2 and $3 and w.ordinal = 0 and w.audience < 2 and w.start_cell < $4 group by 1),
       rows as (
         select establishment_id, admitted, case when start_cell >= 0 then admitted else 0 end as in_window, deferred, refused, attempts
           from gateway_window_count where platform_id = $1 and on_date between $2 and $3 and audience <> 2
         union all
         select establishment_id, admitted, admitted_in_window, deferred, refused, attempts
           from gateway_day_count where platform_id = $1 and on_date between $2 and $3 and audience <> 2),
       counted as (
         select establishment_id, sum(admitted) as admitted, sum(in_window) as in_window, sum(deferred) as deferred,
                sum(refused) as refused, sum(attempts) as attempts from rows group by 1)
       select d.code as department, e.kind, coalesce(sum(x.expected), 0)::int as expected,
              coalesce(sum(n.admitted), 0)::int as admitted, coalesce(sum(n.in_window), 0)::int as "admittedInWindow",
              coalesce(sum(n.deferred), 0)::int as deferred, coalesce(sum(n.refused), 0)::int as refused,
              coalesce(sum(n.attempts), 0)::int as attempts
         from expected x full join counted n using (establishment_id) join establishment e on e.id = establishment_id
         join territory d on d.id = e.department_id
        group by 1, 2 order by 1, 2`,
      [platformId, firstOn, lastOn, beforeCell],
    );
  }

  /** Of a day, by kind and profile, those who had a window on it, as counted and as the load models expect them; with zeros where nobody was let in. */
  adherences(platformId: number, on: string): Promise<CountedAdherence[]> {
    return this.database.query(
      `with believed as (
         select p.id as plan_id, (profile ->> 'profileId')::int as profile_id, (profile ->> 'participationPerMille')::float8 / 1000 as participation,
                (behaviour ->> 'adherencePerMille')::float8 / 1000 as adherence
           from plan p join campaign c on c.id = p.campaign_id and c.platform_id = $1, jsonb_array_elements(p.profiles) profile,
                jsonb_array_elements(c.load_model -> 'behaviours') behaviour
          where p.state = 'published' and behaviour ->> 'audience' = profile ->> 'audience' and behaviour ->> 'activity' = profile ->> 'activity'
            and behaviour ->> 'levelGroup' is not distinct from profile ->> 'levelGroup'),
       windowed as (
         select w.establishment_id, w.audience, coalesce(w.class_id, w.establishment_id) as owner_id, sum(w.headcount * b.participation) as expected,
                sum(w.headcount * b.participation * b.adherence) as expected_in_window
           from plan_window w join believed b using (plan_id, profile_id)
          where w.local_date = $2 and w.audience < 2 group by 1, 2, 3),
       counted as (
         select n.establishment_id, n.audience, sum(n.admitted) as admitted, coalesce(sum(n.admitted) filter (where n.start_cell >= 0), 0) as in_window
           from gateway_window_count n join windowed using (establishment_id, audience, owner_id)
          where n.platform_id = $1 and n.on_date = $2 group by 1, 2
         union all
         select establishment_id, audience, admitted, admitted_in_window from gateway_day_count where platform_id = $1 and on_date = $2),
       schools as (
         select w.establishment_id, w.audience, w.expected, w.expected_in_window, coalesce(sum(n.admitted), 0) as admitted, coalesce(sum(n.in_window), 0) as in_window
           from (select establishment_id, audience, sum(expected) as expected, sum(expected_in_window) as expected_in_window from windowed group by 1, 2) w
           left join counted n using (establishment_id, audience) group by 1, 2, 3, 4)
       select case s.audience when 0 then 'pupil' else 'relative' end as profile, e.kind, count(*) filter (where s.admitted > 0)::int as "establishmentCount",
              sum(s.admitted)::int as admitted, sum(s.in_window)::int as "admittedInWindow",
              sum(s.expected) as expected, sum(s.expected_in_window) as "expectedInWindow"
         from schools s join establishment e on e.id = s.establishment_id group by s.audience, e.kind order by s.audience, e.kind`,
      [platformId, on],
    );
  }

  planned(platformId: number, firstCell: number, endCell: number): Promise<PlannedCell[]> {
    return this.database.query(
      `select cell, (session_planned / 1000)::int as sessions, (login_planned / 1000)::int as logins,
              session_planned > session_limit or login_planned > login_limit as "isOver"
         from ledger_cell where platform_id = $1 and cell >= $2 and cell < $3 order by cell`,
      [platformId, firstCell, endCell],
    );
  }

  /** Of the minutes of a cell the most sessions, and the mean of the log-ins a minute. */
  measured(platformId: number, firstCell: number, endCell: number): Promise<MeasuredCell[]> {
    return this.database.query(
      `select floor(extract(epoch from minute_at) / ${CELL_SECONDS})::int as cell, max(sessions)::int as sessions,
              round(avg(logins_per_minute))::int as "loginsPerMinute" from measured_minute
        where platform_id = $1 and minute_at >= to_timestamp($2 * ${CELL_SECONDS}.0) and minute_at < to_timestamp($3 * ${CELL_SECONDS}.0)
        group by 1 order by 1`,
      [platformId, firstCell, endCell],
    );
  }

  /** Each measured minute. */
  minutes(
    platformId: number,
    firstCell: number,
    endCell: number,
  ): Promise<(MeasuredCell & { errorsPerMille: number | null })[]> {
    return this.database.query(
      `select floor(extract(epoch from minute_at) / ${CELL_SECONDS})::int as cell, sessions,
              logins_per_minute as "loginsPerMinute", errors_per_mille as "errorsPerMille" from measured_minute
        where platform_id = $1 and minute_at >= to_timestamp($2 * ${CELL_SECONDS}.0) and minute_at < to_timestamp($3 * ${CELL_SECONDS}.0)
        order by minute_at`,
      [platformId, firstCell, endCell],
    );
  }

  /** Regulations, and steps that cut the capacity for less than a cell: of those no regulation is left. */
  async capacityCutCount(platformId: number, from: Date, to: Date): Promise<number> {
    const rows = await this.database.query<{ count: number }[]>(
      `select ((select count(*) from regulation where platform_id = $1 and starts_at < $3 and ends_at > $2)
             + (select count(*) from protection_step s where s.platform_id = $1 and s.enforced_at is not null and s.starts_at < $3 and s.ends_at > $2
                   and s.ends_at > s.starts_at and (s.measures ->> 'capacityPerMille')::int < 1000
                   and not exists (select from regulation r where r.id = s.regulation_id)))::int as count`,
      [platformId, from, to],
    );
    return rows[0]!.count;
  }
}

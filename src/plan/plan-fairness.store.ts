import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { AUDIENCES } from '../campaign/window-kind';
import { LEVELS } from '../directory/level';
import { CELL_MINUTES, CELL_SECONDS } from '../kernel/cell-grid';
import { badHourCondition } from './bad-hours.rules';
import { FAIRNESS_DIMENSIONS, type FairnessRow } from './plan-evidence';
import { isOnOtherDay } from './other-day';
import { partitionOf } from './plan-window.store';

/** The least displacement that `share` of the windows with a wish do not exceed. */
const quantile = (share: number): string =>
  `min(minutes) filter (where minutes is not null and reached >= ceil(${share} * wished))`;

/** The fairness sheets of plans. */
@Injectable()
export class PlanFairnessStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Adds up the windows of classes as they are stored, by what their establishment and class is. A class of several levels counts as
   * its oldest one. One that was booked onto another day than was wished is counted as such, not in minutes. Windows alike are counted first, so that the sorting is of thousands whatever the size of the plan.
   */
  async compute(tx: EntityManager, planId: number): Promise<void> {
    const localStart = `(start_cell::bigint * ${CELL_SECONDS})`;
    await tx.query(
      `with level as (
         select id, (select l from unnest(levels) l order by array_position($2::text[], l) desc limit 1) as level from class
          where id in (select class_id from ${partitionOf(planId)} where audience = ${AUDIENCES.indexOf('pupils')})),
       start as (
         select start_cell, cell_count, time_zone, ${badHourCondition('minute', `cell_count * ${CELL_MINUTES}`)} as is_bad
           from (select distinct w.start_cell, w.cell_count, e.time_zone,
                        extract(hour from to_timestamp(${localStart}) at time zone e.time_zone)::int * 60
                        + extract(minute from to_timestamp(${localStart}) at time zone e.time_zone)::int as minute
                   from ${partitionOf(planId)} w join establishment e on e.id = w.establishment_id) distinct_start),
       -- a department stands below an academy, or below its region where there is none between
       place as (
         select d.id, d.code as department, case above.kind when 'academy' then above.code end as academy,
                coalesce(top.code, case above.kind when 'region' then above.code end) as region
           from territory d left join territory above on above.id = d.parent_id left join territory top on top.id = above.parent_id),
       alike as (
         select e.kind, coalesce(level.level, 'unknown') as level, place.department, place.academy, place.region, e.sector,
                e.priority_education,
                case when not other.is_other_day then abs(w.start_cell - w.wish_cell) * ${CELL_MINUTES} end as minutes, other.is_other_day, start.is_bad, count(*) as n
           from ${partitionOf(planId)} w
           join establishment e on e.id = w.establishment_id
           join place on place.id = e.department_id
           join start on start.start_cell = w.start_cell and start.cell_count = w.cell_count and start.time_zone = e.time_zone
           left join level on level.id = w.class_id
           cross join lateral (
             select ${isOnOtherDay('w')} as is_other_day) other
          where w.audience = ${AUDIENCES.indexOf('pupils')}
          group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10),
       grouped as (
         select dimension, value, minutes, sum(n) as n, coalesce(sum(n) filter (where is_bad), 0) as bad,
                coalesce(sum(n) filter (where is_other_day), 0) as elsewhere
           from alike, lateral (values ('all', 'all'), ('kind', kind), ('level', level), ('department', department),
                                       ('academy', academy), ('region', region), ('sector', sector), ('priority_education', priority_education)) of_class (dimension, value)
          where value is not null
          group by 1, 2, 3),
       reached as (
         select *, sum(n) filter (where minutes is not null) over (partition by dimension, value) as wished,
                sum(n) filter (where minutes is not null) over (partition by dimension, value order by minutes) as reached
           from grouped)
       insert into plan_fairness (plan_id, dimension, value, window_count, wished_count, at_wish_count, mean_minutes, median_minutes,
                                  p90_minutes, p95_minutes, worst_minutes, bad_hour_count, other_day_count)
       select $1, dimension, value, sum(n), coalesce(sum(n) filter (where minutes is not null), 0),
              coalesce(sum(n) filter (where minutes = 0), 0), sum(n * minutes)::float8 / max(wished), ${quantile(0.5)},
              ${quantile(0.9)}, ${quantile(0.95)}, max(minutes), sum(bad), sum(elsewhere)
         from reached group by dimension, value`,
      [planId, LEVELS],
    );
  }

  /** The sheet of a plan: dimension by dimension, values by name, levels by age. */
  rows(planId: number): Promise<FairnessRow[]> {
    return this.database.query<FairnessRow[]>(
      `select dimension, value, window_count as "windowCount", wished_count as "wishedCount", at_wish_count as "atWishCount",
              mean_minutes as "meanMinutes", median_minutes as "medianMinutes", p90_minutes as "p90Minutes",
              p95_minutes as "p95Minutes", worst_minutes as "worstMinutes", bad_hour_count as "badHourCount", other_day_count as "otherDayCount"
         from plan_fairness where plan_id = $1
        order by array_position($2::text[], dimension), array_position($3::text[], value), value`,
      [planId, FAIRNESS_DIMENSIONS, LEVELS],
    );
  }
}

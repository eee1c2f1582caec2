import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { isOnOtherDay } from './other-day';
import { partitionOf } from './plan-window.store';

/** How a group of windows fares, and which group: neither kind nor department for all of them. */
export interface ComparisonGroupRow {
  kind: string | null;
  departmentCode: string | null;
  windowCount: number;
  movedCount: number;
  earlierCount: number;
  laterCount: number;
  addedCount: number;
  removedCount: number;
  changedEstablishmentCount: number;
  gainingCount: number;
  losingCount: number;
  /** Over the windows on their wished day; the others are counted. */
  displacementCellsBefore: number;
  displacementCellsAfter: number;
  otherDayCountBefore: number;
  otherDayCountAfter: number;
}

export interface WindowChangeRow {
  id: number;
  uai: string;
  timeZone: string;
  classId: number | null;
  classCode: string | null;
  audience: number;
  date: string;
  cellsBefore: number | null;
  cellsAfter: number | null;
  startBefore: number | null;
  startAfter: number | null;
  wishBefore: number | null;
  wishAfter: number | null;
}

/** Two plans of a campaign side by side: the same window has the same id in both. */
@Injectable()
export class PlanComparisonStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  groups(beforeId: number, afterId: number): Promise<ComparisonGroupRow[]> {
    return this.database.query<ComparisonGroupRow[]>(
      `select e.kind, d.code as "departmentCode", count(*) as "windowCount",
              count(*) filter (where a.start_cell <> b.start_cell) as "movedCount",
              count(*) filter (where b.start_cell < a.start_cell) as "earlierCount",
              count(*) filter (where b.start_cell > a.start_cell) as "laterCount",
              count(*) filter (where a.window_id is null) as "addedCount",
              count(*) filter (where b.window_id is null) as "removedCount",
              (count(distinct e.id) filter (where a.start_cell is distinct from b.start_cell))::int as "changedEstablishmentCount",
              count(*) filter (where abs(b.start_cell - b.wish_cell) < abs(a.start_cell - a.wish_cell)) as "gainingCount",
              count(*) filter (where abs(b.start_cell - b.wish_cell) > abs(a.start_cell - a.wish_cell)) as "losingCount",
              coalesce(sum(abs(a.start_cell - a.wish_cell)) filter (where not ${isOnOtherDay('a')}), 0) as "displacementCellsBefore",
              coalesce(sum(abs(b.start_cell - b.wish_cell)) filter (where not ${isOnOtherDay('b')}), 0) as "displacementCellsAfter",
              count(*) filter (where ${isOnOtherDay('a')}) as "otherDayCountBefore",
              count(*) filter (where ${isOnOtherDay('b')}) as "otherDayCountAfter"
         from ${partitionOf(beforeId)} a full join ${partitionOf(afterId)} b using (window_id)
         join establishment e on e.id = coalesce(b.establishment_id, a.establishment_id)
         join territory d on d.id = e.department_id
        group by grouping sets ((), (e.kind), (d.code)) order by 1 nulls first, 2 nulls first`,
    );
  }

  /** The windows that are not where (or what) they were, by id: those of establishments `e` that meet the condition. */
  changes(
    beforeId: number,
    afterId: number,
    afterWindowId: number,
    size: number,
    scope: string,
  ): Promise<WindowChangeRow[]> {
    const side = (planId: number): string =>
      `(select * from ${partitionOf(planId)} where plan_id = ${planId} and window_id > $1)`;
    return this.database.query<WindowChangeRow[]>(
      `select window_id as id, e.uai, e.time_zone as "timeZone", k.id as "classId", k.code as "classCode",
              coalesce(b.audience, a.audience) as audience, coalesce(b.local_date, a.local_date)::text as date,
              a.cell_count as "cellsBefore", b.cell_count as "cellsAfter",
              a.start_cell as "startBefore", b.start_cell as "startAfter",
              a.wish_cell as "wishBefore", b.wish_cell as "wishAfter"
         from ${side(beforeId)} a full join ${side(afterId)} b using (window_id)
         join establishment e on e.id = coalesce(b.establishment_id, a.establishment_id)
         left join class k on k.id = coalesce(b.class_id, a.class_id)
        where (a.start_cell, a.cell_count) is distinct from (b.start_cell, b.cell_count) and ${scope}
        order by window_id limit $2`,
      [afterWindowId, size + 1],
    );
  }
}

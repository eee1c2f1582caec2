import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { NotFoundError } from '../common/domain-error';
import { ACTIVITIES } from '../campaign/window-kind';
import { CLASSES_WITH_SAME_PUPILS } from '../directory/same-pupils';
import type { PlanProfile } from './plan-draft';
import type { LocalPrice } from './plan-evidence';
import { partitionOf } from './plan-window.store';

/** A window with what explains where it stands. */
export interface ExplainedWindow {
  windowId: number;
  establishmentId: number;
  uai: string;
  /** -1 for an establishment's own window. */
  classId: number;
  classCode: string | null;
  /** Indices into AUDIENCES, ACTIVITIES and ORIGINS. */
  audience: number;
  activity: number;
  origin: number;
  ordinal: number;
  localDay: number;
  timeZone: string;
  startCell: number;
  cellCount: number;
  wishCell: number | null;
  headcount: number;
  teacherKeyId: number | null;
  profile: PlanProfile;
  /** Classes that share pupils with its class. */
  samePupilClassIds: number[];
}

/** Another window of the plan that a law could set against the one that is explained. */
export type WindowNear = Pick<
  ExplainedWindow,
  'establishmentId' | 'classId' | 'audience' | 'activity' | 'startCell' | 'cellCount' | 'teacherKeyId'
>;

const LIVE = ACTIVITIES.indexOf('live');

/** Windows of some schools that wished the same cells. */
export interface Rivals {
  kind: string;
  departmentCode: string;
  windowCount: number;
}

/** The rows behind the explanation of one window. */
@Injectable()
export class WindowExplanationStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** @throws NotFoundError; the plan must exist */
  async window(planId: number, windowId: number): Promise<ExplainedWindow> {
    const [row] = await this.database.query<ExplainedWindow[]>(
      `select w.window_id as "windowId", w.establishment_id as "establishmentId", e.uai, coalesce(w.class_id, -1) as "classId",
              k.code as "classCode", w.audience, w.activity, w.origin, w.ordinal, w.local_date - date '1970-01-01' as "localDay",
              e.time_zone as "timeZone", w.start_cell as "startCell", w.cell_count as "cellCount", w.wish_cell as "wishCell",
              w.headcount, w.teacher_key_id as "teacherKeyId", ${CLASSES_WITH_SAME_PUPILS} as "samePupilClassIds",
              (select p from plan, jsonb_array_elements(plan.profiles) p
                where plan.id = $1 and (p ->> 'profileId')::int = w.profile_id) as profile
         from ${partitionOf(planId)} w join establishment e on e.id = w.establishment_id left join class k on k.id = w.class_id
        where w.window_id = $2`,
      [planId, windowId],
    );
    if (!row) throw new NotFoundError('window', windowId);
    return row;
  }

  /**
   * The windows of these days (since 1970-01-01) at its establishment and at the `neighbourIds`, of classes with its pupils, and the live
   * ones of its teacher wherever they are.
   */
  near(
    planId: number,
    { windowId, establishmentId, samePupilClassIds, teacherKeyId }: ExplainedWindow,
    localDays: readonly number[],
    neighbourIds: readonly number[],
  ): Promise<WindowNear[]> {
    return this.database.query<WindowNear[]>(
      `select w.establishment_id as "establishmentId", coalesce(w.class_id, -1) as "classId", w.audience, w.activity,
              w.start_cell as "startCell", w.cell_count as "cellCount", w.teacher_key_id as "teacherKeyId"
         from ${partitionOf(planId)} w
        where (w.establishment_id = any($1::int[]) or w.class_id = any($2::int[])
               or (w.teacher_key_id = $3 and w.activity = ${LIVE}))
          and w.local_date - date '1970-01-01' = any($4::int[]) and w.window_id <> $5`,
      [[establishmentId, ...neighbourIds], samePupilClassIds, teacherKeyId, localDays, windowId],
    );
  }

  /** Windows of the plan whose wished time meets these cells, by kind and department: counts, no names. */
  rivals(planId: number, except: number, firstCell: number, endCell: number): Promise<Rivals[]> {
    return this.database.query<Rivals[]>(
      `select e.kind, d.code as "departmentCode", count(*)::int as "windowCount"
         from ${partitionOf(planId)} w
         join establishment e on e.id = w.establishment_id join territory d on d.id = e.department_id
        where w.wish_cell < $2 and w.wish_cell + w.cell_count > $1 and w.window_id <> $3
        group by 1, 2 order by 3 desc, 1, 2`,
      [firstCell, endCell, except],
    );
  }

  /** Prices on the laws of these owners (teacher key, class, establishment: in the order of LOCAL_LAWS, -1 for none). */
  localPrices(planId: number, owners: readonly number[]): Promise<LocalPrice[]> {
    return this.database.query<LocalPrice[]>(
      `select law, owner_id as "ownerId", cell, price
         from plan_price, unnest(local_law, local_owner_id, local_cell, local_price) as local (law, owner_id, cell, price)
        where plan_id = $1 and owner_id = ($2::int[])[law + 1]`,
      [planId, owners],
    );
  }
}

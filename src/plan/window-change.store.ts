import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Revision } from './ledger.store';
import type { ChangeKind } from './plan-change.store';
import { partitionOf } from './plan-window.store';

/** A change of one window, by a booking or by a publication, as those whom it concerns are told. */
export interface WindowChangeRow extends Revision {
  windowId: number;
  kind: ChangeKind;
  classId: number | null;
  classCode: string | null;
  /** Indices into AUDIENCES and ACTIVITIES. */
  audience: number;
  activity: number;
  beforeStartCell: number | null;
  beforeCellCount: number | null;
  afterStartCell: number | null;
  afterCellCount: number | null;
  changedBy: string;
  reason: string;
  changedAt: Date;
}

/** Every change of where a window of establishment $1 stands: what bookings say of themselves (a date of a series may stand at the new hour already), and what publications did to it. */
const CHANGES = `
  select c.platform_id, c.epoch, c.revision, c.window_id, c.kind, (coalesce(c.after, c.before) ->> 'classId')::int as class_id,
         (coalesce(c.after, c.before) ->> 'audience')::smallint as audience,
         (coalesce(c.after, c.before) ->> 'activity')::smallint as activity,
         (c.before ->> 'startCell')::int as before_start_cell, (c.before ->> 'cellCount')::smallint as before_cell_count,
         (c.after ->> 'startCell')::int as after_start_cell, (c.after ->> 'cellCount')::smallint as after_cell_count,
         c.changed_by, c.reason, c.changed_at, c.booking_id
    from plan_change c
   where (coalesce(c.after, c.before) ->> 'establishmentId')::int = $1 and c.window_id is not null
     and (c.before ->> 'startCell', c.before ->> 'cellCount') is distinct from (c.after ->> 'startCell', c.after ->> 'cellCount')
  union all
  select w.platform_id, w.epoch, w.revision, w.window_id, c.kind, w.class_id, w.audience, w.activity, w.before_start_cell,
         w.before_cell_count, w.after_start_cell, w.after_cell_count, c.changed_by, c.reason, c.changed_at, c.booking_id
    from plan_change_window w join plan_change c using (platform_id, epoch, revision)
   where w.establishment_id = $1`;
const FIELDS = `n.epoch, n.revision, n.window_id as "windowId", n.kind, n.class_id as "classId", k.code as "classCode",
  n.audience, n.activity, n.before_start_cell as "beforeStartCell", n.before_cell_count as "beforeCellCount",
  n.after_start_cell as "afterStartCell", n.after_cell_count as "afterCellCount", n.changed_by as "changedBy", n.reason,
  n.changed_at as "changedAt"`;

/** Changes of single windows by establishment, whoever made them. */
@Injectable()
export class WindowChangeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Records what the exchange of two plans changed of windows that have not begun at `nowCell`. The platform's lock is held. */
  async recordExchange(
    tx: EntityManager,
    platformId: number,
    revision: Revision,
    plans: { liveId: number; nextId: number },
    nowCell: number,
  ): Promise<void> {
    await tx.query(
      `insert into plan_change_window (platform_id, epoch, revision, window_id, establishment_id, class_id, audience, activity,
              before_start_cell, before_cell_count, after_start_cell, after_cell_count)
       select $1, $2, $3, window_id, coalesce(b.establishment_id, a.establishment_id), coalesce(b.class_id, a.class_id),
              coalesce(b.audience, a.audience), coalesce(b.activity, a.activity),
              a.start_cell, a.cell_count, b.start_cell, b.cell_count
         from ${partitionOf(plans.liveId)} a full join ${partitionOf(plans.nextId)} b using (window_id)
        where (a.start_cell, a.cell_count) is distinct from (b.start_cell, b.cell_count)
          and greatest(a.start_cell, b.start_cell) >= $4`,
      [platformId, revision.epoch, revision.revision, nowCell],
    );
  }

  /**
   * How many windows of the live plan that have begun at `nowCell` the next one does not have where they stand, and how many it has
   * then that the live one does not have there. Live ones from before `fromCell` are not asked about.
   */
  async countBegunChanges(
    tx: EntityManager,
    plans: { liveId: number; nextId: number },
    nowCell: number,
    fromCell: number | undefined,
  ): Promise<number> {
    const begunIn = (planId: number, otherId: number): string =>
      `select window_id from ${partitionOf(planId)} a
        where start_cell <= $1 and not exists (select from ${partitionOf(otherId)} b where b.window_id = a.window_id
                                                  and (b.start_cell, b.cell_count) = (a.start_cell, a.cell_count))`;
    const [row] = await tx.query<{ count: number }[]>(
      `select count(*)::int as count
         from (${begunIn(plans.nextId, plans.liveId)}
               union
               ${begunIn(plans.liveId, plans.nextId)} and ($2::int is null or start_cell >= $2)) begun`,
      [nowCell, fromCell ?? null],
    );
    return row!.count;
  }

  /** The last change of each window of an establishment, with the number of its changes. */
  lastOfEach(establishmentId: number): Promise<(WindowChangeRow & { changeCount: number })[]> {
    return this.database.query<(WindowChangeRow & { changeCount: number })[]>(
      `select distinct on (n.window_id) ${FIELDS}, count(*) over (partition by n.window_id) as "changeCount"
         from (${CHANGES}) n left join class k on k.id = n.class_id
        order by n.window_id, n.epoch desc, n.revision desc`,
      [establishmentId],
    );
  }

  /**
   * Changes of an establishment's windows on a platform after a place in the list, oldest first; without those that somebody made
   * himself where he is named. What the waiting list took for him he did not make; what took a place that he gave back for it, he did.
   */
  after(
    establishmentId: number,
    platformId: number,
    after: [epoch: number, revision: number, windowId: number],
    size: number,
    withoutOwnOf: string | null = null,
  ): Promise<WindowChangeRow[]> {
    return this.database.query<WindowChangeRow[]>(
      `select ${FIELDS} from (${CHANGES}) n left join class k on k.id = n.class_id
        where n.platform_id = $2 and (n.epoch, n.revision) >= ($3, $4) and (n.epoch, n.revision, n.window_id) > ($3, $4, $5)
          and ($7::text is null or n.changed_by <> $7 or (
            exists (select from waiting_entry e where e.booking_id = n.booking_id)
            and not exists (select from plan_change given where given.booking_id = n.booking_id and given.kind = 'release')))
        order by n.epoch, n.revision, n.window_id limit $6`,
      [establishmentId, platformId, ...after, size, withoutOwnOf],
    );
  }
}

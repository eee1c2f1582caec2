import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ORIGINS } from '../campaign/window-kind';
import type { Level } from '../directory/level';
import { partitionOf } from './plan-window.store';
import { vacatedPlaces } from './vacated-places';

const BOOKED = ORIGINS.indexOf('booked');
/** Two rows that are the same window of a campaign whatever its start: see window-ids.rules.ts. */
const sameIdentity = (a: string, b: string): string =>
  `${a}.local_date = ${b}.local_date and ${a}.ordinal = ${b}.ordinal and ${a}.audience = ${b}.audience
    and ${a}.establishment_id = ${b}.establishment_id and ${a}.class_id is not distinct from ${b}.class_id`;

/** A booked window, and how far from it the class has another one. */
export interface Neighbours {
  windowId: number;
  levels: Level[];
  apartCells: number;
}

/** Carries what was booked in the live plan of a campaign over to the one that takes its place. */
@Injectable()
export class PlanPinStore {
  async hasBookings(tx: EntityManager, planId: number): Promise<boolean> {
    const [row] = await tx.query<object[]>(
      `select 1 from plan_change c join plan p on p.id = c.plan_id
        where p.campaign_id = (select campaign_id from plan where id = $1) and c.window_id is not null limit 1`,
      [planId],
    );
    return row !== undefined;
  }

  /** Booked windows of the live plan that the next one has with another length or kind, or has no load profile for. */
  async unpinnable(tx: EntityManager, liveId: number, nextId: number): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `${this.pinned(liveId)}
       select s.window_id as id from pinned s left join ${partitionOf(nextId)} t using (window_id)
        where case when t.window_id is not null then (t.cell_count, t.activity) <> (s.cell_count, s.activity)
                   else not exists (${this.profileIn(liveId, nextId)}) end order by 1`,
    );
    return rows.map(({ id }) => id);
  }

  /** Takes out of the next plan what was released, and what moved to another day and would come back on its old one. */
  async removeReleased(tx: EntityManager, liveId: number, nextId: number): Promise<number> {
    const rows = await tx.query<object[]>(
      `${vacatedPlaces(nextId)},
       gone as (
         delete from ${partitionOf(nextId)} t using vacated v
          where not exists (select 1 from ${partitionOf(liveId)} s where s.window_id = t.window_id)
            and not exists (select 1 from ${partitionOf(liveId)} s where ${sameIdentity('s', 't')})
            and (t.window_id = v.window_id or (${sameIdentity('t', 'v')}))
         returning t.window_id)
       select distinct window_id from gone`,
    );
    return rows.length;
  }

  /** Takes out of the next plan what is new in it and stands for a window that was booked meanwhile: of the same owner, day and ordinal. */
  async removeTaken(tx: EntityManager, liveId: number, nextId: number): Promise<number> {
    const rows = await tx.query<object[]>(
      `${this.pinned(liveId)},
       taken as (
         delete from ${partitionOf(nextId)} t using pinned s
          where ${sameIdentity('s', 't')} and s.window_id <> t.window_id
            and not exists (select 1 from ${partitionOf(liveId)} l where l.window_id = t.window_id)
            and not exists (select 1 from ${partitionOf(nextId)} n where n.window_id = s.window_id and ${sameIdentity('n', 's')})
         returning t.window_id)
       select distinct window_id from taken`,
    );
    return rows.length;
  }

  /** Puts the booked windows of the live plan where they are, in the next one; returns how many came and how many moved. */
  async place(tx: EntityManager, liveId: number, nextId: number): Promise<{ movedCount: number; addedCount: number }> {
    const moved = await tx.query<[object[], number]>(
      `${this.pinned(liveId)}
       update ${partitionOf(nextId)} t
          set start_cell = s.start_cell, local_date = s.local_date, ordinal = s.ordinal, origin = s.origin,
              series_id = s.series_id, revision = s.revision
         from pinned s where s.window_id = t.window_id and t.plan_id = ${nextId} returning t.window_id`,
    );
    const added = await tx.query<object[]>(
      `${this.pinned(liveId)}
       insert into ${partitionOf(nextId)} (plan_id, window_id, establishment_id, class_id, audience, activity, origin, cell_count,
              ordinal, profile_id, local_date, start_cell, wish_cell, headcount, teacher_key_id, series_id, revision)
       select ${nextId}, window_id, establishment_id, class_id, audience, activity, origin, cell_count, ordinal,
              (${this.profileIn(liveId, nextId)}), local_date, start_cell, wish_cell, headcount, teacher_key_id, series_id, revision
         from pinned s where not exists (select 1 from ${partitionOf(nextId)} t where t.window_id = s.window_id)
       returning window_id`,
    );
    return { movedCount: moved[1], addedCount: added.length };
  }

  /**
   * Booked windows with which an establishment would have more of its classes connected at once than its line takes; where the limit fell
   * below what the live plan has there, more than that.
   */
  async crowded(tx: EntityManager, liveId: number, nextId: number): Promise<number[]> {
    const countIn = (planId: number): string =>
      `(select count(*) from ${partitionOf(planId)} w where w.establishment_id = at.establishment_id and w.class_id is not null
           and w.start_cell <= at.cell and w.start_cell + w.cell_count > at.cell)`;
    const rows = await tx.query<{ id: number }[]>(
      `${this.pinned(liveId)}
       select distinct at.window_id as id from (
         select t.window_id, t.establishment_id, e.simultaneous_window_limit as most, cell
           from pinned s join ${partitionOf(nextId)} t using (window_id)
           join establishment e on e.id = t.establishment_id and e.simultaneous_window_limit is not null
           cross join lateral generate_series(t.start_cell, t.start_cell + t.cell_count - 1) cell
          where t.class_id is not null) at
        where ${countIn(nextId)} > greatest(at.most, ${countIn(liveId)}) order by 1`,
    );
    return rows.map(({ id }) => id);
  }

  /** Booked windows of a class with another one nearer than `mostCells` in the next plan, but those that stand so in the live one. */
  async neighbours(tx: EntityManager, liveId: number, nextId: number, mostCells: number): Promise<Neighbours[]> {
    return tx.query<Neighbours[]>(
      `${this.pinned(liveId)}
       select t.window_id as "windowId", k.levels,
              greatest(o.start_cell - t.start_cell - t.cell_count, t.start_cell - o.start_cell - o.cell_count) as "apartCells"
         from pinned s join ${partitionOf(nextId)} t using (window_id)
         join ${partitionOf(nextId)} o on o.class_id = t.class_id and o.window_id <> t.window_id
              and o.start_cell < t.start_cell + t.cell_count + $1 and t.start_cell < o.start_cell + o.cell_count + $1
         join class k on k.id = t.class_id
        where not exists (select 1 from ${partitionOf(liveId)} l where (l.window_id, l.start_cell) = (o.window_id, o.start_cell))
        order by 1`,
      [mostCells],
    );
  }

  async addToWindowCount(tx: EntityManager, planId: number, count: number): Promise<void> {
    await tx.query(
      'update plan set window_count = window_count + $2, curve_version = curve_version + 1 where id = $1',
      [planId, count],
    );
  }

  /** Windows that were booked, in this plan or carried over to it, and those that an undo put back; but of classes that are no more. */
  private pinned(liveId: number): string {
    return `with pinned as (
      select * from ${partitionOf(liveId)} w
       where (w.origin = ${BOOKED} or exists (select 1 from plan_change c where c.plan_id = ${liveId} and c.window_id = w.window_id))
         and (w.class_id is null or exists (select 1 from class k where k.id = w.class_id)))`;
  }

  /** The profile of the next plan that says the same as that of a window `s` of the live one. */
  private profileIn(liveId: number, nextId: number): string {
    return `select (n ->> 'profileId')::smallint
      from plan live, jsonb_array_elements(live.profiles) l, plan next, jsonb_array_elements(next.profiles) n
     where live.id = ${liveId} and next.id = ${nextId} and (l ->> 'profileId')::int = s.profile_id
       and n ->> 'audience' = l ->> 'audience' and n ->> 'activity' = l ->> 'activity'
       and n -> 'levelGroup' = l -> 'levelGroup' and n -> 'windowCells' = l -> 'windowCells' limit 1`;
  }
}

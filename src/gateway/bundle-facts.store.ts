import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CatchUp, CampaignRules } from '../campaign/window-rule';
import { copiedRows, copyOutWithin } from '../common/copy';
import { LOAD_SCALE } from '../kernel/cell-grid';
import type { BundleRoom, BundleRoomChange } from '../kernel/decision/bundle-content';
import { roomStayCells } from '../kernel/decision/room-residue';

/** A published plan, and the campaign that it is of. */
export interface BundleCampaign {
  planId: number;
  startsOn: string;
  endsOn: string;
  rules: CampaignRules;
  catchUp: CatchUp | null;
}

export interface BundleEstablishmentRow {
  id: number;
  uai: string;
  structure: string;
  name: string;
  telephone: string;
  department: string;
  kind: string;
  zone: string;
}

export interface BundleClassRow {
  id: number;
  establishmentId: number;
  name: string;
  levels: string[];
}

/** A window as it is copied out, in the order of a bundle's owners. */
export interface BundleWindowRow {
  audience: number;
  ownerId: number;
  startCell: number;
  cellCount: number;
  activity: number;
}

/** What a bundle is made of, read in one snapshot. */
@Injectable()
export class BundleFactsStore {
  campaigns(tx: EntityManager, platformId: number): Promise<BundleCampaign[]> {
    return tx.query(
      `select p.id as "planId", c.starts_on::text as "startsOn", c.ends_on::text as "endsOn", c.rules, c.catch_up as "catchUp"
         from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and p.state = 'published' order by c.id`,
      [platformId],
    );
  }

  establishments(
    tx: EntityManager,
    platformId: number,
    only: readonly number[] | null = null,
  ): Promise<BundleEstablishmentRow[]> {
    return tx.query(
      `select e.id, e.uai, coalesce(e.structure_external_id, '') as structure, e.name, coalesce(e.telephone, '') as telephone,
              d.code as department, e.kind, e.time_zone as zone
         from establishment e join territory d on d.id = e.department_id
        where e.platform_id = $1 and ($2::int[] is null or e.id = any($2)) order by e.id`,
      [platformId, only],
    );
  }

  /** Classes of the school years of the published campaigns (of the latest year where there are none). */
  classes(tx: EntityManager, platformId: number, only: readonly number[] | null = null): Promise<BundleClassRow[]> {
    return tx.query(
      `with years as (
         select distinct c.school_year from campaign c join plan p on p.campaign_id = c.id
          where c.platform_id = $1 and p.state = 'published')
       select k.id, k.establishment_id as "establishmentId", coalesce(k.ent_class_name, k.code) as name, k.levels
         from class k join establishment e on e.id = k.establishment_id
        where e.platform_id = $1 and k.school_year in (select school_year from years)
          and ($2::int[] is null or e.id = any($2))
        order by k.establishment_id, k.id`,
      [platformId, only],
    );
  }

  /** Owners that have windows in a plan: whom its campaign binds. */
  async owners(
    tx: EntityManager,
    planId: number,
    only: readonly number[] | null = null,
  ): Promise<{ classIds: Set<number>; relativesOf: Set<number> }> {
    const rows = await tx.query<{ classId: number | null; establishmentId: number }[]>(
      `select distinct class_id as "classId", case when class_id is null then establishment_id end as "establishmentId"
         from plan_window where plan_id = $1 and audience < 2 and ($2::int[] is null or establishment_id = any($2))`,
      [planId, only],
    );
    const classIds = new Set<number>();
    const relativesOf = new Set<number>();
    for (const { classId, establishmentId } of rows)
      if (classId === null) relativesOf.add(establishmentId);
      else classIds.add(classId);
    return { classIds, relativesOf };
  }

  /** Windows that start in [firstCell, endCell), streamed: pupils by establishment and class, then relatives, then staff. Those of some establishments come at once. */
  async *windows(
    tx: EntityManager,
    planIds: readonly number[],
    firstCell: number,
    endCell: number,
    only?: readonly number[],
  ): AsyncGenerator<BundleWindowRow[]> {
    if (planIds.length === 0) return;
    if (only) {
      yield await tx.query<BundleWindowRow[]>(
        `select audience::int, coalesce(class_id, establishment_id) as "ownerId", start_cell as "startCell", cell_count as "cellCount",
                activity::int
           from plan_window
          where plan_id = any($1) and establishment_id = any($2) and start_cell >= $3 and start_cell < $4
          order by audience, establishment_id, class_id, start_cell`,
        [planIds, only, firstCell, endCell],
      );
      return;
    }
    const rows = copiedRows(
      copyOutWithin(
        tx,
        `select audience, coalesce(class_id, establishment_id), start_cell, cell_count, activity from plan_window
          where plan_id in (${planIds.map(Number).join(', ')}) and start_cell >= ${firstCell} and start_cell < ${endCell}
          order by audience, establishment_id, class_id, start_cell`,
      ),
    );
    for await (const batch of rows) {
      yield batch.map(([audience, ownerId, startCell, cellCount, activity]) => ({
        audience: Number(audience),
        ownerId: Number(ownerId),
        startCell: Number(startCell),
        cellCount: Number(cellCount),
        activity: Number(activity),
      }));
    }
  }

  /** What the ledger leaves of cells that it has a row for, as of the transaction: whole log-ins and sessions. */
  async roomCells(tx: EntityManager, platformId: number, cells: readonly number[]): Promise<BundleRoomChange[]> {
    const rows = await tx.query<{ cell: number; logins: number; sessions: number }[]>(
      `select cell, greatest(0, (login_limit - login_planned) / ${LOAD_SCALE})::int as logins,
              greatest(0, (session_limit - session_planned) / ${LOAD_SCALE})::int as sessions
         from ledger_cell where platform_id = $1 and cell = any($2) order by cell`,
      [platformId, cells],
    );
    return rows.map(({ cell, logins, sessions }) => [cell, logins, sessions]);
  }

  /** The same for every cell of a bundle; undefined where the ledger knows none of them. */
  async room(
    tx: EntityManager,
    platformId: number,
    firstCell: number,
    endCell: number,
    idleMinutes: number,
  ): Promise<BundleRoom | undefined> {
    const cells = Array.from({ length: endCell - firstCell }, (_, k) => firstCell + k);
    const rows = await this.roomCells(tx, platformId, cells);
    if (rows.length === 0) return undefined;
    const room = { logins: cells.map(() => 0), sessions: cells.map(() => 0), stayCells: roomStayCells(idleMinutes) };
    for (const [cell, logins, sessions] of rows) {
      room.logins[cell - firstCell] = logins;
      room.sessions[cell - firstCell] = sessions;
    }
    return room;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CELLS_PER_HOUR, LEAD_CELLS } from '../kernel/cell-grid';
import type { CapacityCells } from '../capacity/capacity-cells';
import type { CellLoad, CellRange, PlanCurve } from './plan-curve.rules';
import type { PlanCells } from './plan-draft';
import type { OverfullCell } from './plan.errors';
import { partitionOf } from './plan-window.store';

const CELL_FIELDS = [
  'capacity_sessions',
  'capacity_logins',
  'headroom_sessions',
  'headroom_logins',
  'background_sessions',
  'background_logins',
  'reserved_sessions',
  'reserved_logins',
  'other_sessions',
  'other_logins',
] as const;

/** What the windows of a plan may use of a cell, as an expression over plan_cell `c`. */
const limitOf = (of: 'sessions' | 'logins'): string =>
  `greatest(0, c.capacity_${of} - c.headroom_${of} - c.background_${of} - c.reserved_${of} - c.other_${of})`;

/** The sums of a column in the cells of an hour, as one list. */
const hourOf = (column: 'sessions' | 'logins'): string => {
  const cells = Array.from({ length: CELLS_PER_HOUR }, (_, k) => k);
  return `array[${cells.map((k) => `coalesce(sum(${column}) filter (where cell % ${CELLS_PER_HOUR} = ${k}), 0)::bigint`).join(', ')}]`;
};

interface LoadOwner {
  /** Whom a window's load is counted for, over plan_window `w` and its establishment `e`. */
  owner: string;
  /** Which windows. */
  where: string;
}
const BY_DEPARTMENT: LoadOwner = { owner: 'e.department_id', where: 'true' };

/** The load per owner (department) and cell that the stored windows of a plan cause, as rows (owner_id, cell, sessions, logins). */
export function loadOfWindows(planId: number, { owner, where } = BY_DEPARTMENT): string {
  return `select owner_id, start_cell - ${LEAD_CELLS} + k as cell,
                 sum(windows * ((scale * sessions_per_mille + 999) / 1000))::bigint as sessions,
                 sum(windows * ((scale * logins_per_mille + 999) / 1000))::bigint as logins
            from (select ${owner} as owner_id, w.profile_id, w.start_cell, w.headcount, count(*) as windows
                    from ${partitionOf(planId)} w join establishment e on e.id = w.establishment_id
                   where ${where}
                   group by 1, 2, 3, 4) alike
            join (select (p ->> 'profileId')::int as profile_id, (p ->> 'participationPerMille')::bigint as participation,
                         s.ordinality::int - 1 as k, s.value::bigint as sessions_per_mille,
                         (p -> 'loginsPerMille' ->> (s.ordinality::int - 1))::bigint as logins_per_mille
                    from plan, jsonb_array_elements(plan.profiles) p,
                         jsonb_array_elements_text(p -> 'sessionsPerMille') with ordinality s
                   where plan.id = ${planId}) profile using (profile_id),
            lateral (select headcount * participation as scale) scaled
           where sessions_per_mille > 0 or logins_per_mille > 0
           group by 1, 2`;
}

/** The largest load of an establishment's windows on a day, in thousandths. */
export interface EstablishmentPeakRow {
  uai: string;
  name: string;
  sessions: number;
  logins: number;
  /** Where the sessions are most. */
  cell: number;
}

/** The load of plans by department and cell, and the cells that they were computed against. */
@Injectable()
export class PlanLoadStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insertCells(tx: EntityManager, planId: number, cells: PlanCells): Promise<void> {
    const columns = [
      cells.capacitySessions,
      cells.capacityLogins,
      cells.headroomSessions,
      cells.headroomLogins,
      cells.backgroundSessions,
      cells.backgroundLogins,
      cells.reservedSessions,
      cells.reservedLogins,
      cells.otherSessions,
      cells.otherLogins,
    ];
    await tx.query(
      `insert into plan_cell (plan_id, cell, ${CELL_FIELDS.join(', ')})
       select $1, $2::int + ordinality - 1, ${CELL_FIELDS.join(', ')}
         from unnest(${CELL_FIELDS.map((_, i) => `$${i + 3}::bigint[]`).join(', ')})
              with ordinality as cells (${CELL_FIELDS.join(', ')})`,
      [planId, cells.firstCell, ...columns.map((column) => Array.from(column, Math.round))],
    );
  }

  /** Fills plan_load_hour from the stored windows and profiles: nothing that the solver added up is taken over. */
  async computeLoad(tx: EntityManager, planId: number): Promise<void> {
    await tx.query(`insert into plan_load_hour (plan_id, department_id, hour, sessions, logins)
      select ${planId}, owner_id, cell / ${CELLS_PER_HOUR}, ${hourOf('sessions')}, ${hourOf('logins')}
        from (${loadOfWindows(planId)}) load group by 1, 2, 3`);
  }

  /** The same after the stored windows changed. */
  async recomputeLoad(tx: EntityManager, planId: number): Promise<void> {
    await tx.query('delete from plan_load_hour where plan_id = $1', [planId]);
    await this.computeLoad(tx, planId);
  }

  /** A cell with load that the plan was not computed for, if there is any. */
  async cellOutside(tx: EntityManager, planId: number): Promise<number | undefined> {
    const [row] = await tx.query<{ cell: number }[]>(
      `select cell from plan_load l where plan_id = $1
          and not exists (select 1 from plan_cell c where c.plan_id = $1 and c.cell = l.cell)
        order by cell limit 1`,
      [planId],
    );
    return row?.cell;
  }

  /** The cells in which the plan's own load is over its limit, and over that of the plan whose windows it leaves standing, in order. */
  overfullCells(tx: EntityManager, planId: number, standingPlanId: number | undefined): Promise<OverfullCell[]> {
    // both sides added up by cell rather than joined: the planner knows nothing yet of rows of this transaction
    return tx.query<OverfullCell[]>(
      `select cell, sum(s)::bigint as sessions, sum(sl)::bigint as "sessionLimit", sum(l)::bigint as logins, sum(ll)::bigint as "loginLimit"
         from (select cell, sessions as s, logins as l, 0 as sl, 0 as ll, 0 as ss, 0 as ls from plan_load where plan_id = $1
               union all
               select cell, 0, 0, ${limitOf('sessions')}, ${limitOf('logins')}, 0, 0 from plan_cell c where plan_id = $1
               union all
               select cell, 0, 0, 0, 0, sessions, logins from plan_load where plan_id = $2) all_sides
        group by cell having sum(s) > greatest(sum(sl), sum(ss)) or sum(l) > greatest(sum(ll), sum(ls)) order by cell`,
      [planId, standingPlanId ?? null],
    );
  }

  /** The load of a plan in a range, in the given departments only where they are given. */
  async load(
    planId: number,
    range: CellRange,
    departmentIds?: readonly number[],
    tx?: EntityManager,
  ): Promise<CellLoad> {
    return this.columns(
      `select cell, sum(sessions)::bigint as sessions, sum(logins)::bigint as logins from plan_load
        where plan_id = $1 and hour between $2 / ${CELLS_PER_HOUR} and $3 / ${CELLS_PER_HOUR} and cell >= $2 and cell < $3 and ($4::int[] is null or department_id = any($4)) group by cell`,
      [planId, range.firstCell, range.firstCell + range.cellCount, departmentIds ?? null],
      range,
      tx,
    );
  }

  /**
   * The peak of each establishment with windows on a day, by UAI, after one of them: establishments (alias `e`) that the
   * condition lets through. The first cell of the largest sessions; loads in thousandths.
   */
  peaksByEstablishment(
    planId: number,
    date: string,
    condition: string,
    after: string,
    limit: number,
  ): Promise<EstablishmentPeakRow[]> {
    const of = { owner: 'w.establishment_id', where: `w.local_date = date '${date}' and ${condition}` };
    return this.database.query(
      `select e.uai, e.name, peak.sessions, peak.logins, peak.cell
         from (select owner_id, max(sessions)::bigint as sessions, max(logins)::bigint as logins,
                      (array_agg(cell order by sessions desc, cell))[1] as cell
                 from (${loadOfWindows(planId, of)}) by_cell group by owner_id) peak
         join establishment e on e.id = peak.owner_id
        where e.uai > $1 order by e.uai limit $2`,
      [after, limit],
    );
  }

  /** What a plan reserves in a range for staff peaks and for those who come late. */
  reserves(tx: EntityManager | undefined, planId: number, range: CellRange): Promise<CellLoad> {
    return this.columns(
      `select cell, reserved_sessions as sessions, reserved_logins as logins from plan_cell
        where plan_id = $1 and cell >= $2 and cell < $3`,
      [planId, range.firstCell, range.firstCell + range.cellCount],
      range,
      tx,
    );
  }

  /** Tells a plan what its cells are made of now; its curve gets a new version where that is something else. */
  async refreshCells(tx: EntityManager, planId: number, capacity: CapacityCells, other: CellLoad): Promise<void> {
    const fields = [
      'capacity_sessions',
      'capacity_logins',
      'headroom_sessions',
      'headroom_logins',
      'background_sessions',
      'background_logins',
      'other_sessions',
      'other_logins',
    ];
    const values = fields.map((_, i) => `($${i + 4}::bigint[])[cell - $2 + 1]`);
    await tx.query(
      `with changed as (
         update plan_cell set ${fields.map((field, i) => `${field} = ${values[i]}`).join(', ')}
          where plan_id = $1 and cell >= $2 and cell < $2 + $3::int
            and (${fields.join(', ')}) is distinct from (${values.join(', ')})
         returning 1)
       update plan set curve_version = curve_version + 1 where id = $1 and exists (select from changed)`,
      [
        planId,
        capacity.firstCell,
        capacity.cellCount,
        ...[
          capacity.effectiveSessions,
          capacity.effectiveLogins,
          capacity.headroomSessions,
          capacity.headroomLogins,
          capacity.backgroundSessions,
          capacity.backgroundLogins,
          other.sessions,
          other.logins,
        ].map((column) => Array.from(column, Math.round)),
      ],
    );
  }

  /** The cells from the first to the last one of these plans. */
  async extent(tx: EntityManager, planIds: readonly number[]): Promise<CellRange> {
    const [row] = await tx.query<{ first: number | null; last: number | null }[]>(
      'select min(cell) as first, max(cell) as last from plan_cell where plan_id = any($1)',
      [planIds],
    );
    if (!row || row.first === null) return { firstCell: 0, cellCount: 0 };
    return { firstCell: row.first, cellCount: row.last! - row.first + 1 };
  }

  /** The curve of a plan over all its cells; planned load of the given departments only where they are given. */
  async curve(planId: number, departmentIds?: readonly number[], tx?: EntityManager): Promise<PlanCurve> {
    // as columns, one row in all: a row object per cell would cost more than the reading
    const [row] = await (tx ?? this.database).query<Record<'cell' | (typeof CELL_FIELDS)[number], number[] | null>[]>(
      `select ${['cell', ...CELL_FIELDS].map((field) => `array_agg(${field} order by cell) as ${field}`).join(', ')}
         from plan_cell where plan_id = $1`,
      [planId],
    );
    const column = (name: (typeof CELL_FIELDS)[number]): Float64Array => Float64Array.from(row![name] ?? [], Number);
    const range = { firstCell: row!.cell?.[0] ?? 0, cellCount: row!.cell?.length ?? 0 };
    const planned = await this.load(planId, range, departmentIds, tx);
    return {
      ...range,
      plannedSessions: planned.sessions,
      plannedLogins: planned.logins,
      capacitySessions: column('capacity_sessions'),
      capacityLogins: column('capacity_logins'),
      headroomSessions: column('headroom_sessions'),
      headroomLogins: column('headroom_logins'),
      backgroundSessions: column('background_sessions'),
      backgroundLogins: column('background_logins'),
      reservedSessions: column('reserved_sessions'),
      reservedLogins: column('reserved_logins'),
      otherSessions: column('other_sessions'),
      otherLogins: column('other_logins'),
    };
  }

  /** Rows (cell, sessions, logins) as columns over a range, 0 where there is none. */
  private async columns(
    query: string,
    parameters: unknown[],
    { firstCell, cellCount }: CellRange,
    tx: EntityManager | undefined,
  ): Promise<CellLoad> {
    const [row] = await (tx ?? this.database).query<Record<'cell' | 'sessions' | 'logins', number[] | null>[]>(
      `select array_agg(cell) as cell, array_agg(sessions) as sessions, array_agg(logins) as logins from (${query}) cells`,
      parameters,
    );
    const load = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
    row!.cell?.forEach((cell, i) => {
      load.sessions[cell - firstCell] = Number(row!.sessions![i]);
      load.logins[cell - firstCell] = Number(row!.logins![i]);
    });
    return load;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { CellRange, CellLoad } from './plan-curve.rules';
import { loadOfWindows } from './plan-load.store';
import type { HoldInTheWay, OverfullCell } from './plan.errors';

/** The numbered state of a platform's published windows. */
export interface Revision {
  epoch: number;
  revision: number;
}

/** A cell in which the ledger does not say what the windows add up to, in thousandths. */
export interface LedgerDifference {
  cell: number;
  ledgerSessions: number;
  windowSessions: number;
  ledgerLogins: number;
  windowLogins: number;
}

/** The channel on which replicas hear that a platform has new revisions; the payload is the platform. */
export const REVISION_CHANNEL = 'etale_revision';

const IN_RANGE = 'platform_id = $1 and cell >= $2 and cell < $2 + cardinality($3::bigint[])';
/** The value for a row's cell among those that are given for the cells from $2 on. */
const at = (parameter: number): string => `($${parameter}::bigint[])[cell - $2 + 1]`;

/**
 * The ledger of a platform: per cell what is planned, its limit and its ceiling. Whoever writes holds the platform's
 * advisory lock; that nothing is over its ceiling is refused by the table itself. New values go in as columns and find their
 * row by subscript: in a join with rows of this very transaction, of which the planner knows nothing yet, it would compare
 * each cell with each.
 */
@Injectable()
export class LedgerStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The current revision; (1, 0) before the first publication. */
  async revision(platformId: number, tx?: EntityManager): Promise<Revision> {
    const { epoch, revision } = await this.present(platformId, tx);
    return { epoch, revision };
  }

  /** The same with the revision at which its epoch began: revisions go on across epochs. */
  async present(
    platformId: number,
    tx: EntityManager | DataSource = this.database,
  ): Promise<Revision & { epochBaseRevision: number }> {
    const [known] = await tx.query<(Revision & { epochBaseRevision: number })[]>(
      `select epoch, revision, epoch_base_revision as "epochBaseRevision" from platform_revision where platform_id = $1`,
      [platformId],
    );
    return known ?? { epoch: 1, revision: 0, epochBaseRevision: 0 };
  }

  /** Notes that limits have to follow the calendar, of all platforms: one whose first publication is under way has nothing yet that could be seen from here. */
  async noteStale(tx: EntityManager): Promise<void> {
    await tx.query(
      `insert into stale_ledger (platform_id, mark) select id, gen_random_uuid() from platform order by id
         on conflict (platform_id) do update set mark = excluded.mark`,
    );
  }

  async stale(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>('select platform_id as id from stale_ledger order by 1');
    return rows.map(({ id }) => id);
  }

  /** What is noted of a platform; undefined where its limits have followed. */
  async staleMark(tx: EntityManager, platformId: number): Promise<string | undefined> {
    const [row] = await tx.query<{ mark: string }[]>('select mark from stale_ledger where platform_id = $1', [
      platformId,
    ]);
    return row?.mark;
  }

  /** Limits have followed what was noted then; what was noted since stays. */
  async followed(tx: EntityManager, platformId: number, mark: string): Promise<void> {
    await tx.query('delete from stale_ledger where platform_id = $1 and mark = $2', [platformId, mark]);
  }

  /** The next revision, without gaps: the row stays locked until the transaction ends. */
  async nextRevision(tx: EntityManager, platformId: number): Promise<Revision> {
    const [row] = await tx.query<Revision[]>(
      `insert into platform_revision as r (platform_id, revision) values ($1, 1)
         on conflict (platform_id) do update set revision = r.revision + 1 returning epoch, revision`,
      [platformId],
    );
    return row!;
  }

  async recordChange(
    tx: EntityManager,
    change: Revision & {
      platformId: number;
      kind: 'publication' | 'rollback';
      planId: number;
      supersededPlanId: number | undefined;
      changedBy: string;
      reason: string;
    },
  ): Promise<void> {
    await tx.query(
      `insert into plan_change (platform_id, epoch, revision, kind, plan_id, superseded_plan_id, changed_by, reason)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        change.platformId,
        change.epoch,
        change.revision,
        change.kind,
        change.planId,
        change.supersededPlanId ?? null,
        change.changedBy,
        change.reason,
      ],
    );
    await this.announce(tx, change.platformId);
  }

  /** A numbered change that is of no plan: what protects the platform is another. */
  async recordProtection(
    tx: EntityManager,
    change: Revision & { platformId: number; changedBy: string; reason: string },
  ): Promise<void> {
    await tx.query(
      `insert into plan_change (platform_id, epoch, revision, kind, changed_by, reason)
       values ($1, $2, $3, 'protection', $4, $5)`,
      [change.platformId, change.epoch, change.revision, change.changedBy, change.reason],
    );
    await this.announce(tx, change.platformId);
  }

  /** A numbered change of what the platform can bear in a range of cells, of no plan either. */
  async recordCapacity(
    tx: EntityManager,
    change: Revision & { platformId: number; firstCell: number; endCell: number; changedBy: string; reason: string },
  ): Promise<void> {
    await tx.query(
      `insert into plan_change (platform_id, epoch, revision, kind, first_cell, end_cell, changed_by, reason)
       values ($1, $2, $3, 'capacity', $4, $5, $6, $7)`,
      [
        change.platformId,
        change.epoch,
        change.revision,
        change.firstCell,
        change.endCell,
        change.changedBy,
        change.reason,
      ],
    );
    await this.announce(tx, change.platformId);
  }

  /** Tells every replica, once the transaction commits, that the platform has new revisions. */
  async announce(tx: EntityManager, platformId: number): Promise<void> {
    await tx.query('select pg_notify($1, $2)', [REVISION_CHANNEL, String(platformId)]);
  }

  /** The platform's published plans that have cells in a range (all of them without one), but those of a campaign. */
  async publishedPlans(
    platformId: number,
    range: CellRange | undefined,
    exceptCampaignId: number | undefined,
    tx?: EntityManager,
  ): Promise<number[]> {
    const rows = await (tx ?? this.database).query<{ id: number }[]>(
      `select p.id from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and p.state = 'published' and ($4::int is null or c.id <> $4)
          and ($2::int is null or exists (select 1 from plan_cell
                                           where plan_id = p.id and cell >= $2 and cell < $2::int + $3::int))
        order by p.id`,
      [platformId, range?.firstCell ?? null, range?.cellCount ?? null, exceptCampaignId ?? null],
    );
    return rows.map(({ id }) => id);
  }

  /** Makes sure that each cell has a row: a new one, with nothing planned, has its limit from the beginning. */
  async addCells(tx: EntityManager, platformId: number, firstCell: number, limits: CellLoad): Promise<void> {
    await tx.query(
      `insert into ledger_cell (platform_id, cell, session_limit, session_planned, session_ceiling,
                                login_limit, login_planned, login_ceiling)
       select $1, $2::int + i::int - 1, s, 0, s, l, 0, l
         from unnest($3::bigint[], $4::bigint[]) with ordinality as limits (s, l, i)
       on conflict do nothing`,
      [platformId, firstCell, Array.from(limits.sessions), Array.from(limits.logins)],
    );
  }

  /** Moves the limits of cells that have a row; a ceiling falls no lower than what is already planned. @returns first and last cell that moved */
  async setLimits(
    tx: EntityManager,
    platformId: number,
    firstCell: number,
    limits: CellLoad,
  ): Promise<{ first: number; last: number } | undefined> {
    const [row] = await tx.query<{ first: number | null; last: number | null }[]>(
      `with moved as (
         update ledger_cell set session_limit = ${at(3)}, session_ceiling = greatest(${at(3)}, session_planned),
                                login_limit = ${at(4)}, login_ceiling = greatest(${at(4)}, login_planned)
          where ${IN_RANGE} and (session_limit, login_limit) is distinct from (${at(3)}, ${at(4)}) returning cell)
       select min(cell) as first, max(cell) as last from moved`,
      [platformId, firstCell, Array.from(limits.sessions), Array.from(limits.logins)],
    );
    return row!.first === null ? undefined : { first: row!.first, last: row!.last! };
  }

  /**
   * One net delta per cell. A cell that gets fuller must stay under its ceiling (the table's CHECK); where a cell was over
   * its limit already, its ceiling follows what it releases.
   */
  async addDeltas(tx: EntityManager, platformId: number, firstCell: number, deltas: CellLoad): Promise<void> {
    await tx.query(
      `update ledger_cell set
         session_planned = session_planned + ${at(3)},
         session_ceiling = greatest(session_limit, least(session_planned, session_planned + ${at(3)})),
         login_planned = login_planned + ${at(4)},
         login_ceiling = greatest(login_limit, least(login_planned, login_planned + ${at(4)}))
        where ${IN_RANGE} and (${at(3)} <> 0 or ${at(4)} <> 0)`,
      [platformId, firstCell, Array.from(deltas.sessions), Array.from(deltas.logins)],
    );
  }

  /** The cells that the deltas would overfill: why the table refused them. */
  overfilledBy(tx: EntityManager, platformId: number, firstCell: number, deltas: CellLoad): Promise<OverfullCell[]> {
    return tx.query<OverfullCell[]>(
      `select cell, session_planned + ${at(3)} as sessions, session_limit as "sessionLimit",
              login_planned + ${at(4)} as logins, login_limit as "loginLimit"
         from ledger_cell
        where ${IN_RANGE} and (session_planned + ${at(3)} > greatest(session_limit, session_planned)
                            or login_planned + ${at(4)} > greatest(login_limit, login_planned))
        order by cell`,
      [platformId, firstCell, Array.from(deltas.sessions), Array.from(deltas.logins)],
    );
  }

  /** Published cells over their limit since it fell, from `firstCell` to before `endCell`. */
  overfullCells(tx: EntityManager, platformId: number, firstCell: number, endCell: number): Promise<OverfullCell[]> {
    return tx.query<OverfullCell[]>(
      `select cell, session_planned as sessions, session_limit as "sessionLimit",
              login_planned as logins, login_limit as "loginLimit"
         from ledger_cell where platform_id = $1 and cell >= $2 and cell < $3
          and (session_planned > session_limit or login_planned > login_limit) order by cell`,
      [platformId, firstCell, endCell],
    );
  }

  /** Live holds of establishments that keep room in any of the cells, but for `exceptIds`, the last to end first. */
  holdsIn(
    tx: EntityManager,
    platformId: number,
    cells: readonly number[],
    now: Date,
    exceptIds: readonly string[],
  ): Promise<HoldInTheWay[]> {
    return tx.query<HoldInTheWay[]>(
      `select h.id as "holdId", e.uai, h.expires_at as "expiresAt" from hold h join establishment e on e.id = h.establishment_id
        where h.platform_id = $1 and h.state = 'held' and h.expires_at > $3 and h.id <> all($4::uuid[])
          and exists (select from hold_cell c where c.platform_id = $1 and c.hold_id = h.id and c.cell = any($2))
        order by h.expires_at desc, h.id`,
      [platformId, cells, now, exceptIds],
    );
  }

  /** Rows of a range as columns, in thousandths; `isKnown` is 1 where there is a row. */
  async cells(
    platformId: number,
    { firstCell, cellCount }: CellRange,
  ): Promise<{ planned: CellLoad; limit: CellLoad; isKnown: Uint8Array }> {
    const fields = ['cell', 'session_planned', 'login_planned', 'session_limit', 'login_limit'] as const;
    const [row] = await this.database.query<Record<(typeof fields)[number], (number | string)[] | null>[]>(
      `select ${fields.map((field) => `array_agg(${field}) as ${field}`).join(', ')}
         from ledger_cell where platform_id = $1 and cell >= $2 and cell < $2::int + $3::int`,
      [platformId, firstCell, cellCount],
    );
    const load = (): CellLoad => ({ sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) });
    const [planned, limit, isKnown] = [load(), load(), new Uint8Array(cellCount)];
    row!.cell?.forEach((cell, i) => {
      const at = Number(cell) - firstCell;
      isKnown[at] = 1;
      planned.sessions[at] = Number(row!.session_planned![i]);
      planned.logins[at] = Number(row!.login_planned![i]);
      limit.sessions[at] = Number(row!.session_limit![i]);
      limit.logins[at] = Number(row!.login_limit![i]);
    });
    return { planned, limit, isKnown };
  }

  /** First and last cell of the platform's ledger inside [firstCell, endCell), if it has any. */
  async extent(
    tx: EntityManager,
    platformId: number,
    firstCell: number,
    endCell: number,
  ): Promise<CellRange | undefined> {
    const [row] = await tx.query<{ first: number | null; last: number | null }[]>(
      'select min(cell) as first, max(cell) as last from ledger_cell where platform_id = $1 and cell >= $2 and cell < $3',
      [platformId, firstCell, endCell],
    );
    if (!row || row.first === null) return undefined;
    return { firstCell: row.first, cellCount: row.last! - row.first + 1 };
  }

  /** Adds up the windows of these plans and the live holds again and compares with the ledger; the cells that differ, in order. */
  differences(tx: EntityManager, platformId: number, planIds: readonly number[]): Promise<LedgerDifference[]> {
    const ofLedger = `select cell, session_planned as ls, 0 as ws, login_planned as ll, 0 as wl
                        from ledger_cell where platform_id = $1`;
    const ofWindows = planIds.map(
      (planId) => `select cell, 0, sessions, 0, logins from (${loadOfWindows(planId)}) of_${planId}`,
    );
    const ofHolds = 'select cell, 0, sessions, 0, logins from hold_load where platform_id = $1';
    return tx.query<LedgerDifference[]>(
      `select cell, sum(ls)::bigint as "ledgerSessions", sum(ws)::bigint as "windowSessions",
              sum(ll)::bigint as "ledgerLogins", sum(wl)::bigint as "windowLogins"
         from (${[ofLedger, ofHolds, ...ofWindows].join(' union all ')}) both_sides
        group by cell having sum(ls) <> sum(ws) or sum(ll) <> sum(wl) order by cell`,
      [platformId],
    );
  }
}

import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CrowdDatabase } from '../common/crowd-database';
import { CELLS_PER_HOUR } from '../kernel/cell-grid';
import { type Revision } from './ledger.store';
import type { PlanProfile } from './plan-draft';
import { partitionOf } from './plan-window.store';
import type { NumberedChange, SequencerNeeds } from './sequencer';
import {
  type CellDeltas,
  type HoldChange,
  kindOfChange,
  type LedgerCell,
  type LedgerHold,
  type LedgerWindow,
} from './sequencer.rules';

/** A published plan of the platform, without its profiles. */
export interface PublishedPlanRow {
  planId: number;
  publishedRevision: number;
}

/** A change with who made it and why. */
export interface ChangeRow extends NumberedChange {
  bookingId: string;
  changedBy: string;
  reason: string;
}

const FIELDS = `w.window_id as "windowId", w.plan_id as "planId", w.establishment_id as "establishmentId",
  e.department_id as "departmentId", w.class_id as "classId", w.audience, w.activity, w.origin, w.cell_count as "cellCount",
  w.ordinal, w.profile_id as "profileId", w.local_date::text as date, w.start_cell as "startCell", w.wish_cell as "wishCell",
  w.headcount, w.teacher_key_id as "teacherKeyId", w.series_id as "seriesId", w.revision`;

/** What the sequencer reads and writes, a batch at a time. The platform's lock is held. */
@Injectable()
export class SequencerStore {
  constructor(private readonly crowd: CrowdDatabase) {}

  publishedPlans(tx: EntityManager, platformId: number): Promise<PublishedPlanRow[]> {
    return tx.query<PublishedPlanRow[]>(
      `select p.id as "planId", p.published_revision as "publishedRevision"
         from plan p join campaign c on c.id = p.campaign_id
        where c.platform_id = $1 and p.state = 'published' order by p.id`,
      [platformId],
    );
  }

  async profiles(tx: EntityManager, planId: number): Promise<PlanProfile[]> {
    const [row] = await tx.query<{ profiles: PlanProfile[] }[]>('select profiles from plan where id = $1', [planId]);
    return row!.profiles;
  }

  /** Windows of the plans by id, and those of owners that start in their range. */
  async windows(
    tx: EntityManager,
    planIds: readonly number[],
    needs: readonly SequencerNeeds[],
  ): Promise<LedgerWindow[]> {
    if (planIds.length === 0) return [];
    const { text, values } = statementOfWindows(planIds, needs);
    return tx.query<LedgerWindow[]>(text, values);
  }

  /** The same without the platform's lock, for who only asks. */
  async glance(planIds: readonly number[], needs: readonly SequencerNeeds[]): Promise<LedgerWindow[]> {
    if (planIds.length === 0) return [];
    const { text, values } = statementOfWindows(planIds, needs);
    return this.crowd.query<LedgerWindow>(text, values);
  }

  /** The cells of half-open ranges. As columns of text, one row in all: a day is hundreds of cells, and each would be an object and five numbers to read. */
  async cells(
    tx: EntityManager,
    platformId: number,
    ranges: readonly (readonly [firstCell: number, endCell: number])[],
  ): Promise<LedgerCell[]> {
    const fields = ['cell', 'session_planned', 'session_limit', 'login_planned', 'login_limit'] as const;
    const [row] = await tx.query<Record<(typeof fields)[number], string | null>[]>(
      `select ${fields.map((field) => `string_agg(${field}::text, ',') as ${field}`).join(', ')}
         from unnest($2::int[], $3::int[]) as asked (first, last)
         join ledger_cell c on c.platform_id = $1 and c.cell >= asked.first and c.cell < asked.last`,
      [platformId, ranges.map(([first]) => first), ranges.map(([, end]) => end)],
    );
    const [cell, sessions, sessionLimit, logins, loginLimit] = fields.map((name) => row?.[name]?.split(',') ?? []);
    return cell!.map((number, i) => ({
      cell: Number(number),
      sessions: Number(sessions![i]),
      sessionLimit: Number(sessionLimit![i]),
      logins: Number(logins![i]),
      loginLimit: Number(loginLimit![i]),
    }));
  }

  /** Live holds that are asked for, and all that have expired, with their cells. */
  async holds(
    tx: EntityManager,
    platformId: number,
    needs: readonly SequencerNeeds[],
    now: Date,
  ): Promise<LedgerHold[]> {
    const rows = await tx.query<
      (Omit<LedgerHold, 'cells'> & Record<'cell' | 'sessions' | 'logins', number[] | null>)[]
    >(
      `select h.id as "holdId", h.establishment_id as "establishmentId", h.expires_at as "expiresAt", c.*
         from hold h cross join lateral (
           select array_agg(cell) as cell, array_agg(sessions) as sessions, array_agg(logins) as logins
             from hold_cell where hold_id = h.id) c
        where h.platform_id = $1 and h.state = 'held'
          and (h.expires_at <= $2 or h.id = any($3) or h.establishment_id = any($4))
        order by h.expires_at, h.id`,
      [
        platformId,
        now,
        needs.flatMap(({ holdIds }) => holdIds ?? []),
        needs.flatMap(({ holderIds }) => holderIds ?? []),
      ],
    );
    return rows.map(({ cell, sessions, logins, ...hold }) => ({
      ...hold,
      cells: new Map(cell?.map((c, i) => [c, { sessions: Number(sessions![i]), logins: Number(logins![i]) }])),
    }));
  }

  /** Holds that come with their cells, and the end of those that go; the ledger has their deltas already. */
  async writeHolds(tx: EntityManager, platformId: number, holds: readonly HoldChange[], now: Date): Promise<void> {
    const taken = holds.flatMap((change) => ('taken' in change ? [change.taken] : []));
    const ended = holds.flatMap((change) => ('ended' in change ? [change] : []));
    if (taken.length > 0) {
      await tx.query(
        `insert into hold (id, platform_id, establishment_id, expires_at)
         select h.id, $1, h.establishment_id, h.expires_at
           from unnest($2::uuid[], $3::int[], $4::timestamptz[]) h (id, establishment_id, expires_at)`,
        [platformId, taken.map((h) => h.holdId), taken.map((h) => h.establishmentId), taken.map((h) => h.expiresAt)],
      );
      const rows = taken.flatMap(({ holdId, cells }) => [...cells].map(([cell, load]) => ({ holdId, cell, ...load })));
      await tx.query(
        `insert into hold_cell (platform_id, hold_id, cell, sessions, logins)
         select $1, c.* from unnest($2::uuid[], $3::int[], $4::bigint[], $5::bigint[]) c`,
        [
          platformId,
          rows.map((r) => r.holdId),
          rows.map((r) => r.cell),
          rows.map((r) => r.sessions),
          rows.map((r) => r.logins),
        ],
      );
    }
    if (ended.length > 0) {
      const ids = ended.map((change) => change.ended.holdId);
      await tx.query('delete from hold_cell where hold_id = any($1)', [ids]);
      await tx.query(
        `update hold set state = e.state, ended_at = $3 from unnest($1::uuid[], $2::text[]) e (id, state)
          where hold.id = e.id`,
        [ids, ended.map((change) => change.as), now],
      );
    }
  }

  async newWindowIds(tx: EntityManager, count: number): Promise<number[]> {
    if (count === 0) return [];
    const rows = await tx.query<{ id: number }[]>(
      `select nextval('window_id_seq') as id from generate_series(1, $1::int)`,
      [count],
    );
    return rows.map(({ id }) => id);
  }

  /** One net delta per cell; the table refuses a cell over its ceiling, which follows what is released as in LedgerStore.addDeltas. */
  async addDeltas(tx: EntityManager, platformId: number, deltas: CellDeltas): Promise<void> {
    if (deltas.size === 0) return;
    await tx.query(
      `update ledger_cell l set
         session_planned = session_planned + d.s,
         session_ceiling = greatest(session_limit, least(session_planned, session_planned + d.s)),
         login_planned = login_planned + d.l,
         login_ceiling = greatest(login_limit, least(login_planned, login_planned + d.l))
        from unnest($2::int[], $3::bigint[], $4::bigint[]) as d (cell, s, l)
        where l.platform_id = $1 and l.cell = d.cell`,
      [platformId, ...columnsOf(deltas)],
    );
  }

  /** The load curve of a plan by department follows, an hour of a department at a time. */
  async addLoad(
    tx: EntityManager,
    planId: number,
    loads: readonly { departmentId: number; deltas: CellDeltas }[],
  ): Promise<void> {
    const hours = loads.flatMap(({ departmentId, deltas }) =>
      hoursOf(deltas).map((hour) => ({ departmentId, ...hour })),
    );
    if (hours.length === 0) return;
    // an upsert would lock each hour before it writes it: only those that nobody of the department has loaded yet are inserted
    await tx.query(
      `with asked as materialized (
         select d.department_id, d.hour, ($4::bigint[])[d.first : d.first + 11] as s, ($5::bigint[])[d.first : d.first + 11] as l
           from (select department_id, hour, 12 * i - 11 as first
                   from unnest($2::int[], $3::int[]) with ordinality a (department_id, hour, i)) d),
       known as (
         update plan_load_hour p set
           sessions = array(select a + b from unnest(p.sessions, d.s) c (a, b)),
           logins = array(select a + b from unnest(p.logins, d.l) c (a, b))
           from asked d
          where p.plan_id = $1 and p.department_id = d.department_id and p.hour = d.hour returning p.department_id, p.hour)
       insert into plan_load_hour (plan_id, department_id, hour, sessions, logins)
       select $1, d.* from asked d where (d.department_id, d.hour) not in (select k.department_id, k.hour from known k)`,
      [
        planId,
        hours.map((h) => h.departmentId),
        hours.map((h) => h.hour),
        hours.flatMap((h) => h.sessions),
        hours.flatMap((h) => h.logins),
      ],
    );
  }

  /** What the platform's other published plans are told that a plan uses. */
  async tellOthers(tx: EntityManager, planIds: readonly number[], deltas: CellDeltas): Promise<void> {
    if (planIds.length === 0 || deltas.size === 0) return;
    await tx.query(
      `with changed as (
         update plan_cell c set other_sessions = c.other_sessions + d.s, other_logins = c.other_logins + d.l
           from unnest($2::int[], $3::bigint[], $4::bigint[]) as d (cell, s, l)
          where c.plan_id = any($1) and c.cell = d.cell returning c.plan_id)
       update plan set curve_version = curve_version + 1 where id in (select plan_id from changed)`,
      [planIds, ...columnsOf(deltas)],
    );
  }

  /** Writes the windows of a plan as they are after the batch: `changes` name each window once. */
  async writeWindows(tx: EntityManager, planId: number, changes: readonly NumberedChange[]): Promise<void> {
    const table = partitionOf(planId);
    const gone = changes.filter(({ after }) => after === null).map(({ before }) => before!.windowId);
    const rowOf = ({ after, revision }: NumberedChange): object[] => (after ? [{ ...after, revision }] : []);
    const moved = changes.filter(({ before }) => before !== null).flatMap(rowOf);
    const come = changes.filter(({ before }) => before === null).flatMap(rowOf);
    const works: Promise<unknown>[] = [];
    if (gone.length > 0) {
      works.push(tx.query(`delete from ${table} where plan_id = $1 and window_id = any($2)`, [planId, gone]));
    }
    if (moved.length > 0) works.push(this.rewriteWindows(tx, planId, moved));
    if (come.length > 0) {
      const statement = tx.query(
        `insert into ${table} (plan_id, window_id, establishment_id, class_id, audience, activity, origin, cell_count, ordinal,
                               profile_id, local_date, start_cell, wish_cell, headcount, teacher_key_id, series_id, revision)
         select $1, r."windowId", r."establishmentId", r."classId", r.audience, r.activity, r.origin, r."cellCount", r.ordinal,
                r."profileId", r.date, r."startCell", r."wishCell", r.headcount, r."teacherKeyId", r."seriesId", r.revision
           from json_to_recordset($2) as r ("windowId" bigint, "establishmentId" int, "classId" int, audience smallint,
                activity smallint, origin smallint, "cellCount" smallint, ordinal smallint, "profileId" smallint, date date,
                "startCell" int, "wishCell" int, headcount int, "teacherKeyId" int, "seriesId" bigint, revision bigint)`,
        [planId, JSON.stringify(come)],
      );
      works.push(statement);
    }
    const count = 'update plan set curve_version = curve_version + 1, window_count = window_count + $2 where id = $1';
    await Promise.all([...works, tx.query(count, [planId, come.length - gone.length])]);
  }

  /** Windows that stand already: an upsert would lock each of them before it writes it. */
  private async rewriteWindows(tx: EntityManager, planId: number, windows: readonly object[]): Promise<void> {
    const [, count] = await tx.query<[unknown, number]>(
      `update ${partitionOf(planId)} w set
         origin = r.origin, cell_count = r."cellCount", ordinal = r.ordinal, profile_id = r."profileId", local_date = r.date,
         start_cell = r."startCell", wish_cell = r."wishCell", headcount = r.headcount, teacher_key_id = r."teacherKeyId",
         series_id = r."seriesId", revision = r.revision
        from json_to_recordset($2) as r ("windowId" bigint, origin smallint, "cellCount" smallint, ordinal smallint,
             "profileId" smallint, date date, "startCell" int, "wishCell" int, headcount int, "teacherKeyId" int,
             "seriesId" bigint, revision bigint)
       where w.plan_id = $1 and w.window_id = r."windowId"`,
      [planId, JSON.stringify(windows)],
    );
    if (count !== windows.length)
      throw new Error(`${windows.length} windows of plan ${planId} moved, ${count} are there`);
  }

  /** Appends the changes, which are numbered already, and moves the platform's revision to the last of them. */
  async recordChanges(
    tx: EntityManager,
    platformId: number,
    last: Revision,
    changes: readonly ChangeRow[],
  ): Promise<void> {
    const rows = changes.map(({ before, after, revision, bookingId, changedBy, reason }) => ({
      revision,
      kind: kindOfChange({ before, after }),
      planId: (after ?? before)!.planId,
      windowId: (after ?? before)!.windowId,
      before,
      after: after && { ...after, revision },
      bookingId,
      changedBy,
      reason,
    }));
    const appended = tx.query(
      `insert into plan_change (platform_id, epoch, revision, kind, plan_id, window_id, before, after, booking_id, changed_by, reason)
       select $1, $2, r.revision, r.kind, r."planId", r."windowId", nullif(r.before, 'null'), nullif(r.after, 'null'), r."bookingId",
              r."changedBy", r.reason
         from jsonb_to_recordset($3) as r (revision bigint, kind text, "planId" int, "windowId" bigint, before jsonb, after jsonb,
              "bookingId" uuid, "changedBy" text, reason text)`,
      [platformId, last.epoch, JSON.stringify(rows)],
    );
    const move = 'update platform_revision set revision = $3 where platform_id = $1 and epoch = $2';
    await Promise.all([appended, tx.query(move, [platformId, last.epoch, last.revision])]);
  }
}

function columnsOf(deltas: CellDeltas): [cells: number[], sessions: number[], logins: number[]] {
  const cells = [...deltas.keys()].sort((a, b) => a - b);
  return [cells, cells.map((cell) => deltas.get(cell)!.sessions), cells.map((cell) => deltas.get(cell)!.logins)];
}

interface HourDeltas {
  /** Its first cell / CELLS_PER_HOUR. */
  hour: number;
  /** For each of its cells. */
  sessions: number[];
  logins: number[];
}

function hoursOf(deltas: CellDeltas): HourDeltas[] {
  const found = new Map<number, HourDeltas>();
  for (const [cell, load] of deltas) {
    const hour = Math.floor(cell / CELLS_PER_HOUR);
    let own = found.get(hour);
    if (!own) {
      own = {
        hour,
        sessions: new Array<number>(CELLS_PER_HOUR).fill(0),
        logins: new Array<number>(CELLS_PER_HOUR).fill(0),
      };
      found.set(hour, own);
    }
    own.sessions[cell % CELLS_PER_HOUR] = load.sessions;
    own.logins[cell % CELLS_PER_HOUR] = load.logins;
  }
  return [...found.values()];
}

/** Each partition by its name and by its indexes. */
function statementOfWindows(
  planIds: readonly number[],
  needs: readonly SequencerNeeds[],
): { text: string; values: unknown[] } {
  const ids = new Set(needs.flatMap(({ windowIds }) => windowIds));
  const columns: [name: string, of: string, ids: number[], first: number[], end: number[]][] = (
    [
      ['class_id', '', 'classIds'],
      // an establishment's own windows only: those of its classes come by class
      ['establishment_id', 'and w.class_id is null', 'establishmentIds'],
      ['establishment_id', 'and w.class_id is not null', 'wholeEstablishmentIds'],
      ['teacher_key_id', 'and w.teacher_key_id is not null', 'teacherKeyIds'],
    ] as const
  ).map(([name, of, list]) => {
    const asked = new Map<string, [number, number, number]>();
    for (const need of needs) {
      for (const id of need[list] ?? []) {
        asked.set(`${id} ${need.firstCell} ${need.endCell}`, [id, need.firstCell, need.endCell]);
      }
    }
    const rows = [...asked.values()];
    return [name, of, rows.map((row) => row[0]), rows.map((row) => row[1]), rows.map((row) => row[2])];
  });
  const parameters: unknown[] = [[...ids]];
  const parts = planIds.map((id) => `select * from ${partitionOf(id)} where plan_id = ${id} and window_id = any($1)`);
  for (const [name, of, owners, first, end] of columns) {
    if (owners.length === 0) continue;
    const at = parameters.push(owners, first, end);
    for (const id of planIds) {
      parts.push(`select w.* from unnest($${at - 2}::int[], $${at - 1}::int[], $${at}::int[]) as asked (id, first, last)
        cross join lateral (select * from ${partitionOf(id)} w
          where w.${name} = asked.id and w.start_cell >= asked.first and w.start_cell < asked.last ${of}) w`);
    }
  }
  // most windows are found in more than one way: by name, by class and by teacher; each is told once
  const text = `select ${FIELDS} from (${parts.join(' union ')}) w join establishment e on e.id = w.establishment_id`;
  return { text, values: parameters };
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { advisoryLock } from '../common/database';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';
import { COUNTED_AUDIENCES, type CellCountDto, type WindowCountDto } from './count-batch.dto';
import { CLASS_GRAIN_DAYS } from './gateway-settings.rules';

/** Who watches a platform's counts listens here; the payload is its number. */
export const COUNT_CHANNEL = 'gateway_count';

const ADDED = ['admitted', 'deferred', 'refused', 'attempts', 'would_refuse'];
/** And how long visits were. */
const ADDED_TO_WINDOWS = [...ADDED, 'ended', 'stay_seconds'];
const adding = (table: string, names = ADDED): string =>
  names.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ');

/** Expected and counted of an establishment on a day. */
export interface ObservedRow {
  establishmentId: number;
  uai: string;
  name: string;
  kind: string;
  department: string;
  /** Codes of the department and of what it lies in. */
  territories: string[];
  expected: number;
  admitted: number;
  admittedInWindow: number;
  deferred: number;
  refused: number;
  attempts: number;
  wouldRefuse: number;
}

/** Visitors of a profile on a day, by department and kind; empty where nobody knows their school. */
export interface ProfileCount {
  department: string;
  kind: string;
  /** Index into COUNTED_PROFILES. */
  profile: number;
  admitted: number;
  deferred: number;
  refused: number;
  attempts: number;
  wouldRefuse: number;
}

/** Visitors of a profile in a cell. */
export interface RecentCount {
  cell: number;
  /** Index into COUNTED_PROFILES. */
  profile: number;
  admitted: number;
  deferred: number;
  refused: number;
  attempts: number;
  wouldRefuse: number;
}

/** What gateways count: a partition a day, each of which is aggregated and dropped after 14 days. */
@Injectable()
export class CountStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** False where the batch had come before. */
  async addBatch(tx: EntityManager, keyId: number, batchId: string): Promise<boolean> {
    const rows = await tx.query<unknown[]>(
      'insert into gateway_batch (key_id, batch_id) values ($1, $2) on conflict do nothing returning 1',
      [keyId, batchId],
    );
    return rows.length > 0;
  }

  /** A partition of each table for each day. */
  async ensureDays(tx: EntityManager, days: readonly string[]): Promise<void> {
    for (const on of days) {
      const name = on.replaceAll('-', '_');
      const [known] = await tx.query<{ is: boolean }[]>(
        `select to_regclass('gateway_cell_count_${name}') is not null as is`,
      );
      if (known!.is) continue;
      await advisoryLock(tx, 'gateway', -1);
      await tx.query('select create_count_partitions($1)', [on]);
    }
  }

  /** Adds counts to those of windows; rows of owners that the platform does not have are left out. @returns rows added */
  async addWindows(tx: EntityManager, platformId: number, counts: readonly WindowCountDto[]): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `with given as (
         select x.*, case when x.audience = 0 then k.establishment_id else e.id end as establishment_id
           from jsonb_to_recordset($2::jsonb) as x (on_date date, audience smallint, owner_id int, start_cell int,
                  admitted int, deferred int, refused int, attempts int, would_refuse int, ended int, stay_seconds bigint)
           left join class k on x.audience = 0 and k.id = x.owner_id
           left join establishment e on e.id = case when x.audience = 0 then k.establishment_id else x.owner_id end
          where e.platform_id = $1), added as (
         insert into gateway_window_count as gateway_window_count
                (on_date, platform_id, audience, owner_id, establishment_id, start_cell, ${ADDED_TO_WINDOWS.join(', ')})
         select on_date, $1, audience, owner_id, establishment_id, start_cell, ${ADDED_TO_WINDOWS.map((n) => `sum(${n})`).join(', ')}
           from given group by on_date, audience, owner_id, establishment_id, start_cell
           order by on_date, audience, owner_id, start_cell
         on conflict (on_date, platform_id, audience, owner_id, start_cell) do update set ${adding('gateway_window_count', ADDED_TO_WINDOWS)})
       select count(*) from given`,
      [
        platformId,
        JSON.stringify(
          counts.map(({ audience, ownerId, startCell, onDate, wouldRefuse, ended = 0, staySeconds = 0, ...count }) => ({
            ...count,
            audience: COUNTED_AUDIENCES.indexOf(audience),
            owner_id: ownerId,
            start_cell: startCell ?? -1,
            on_date: onDate,
            would_refuse: wouldRefuse,
            ended,
            stay_seconds: staySeconds,
          })),
        ),
      ],
    );
    return row!.count;
  }

  async addCells(tx: EntityManager, platformId: number, counts: readonly CellCountDto[]): Promise<void> {
    await tx.query(
      `insert into gateway_cell_count as gateway_cell_count
              (on_date, platform_id, cell, department, kind, level, profile, ${ADDED.join(', ')})
       select (to_timestamp(cell * 300.0) at time zone 'UTC')::date, $1, cell, department, kind, level, profile,
              ${ADDED.map((n) => `sum(${n})::int`).join(', ')}
         from jsonb_to_recordset($2::jsonb) as x (cell int, department text, kind text, level smallint, profile smallint,
                admitted int, deferred int, refused int, attempts int, would_refuse int)
        group by cell, department, kind, level, profile order by cell, department, kind, level, profile
       on conflict (on_date, platform_id, cell, department, kind, level, profile) do update set ${adding('gateway_cell_count')}`,
      [
        platformId,
        JSON.stringify(
          counts.map(({ profile, kind, level, wouldRefuse, ...count }) => ({
            ...count,
            kind: kind ?? '',
            level: level ?? -1,
            profile: COUNTED_PROFILES.indexOf(profile),
            would_refuse: wouldRefuse,
          })),
        ),
      ],
    );
  }

  /** What a platform's gateways counted on a day, UTC. */
  byProfile(platformId: number, on: string): Promise<ProfileCount[]> {
    return this.database.query(
      `select department, kind, profile, sum(admitted)::int as admitted, sum(deferred)::int as deferred, sum(refused)::int as refused,
              sum(attempts)::int as attempts, sum(would_refuse)::int as "wouldRefuse"
         from gateway_cell_count where platform_id = $1 and on_date = $2
        group by department, kind, profile order by department, kind, profile`,
      [platformId, on],
    );
  }

  /** What came in of a platform's cells from one on, by profile: everybody, over all departments and levels. */
  recent(platformId: number, fromCell: number): Promise<RecentCount[]> {
    return this.database.query(
      `select cell, profile, sum(admitted)::int as admitted, sum(deferred)::int as deferred, sum(refused)::int as refused,
              sum(attempts)::int as attempts, sum(would_refuse)::int as "wouldRefuse"
         from gateway_cell_count
        where platform_id = $1 and cell >= $2 and on_date >= (to_timestamp($2 * 300.0) at time zone 'UTC')::date
        group by cell, profile order by cell, profile`,
      [platformId, fromCell],
    );
  }

  /** Tells who watches that counts of a platform have come. */
  async announce(tx: EntityManager, platformId: number): Promise<void> {
    await tx.query('select pg_notify($1, $2)', [COUNT_CHANNEL, String(platformId)]);
  }

  /** Aggregates and drops days of class grain that are older than 14 days; forgets batches after as long. */
  async retain(today: string): Promise<string[]> {
    return this.database.transaction(async (tx) => {
      await advisoryLock(tx, 'gateway', -1);
      const old = await tx.query<{ name: string }[]>(
        `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
          where i.inhparent in ('gateway_window_count'::regclass, 'gateway_cell_count'::regclass)
            and to_date(right(c.relname, 10), 'YYYY_MM_DD') < $1::date - $2::int order by 1`,
        [today, CLASS_GRAIN_DAYS],
      );
      for (const { name } of old) {
        if (name.startsWith('gateway_window_count'))
          await tx.query(
            `insert into gateway_day_count as d (on_date, platform_id, establishment_id, audience, admitted, admitted_in_window,
                                                 deferred, refused, attempts, would_refuse)
             select on_date, platform_id, establishment_id, audience, sum(admitted),
                    coalesce(sum(admitted) filter (where start_cell >= 0), 0), sum(deferred), sum(refused), sum(attempts),
                    sum(would_refuse)
               from ${name} c where exists (select 1 from establishment e where e.id = c.establishment_id)
              group by on_date, platform_id, establishment_id, audience
             on conflict (platform_id, on_date, establishment_id, audience) do nothing`,
          );
      }
      await tx.query(
        `select drop_count_partitions(day) from (select distinct to_date(right(name, 10), 'YYYY_MM_DD') as day from unnest($1::text[]) as name) old`,
        [old.map(({ name }) => name)],
      );
      await tx.query(`delete from gateway_batch where received_at < $1::date - $2::int`, [today, CLASS_GRAIN_DAYS]);
      return old.map(({ name }) => name);
    });
  }

  /**
   * Expected (headcount x participation of the day's first window of each owner) and counted, per establishment that has
   * windows or counts on the day, by id.
   */
  observed(
    platformId: number,
    on: string,
    scope: string,
    parameters: unknown[],
    afterId: number,
    count: number,
  ): Promise<ObservedRow[]> {
    return this.database.query(
      `with expected as (
         select w.establishment_id, sum(ceil(w.headcount * coalesce(r.participation, 1000) / 1000.0)) as expected
           from plan_window w join plan p on p.id = w.plan_id and p.state = 'published'
           join campaign c on c.id = p.campaign_id and c.platform_id = $1
           left join lateral (select (x ->> 'participationPerMille')::int as participation
                                from jsonb_array_elements(p.profiles) x where (x ->> 'profileId')::int = w.profile_id) r on true
          where w.local_date = $2 and w.ordinal = 0 and w.audience < 2 group by 1),
       counted as (
         select establishment_id, sum(admitted) as admitted, sum(admitted) filter (where start_cell >= 0) as in_window,
                sum(deferred) as deferred, sum(refused) as refused, sum(attempts) as attempts, sum(would_refuse) as would_refuse
           from gateway_window_count where platform_id = $1 and on_date = $2 and audience <> 2 group by 1
         union all
         select establishment_id, sum(admitted), sum(admitted_in_window), sum(deferred), sum(refused), sum(attempts),
                sum(would_refuse)
           from gateway_day_count where platform_id = $1 and on_date = $2 and audience <> 2 group by 1)
       select e.id as "establishmentId", e.uai, e.name, e.kind, d.code as department,
              array_remove(array[d.code, above.code, top.code], null) as territories, coalesce(x.expected, 0)::int as expected,
              coalesce(n.admitted, 0)::int as admitted, coalesce(n.in_window, 0)::int as "admittedInWindow",
              coalesce(n.deferred, 0)::int as deferred, coalesce(n.refused, 0)::int as refused,
              coalesce(n.attempts, 0)::int as attempts, coalesce(n.would_refuse, 0)::int as "wouldRefuse"
         from expected x full join counted n using (establishment_id) join establishment e on e.id = establishment_id
         join territory d on d.id = e.department_id left join territory above on above.id = d.parent_id
         left join territory top on top.id = above.parent_id
        where e.id > $3 and ${scope} order by e.id limit $4`,
      [platformId, on, afterId, count, ...parameters],
    );
  }
}

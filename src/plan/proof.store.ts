import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ORIGINS } from '../campaign/window-kind';
import type { LedgerDifference, Revision } from './ledger.store';
import { partitionOf } from './plan-window.store';

const BOOKED = ORIGINS.indexOf('booked');
const KEPT_DAYS = 400;

/**
 * Where windows and changes do not agree: a window is not as its last change left it, says that it changed at a revision that did not
 * change it, was changed from another place than the change before had left it at, or is missing or too many in its plan; or the
 * revisions of the platform have a gap.
 */
export const WINDOW_DIFFERENCE_KINDS = [
  'unlike_last_change',
  'without_change',
  'broken_chain',
  'window_count',
  'revision_gap',
] as const;

export interface WindowDifference {
  kind: (typeof WINDOW_DIFFERENCE_KINDS)[number];
  planId: number | null;
  windowId: number | null;
  revision: number | null;
}

/** A proof as it is kept. */
export interface KeptProof extends Revision {
  id: number;
  platformId: number;
  cellDifferenceCount: number;
  windowDifferenceCount: number;
  differences: { cells: LedgerDifference[]; windows: WindowDifference[] };
  /** Somebody asked for it; else the night did. */
  isOnDemand: boolean;
  provedAt: Date;
}

const PLACE = ['startCell', 'cellCount', 'headcount', 'revision'];
const samePlace = (a: string, b: string): string =>
  `(${a} ->> 'date', ${PLACE.map((name) => `(${a} ->> '${name}')::bigint`).join(', ')})
     is not distinct from (${b} ->> 'date', ${PLACE.map((name) => `(${b} ->> '${name}')::bigint`).join(', ')})`;

/** The fold of the changes against the windows, and the proofs that were kept. */
@Injectable()
export class ProofStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /**
   * Folds the numbered changes of a published plan and compares with its windows. A window that a publication carried over keeps the
   * change that it had in the plan before, of the same campaign, and is as large as its class is in the new one; that of a class which is
   * no more was not carried over, and whatever nobody booked may have been placed anew since. An EXCEPT, for an anti-join compares each
   * window with each change where the planner knows nothing of today's (11 s for 10,000 of them).
   */
  async windowDifferences(tx: EntityManager, planId: number): Promise<WindowDifference[]> {
    const table = partitionOf(planId);
    return tx.query<WindowDifference[]>(
      `with plan_of as (select id, campaign_id, published_epoch, published_revision, window_count from plan where id = ${planId}),
       changes as materialized (
         select c.window_id, c.epoch, c.revision, c.before, c.after,
                c.plan_id = p.id and (c.epoch, c.revision) > (p.published_epoch, p.published_revision) as is_own
           from plan_of p join plan other on other.campaign_id = p.campaign_id
           join plan_change c on c.plan_id = other.id where c.window_id is not null),
       last as (select distinct on (window_id) * from changes order by window_id, epoch desc, revision desc),
       chained as (
         select window_id, revision, before, lag(after) over own as previous, row_number() over own as number
           from changes where is_own window own as (partition by window_id order by epoch, revision))
       select 'unlike_last_change' as kind, ${planId} as "planId", l.window_id as "windowId", l.revision
         from last l left join ${table} w on w.window_id = l.window_id
        where case when l.after is null then w.window_id is not null
                   when not l.is_own and w.window_id is null and l.after ->> 'classId' is not null
                     and not exists (select 1 from class k where k.id = (l.after ->> 'classId')::int) then false
                   when l.is_own or (l.after ->> 'origin')::int = ${BOOKED} then w.window_id is null
                     or (w.local_date::text, w.start_cell, w.cell_count, w.revision) is distinct from
                        (l.after ->> 'date', (l.after ->> 'startCell')::int, (l.after ->> 'cellCount')::smallint,
                         (l.after ->> 'revision')::bigint)
                     or (l.is_own and w.headcount is distinct from (l.after ->> 'headcount')::int)
                   else false end
       union all
       select 'without_change', ${planId}, window_id, revision from (
         select window_id, revision from ${table} where revision > 0
         except select window_id, revision from changes) without_change
       union all
       select 'broken_chain', ${planId}, window_id, revision from chained
        where number > 1 and case when previous is null or before is null
                                  then previous is not null or before is not null
                                  else not (${samePlace('before', 'previous')}) end
       union all
       select 'window_count', id, null, null from plan_of where window_count <> (select count(*) from ${table})
       order by 4 nulls last, 3`,
    );
  }

  /** Whether a platform's revisions since its epoch began follow each other: one difference where they do not. */
  async revisionGaps(tx: EntityManager, platformId: number): Promise<WindowDifference[]> {
    return tx.query<WindowDifference[]>(
      `select 'revision_gap' as kind, null::int as "planId", null::bigint as "windowId", r.revision
         from platform_revision r, lateral (
           select count(*) as count, coalesce(max(revision), r.epoch_base_revision) as last from plan_change c
            where c.platform_id = r.platform_id and c.epoch = r.epoch) c
        where r.platform_id = $1 and (c.count <> r.revision - r.epoch_base_revision or c.last <> r.revision)`,
      [platformId],
    );
  }

  async provedPlatforms(): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      'select platform_id as id from platform_revision where revision > 0 order by 1',
    );
    return rows.map(({ id }) => id);
  }

  /** Keeps a proof, whose number it returns; those older than about a year go. */
  async keep(tx: EntityManager, proof: Omit<KeptProof, 'id' | 'provedAt'>): Promise<number> {
    const [kept] = await tx.query<[{ id: number }]>(
      `insert into ledger_proof (platform_id, epoch, revision, cell_difference_count, window_difference_count, differences, is_on_demand)
       values ($1, $2, $3, $4, $5, $6, $7) returning id`,
      [
        proof.platformId,
        proof.epoch,
        proof.revision,
        proof.cellDifferenceCount,
        proof.windowDifferenceCount,
        JSON.stringify(proof.differences),
        proof.isOnDemand,
      ],
    );
    await tx.query(
      `delete from ledger_proof where platform_id = $1 and proved_at < now() - make_interval(days => ${KEPT_DAYS})`,
      [proof.platformId],
    );
    return kept.id;
  }

  /** Kept proofs of a platform, the latest first, one more than asked. */
  list(
    platformId: number,
    size: number,
    beforeId?: number,
    tx: EntityManager | DataSource = this.database,
  ): Promise<KeptProof[]> {
    return tx.query<KeptProof[]>(
      `select id, platform_id as "platformId", epoch, revision, cell_difference_count as "cellDifferenceCount",
              window_difference_count as "windowDifferenceCount", differences, is_on_demand as "isOnDemand", proved_at as "provedAt"
         from ledger_proof where platform_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3`,
      [platformId, beforeId ?? null, size + 1],
    );
  }
}

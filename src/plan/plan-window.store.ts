import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { copiedRows, copyOutWithin, copyText } from '../common/copy';
import type { PlanColumns } from './plan-draft';
import { PlanOverlap } from './plan.errors';
import { fillIds, identityKey, type IdRun, inheritedIds, seriesIds } from './window-ids.rules';
import { WINDOW_COLUMNS, windowLines } from './window-rows.rules';

/** The table that holds the windows of one plan alone. */
export const partitionOf = (planId: number): string => `plan_window_${planId}`;

/** An establishment with windows of a plan. */
export interface WindowHolder {
  uai: string;
  planId: number;
  windowCount: number;
}

interface Overlap {
  first: number;
  second: number;
  count: number;
}

/** The windows of plans: one partition of plan_window per plan, written once by COPY. */
@Injectable()
export class PlanWindowStore {
  /**
   * Copies the windows of a new plan in. The table is filled and indexed on its own and becomes a partition at the end:
   * making it one from the start would keep every reader of every plan waiting for the COPY. Tables are the owner's: its functions
   * (migration 0130) make and index them.
   */
  async copyWindows(
    tx: EntityManager,
    planId: number,
    columns: PlanColumns,
    inheritFrom: number | undefined,
    onWritten: (windowCount: number) => void,
  ): Promise<void> {
    const table = partitionOf(planId);
    await tx.query('select create_plan_partition($1)', [planId]);
    const ids = await this.windowIds(tx, columns, inheritFrom);
    const lines = windowLines(planId, columns, ids, seriesIds(columns, ids), onWritten);
    await copyText(tx, `${table} (${WINDOW_COLUMNS})`, lines);
    await tx.query('select index_plan_partition($1)', [planId]);
  }

  /** Makes the filled table a partition: from here on the windows are found through plan_window. */
  async attach(tx: EntityManager, planId: number): Promise<void> {
    await tx.query('select attach_plan_partition($1)', [planId]);
  }

  async drop(tx: EntityManager, planId: number): Promise<void> {
    await tx.query('select drop_plan_partition($1)', [planId]);
  }

  /** Which of the establishments have windows from their own today on in published plans of other platforms. */
  async holdersElsewhere(
    tx: EntityManager,
    platformId: number,
    establishmentIds: readonly number[],
  ): Promise<WindowHolder[]> {
    const plans = await tx.query<{ id: number }[]>(
      `select p.id from plan p join campaign c on c.id = p.campaign_id
        where p.state = 'published' and c.platform_id <> $1 order by p.id`,
      [platformId],
    );
    if (plans.length === 0) return [];
    // the numbers stand in the text, so that the other partitions are not even looked at
    return tx.query<WindowHolder[]>(
      `select e.uai, min(w.plan_id) as "planId", count(*) as "windowCount"
         from plan_window w join establishment e on e.id = w.establishment_id
        where w.plan_id in (${plans.map(({ id }) => id).join(', ')}) and w.establishment_id = any($1::int[])
          and w.local_date >= (now() at time zone e.time_zone)::date
        group by e.uai order by e.uai`,
      [establishmentIds],
    );
  }

  /** A window keeps its id over the drafts of its campaign; new ones take theirs from the sequence in one statement. */
  private async windowIds(
    tx: EntityManager,
    columns: PlanColumns,
    inheritFrom: number | undefined,
  ): Promise<Float64Array> {
    const known = inheritFrom === undefined ? new Map<number, number>() : await this.identities(tx, inheritFrom);
    const ids = inheritedIds(columns, known);
    const newCount = ids.reduce((count, id) => (id === 0 ? count + 1 : count), 0);
    if (newCount > 0) {
      // as runs, one row where nobody else draws ids meanwhile, whatever the number of windows
      const runs = await tx.query<IdRun[]>(
        `select min(id) as first, count(*) as count
           from (select id, id - row_number() over (order by id) as run
                   from (select nextval('window_id_seq') as id from generate_series(1, $1::int)) drawn) numbered
          group by run order by 1`,
        [newCount],
      );
      fillIds(ids, runs);
    }
    return ids;
  }

  private async identities(tx: EntityManager, planId: number): Promise<Map<number, number>> {
    const known = new Map<number, number>();
    const query = `select window_id, establishment_id, coalesce(class_id, -1), audience, local_date - date '1970-01-01', ordinal
      from ${partitionOf(planId)}`;
    for await (const rows of copiedRows(copyOutWithin(tx, query))) {
      for (const row of rows) {
        const key = identityKey(Number(row[1]), Number(row[2]), Number(row[3]), Number(row[4]), Number(row[5]));
        known.set(key, Number(row[0]));
      }
    }
    return known;
  }

  /**
   * Looks for anybody in two windows at once, from the stored rows alone: a class, a group and a class it draws from or
   * another of their groups (parallel options apart), a teacher of live windows.
   *
   * @param standingPlanId of a replan: what that plan has in both places already nobody can mend, a change of groups by a roster say
   * @throws PlanOverlap
   */
  async checkOverlaps(tx: EntityManager, planId: number, standingPlanId: number | undefined): Promise<void> {
    const table = partitionOf(planId);
    const isNew = (first: string, firstCell: string, second: string, secondCell: string): string =>
      standingPlanId === undefined
        ? 'true'
        : `not exists (select 1 from ${partitionOf(standingPlanId)} x, ${partitionOf(standingPlanId)} y
                        where (x.window_id, x.start_cell) = (${first}, ${firstCell})
                          and (y.window_id, y.start_cell) = (${second}, ${secondCell}))`;
    const consecutive = (owner: string, where: string): string =>
      `select window_id as first, next_id as second, count(*) over () as count
         from (select window_id, start_cell, start_cell + cell_count as end_cell,
                      lead(start_cell) over owner as next_cell, lead(window_id) over owner as next_id
                 from ${table} where ${where} window owner as (partition by ${owner} order by start_cell)) w
        where next_cell < end_cell and ${isNew('w.window_id', 'w.start_cell', 'w.next_id', 'w.next_cell')} order by 1 limit 1`;
    const groups = `with conflict as (
        select group_id as a, class_id as b from class_group_source
        union
        select x.group_id, y.group_id from class_group_source x
          join class_group_source y on y.class_id = x.class_id and y.group_id > x.group_id
          join class gx on gx.id = x.group_id
          join class gy on gy.id = y.group_id
         where gx.option_set is null or gx.option_set is distinct from gy.option_set)
      select g.window_id as first, c.window_id as second, count(*) over () as count
        from conflict
        join ${table} g on g.class_id = conflict.a
        join ${table} c on c.class_id = conflict.b
         and c.start_cell < g.start_cell + g.cell_count and g.start_cell < c.start_cell + c.cell_count
       where ${isNew('g.window_id', 'g.start_cell', 'c.window_id', 'c.start_cell')}
       limit 1`;
    const refuse = async (who: 'class' | 'group' | 'teacher', query: string): Promise<void> => {
      const [overlap] = await tx.query<Overlap[]>(query);
      if (overlap) throw new PlanOverlap(who, [overlap.first, overlap.second], overlap.count);
    };
    await refuse('class', consecutive('class_id', 'class_id is not null'));
    await refuse('teacher', consecutive('teacher_key_id', 'teacher_key_id is not null and activity = 1'));
    await refuse('group', groups);
  }
}

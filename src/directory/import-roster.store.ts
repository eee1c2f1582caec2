import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { touchedCount } from './import-batch';

export const STAGE_ROSTER = 'stage_roster';
export const STAGE_SOURCE = 'stage_source';
export const STAGE_TEACHER = 'stage_teacher';
export const STAGE_REFUSED = 'stage_refused';

/** Line numbers that a step took out of the stage. */
async function linesOf(tx: EntityManager, statement: string, parameters: unknown[] = []): Promise<number[]> {
  const rows = await tx.query<{ line_number: number }[]>(`${statement} order by line_number`, parameters);
  return rows.map((row) => row.line_number);
}

/** SQL of the import of rosters. A line is the key of the temporary tables: class names are not yet what they will be. */
@Injectable()
export class ImportRosterStore {
  async createStage(tx: EntityManager): Promise<void> {
    await tx.query(`
      create temporary table ${STAGE_ROSTER} (
        line_number bigint, uai text, raw_code text, code text, needs_alias boolean, label text, kind text, levels text[],
        headcount int, option_set text
      ) on commit drop;
      create temporary table ${STAGE_SOURCE} (line_number bigint, raw_code text) on commit drop;
      create temporary table ${STAGE_TEACHER} (line_number bigint, hash bytea, is_shared boolean) on commit drop;
      create temporary table ${STAGE_REFUSED} (uai text) on commit drop`);
  }

  async prepare(tx: EntityManager): Promise<void> {
    await tx.query(`
      create index on ${STAGE_ROSTER} (uai, raw_code);
      create index on ${STAGE_ROSTER} (line_number);
      create index on ${STAGE_SOURCE} (line_number);
      create index on ${STAGE_TEACHER} (line_number);
      analyze ${STAGE_ROSTER}; analyze ${STAGE_SOURCE}; analyze ${STAGE_TEACHER}`);
  }

  /** Takes out the lines of establishments that the directory does not have. */
  dropUnknown(tx: EntityManager): Promise<number[]> {
    return linesOf(
      tx,
      `with dropped as (
         delete from ${STAGE_ROSTER} s where not exists (select from establishment e where e.uai = s.uai) returning line_number
       )
       select line_number from dropped`,
    );
  }

  /** Takes out the later lines of a class that stands twice in the file. */
  dropRepeated(tx: EntityManager): Promise<number[]> {
    return linesOf(
      tx,
      `with dropped as (
         delete from ${STAGE_ROSTER} s using (
           select ctid, row_number() over (partition by uai, raw_code order by line_number) as turn from ${STAGE_ROSTER}
         ) ranked
         where ranked.ctid = s.ctid and ranked.turn > 1
         returning s.line_number, s.uai
       ), kept as (insert into ${STAGE_REFUSED} select distinct uai from dropped)
       select line_number from dropped`,
    );
  }

  /** Takes out the groups that draw from something that is no division of the same establishment in the file. */
  dropRootlessGroups(tx: EntityManager): Promise<number[]> {
    return linesOf(
      tx,
      `with dropped as (
         delete from ${STAGE_ROSTER} s where s.kind = 'group' and exists (
           select from ${STAGE_SOURCE} x where x.line_number = s.line_number and not exists (
             select from ${STAGE_ROSTER} d where d.uai = s.uai and d.raw_code = x.raw_code and d.kind = 'division'))
         returning s.line_number, s.uai
       ), kept as (insert into ${STAGE_REFUSED} select distinct uai from dropped)
       select line_number from dropped`,
    );
  }

  /**
   * Gives the classes whose names may hold a person's the next free code of their levels, in the order of the file, so that
   * the same file gives the same codes. Returns the lines and their new codes.
   */
  async alias(tx: EntityManager): Promise<{ line_number: number; code: string }[]> {
    const letters = `case when n <= 26 then chr(64 + n::int) else chr(64 + ((n - 1) / 26)::int) || chr(65 + ((n - 1) % 26)::int) end`;
    return tx.query(
      `with wanted as (
         select line_number, uai, label, row_number() over (partition by uai, label order by line_number) as turn
         from ${STAGE_ROSTER} where needs_alias
       ),
       need as (select uai, label, count(*) as count from wanted group by uai, label),
       candidate as (
         select need.uai, need.label, need.label || ' ' || lettered.letter as code,
           row_number() over (partition by need.uai, need.label order by n) as turn
         from need
         cross join lateral generate_series(1, need.count + (
           select count(*) from ${STAGE_ROSTER} r where r.uai = need.uai and not r.needs_alias)) as n
         cross join lateral (select ${letters} as letter) as lettered
         where not exists (select from ${STAGE_ROSTER} r where r.uai = need.uai and not r.needs_alias
           and r.raw_code = need.label || ' ' || lettered.letter)
       ),
       renamed as (
         update ${STAGE_ROSTER} r set code = c.code
         from wanted w join candidate c using (uai, label, turn)
         where r.line_number = w.line_number
         returning r.line_number, r.code
       )
       select line_number, code from renamed order by line_number`,
    );
  }

  /** ULIS alone does not say which: that of a collège or lycée is not that of a primary school. */
  async settleUlis(tx: EntityManager): Promise<void> {
    await tx.query(
      `update ${STAGE_ROSTER} s
       set levels = array_replace(s.levels, 'ULIS_ECOLE', case when e.kind = 'college' then 'ULIS_COLLEGE' else 'PRO_OTHER' end)
       from establishment e
       where e.uai = s.uai and 'ULIS_ECOLE' = any(s.levels) and e.kind not in ('maternelle', 'elementaire', 'primaire')`,
    );
  }

  /**
   * Removes the classes that the file no longer has, of the establishments that it names. Where a line was refused, classes
   * of an earlier roster stay: the line may have meant one of them.
   */
  removeVanished(tx: EntityManager, schoolYear: string): Promise<number> {
    return touchedCount(
      tx,
      `delete from class c
       using establishment e
       where c.establishment_id = e.id and c.school_year = $1
         and exists (select from ${STAGE_ROSTER} s where s.uai = e.uai)
         and not exists (select from given_class g where g.establishment_id = e.id and g.school_year = $1 and g.code = c.code)
         and not (c.source = 'roster' and exists (select from ${STAGE_REFUSED} r where r.uai = e.uai))`,
      [schoolYear],
    );
  }

  /** Makes the links between groups and their classes those of the file; returns how many were made or removed. */
  async mergeGroupSources(tx: EntityManager, schoolYear: string): Promise<number> {
    await tx.query(
      `create temporary table given_source on commit drop as
       select distinct g.id as group_id, c.id as class_id
       from ${STAGE_SOURCE} x
       join ${STAGE_ROSTER} s using (line_number)
       join ${STAGE_ROSTER} d on d.uai = s.uai and d.raw_code = x.raw_code
       join establishment e on e.uai = s.uai
       join class g on g.establishment_id = e.id and g.school_year = $1 and g.code = s.code
       join class c on c.establishment_id = e.id and c.school_year = $1 and c.code = d.code`,
      [schoolYear],
    );
    const removedCount = await touchedCount(
      tx,
      `delete from class_group_source x
       using class g, establishment e, ${STAGE_ROSTER} s
       where x.group_id = g.id and g.establishment_id = e.id and g.school_year = $1 and s.uai = e.uai and s.code = g.code
         and not exists (select from given_source y where y.group_id = x.group_id and y.class_id = x.class_id)`,
      [schoolYear],
    );
    const madeCount = await touchedCount(
      tx,
      `insert into class_group_source (group_id, class_id)
       select group_id, class_id from given_source order by group_id, class_id
       on conflict do nothing`,
    );
    return removedCount + madeCount;
  }

  /** Makes the teachers of the classes of the file those of the file; keys that no class has any more are forgotten. */
  async mergeTeachers(tx: EntityManager, schoolYear: string): Promise<number> {
    await tx.query(
      `insert into teacher_key (establishment_id, hash)
       select distinct case when t.is_shared then null else e.id end, t.hash
       from ${STAGE_TEACHER} t join ${STAGE_ROSTER} s using (line_number) join establishment e using (uai)
       order by 1, 2
       on conflict on constraint teacher_key_key do nothing`,
    );
    await tx.query(
      `create temporary table given_teacher on commit drop as
       select distinct c.id as class_id, k.id as teacher_key_id
       from ${STAGE_TEACHER} t
       join ${STAGE_ROSTER} s using (line_number)
       join establishment e on e.uai = s.uai
       join class c on c.establishment_id = e.id and c.school_year = $1 and c.code = s.code
       join teacher_key k on k.hash = t.hash
         and k.establishment_id is not distinct from case when t.is_shared then null else e.id end`,
      [schoolYear],
    );
    await tx.query('create index on given_teacher (class_id, teacher_key_id)');
    const removedCount = await touchedCount(
      tx,
      `delete from class_teacher x
       using class c, establishment e, ${STAGE_ROSTER} s
       where x.class_id = c.id and c.establishment_id = e.id and c.school_year = $1 and s.uai = e.uai and s.code = c.code
         and not exists (select from given_teacher y where y.class_id = x.class_id and y.teacher_key_id = x.teacher_key_id)`,
      [schoolYear],
    );
    const madeCount = await touchedCount(
      tx,
      `insert into class_teacher (class_id, teacher_key_id)
       select class_id, teacher_key_id from given_teacher order by class_id, teacher_key_id
       on conflict do nothing`,
    );
    await tx.query(
      `delete from teacher_key k
       where not exists (select from class_teacher x where x.teacher_key_id = k.id)
         and (k.establishment_id is null or k.establishment_id in (
           select e.id from establishment e join ${STAGE_ROSTER} s using (uai)))`,
    );
    return removedCount + madeCount;
  }
}

/** The staged classes, as `given_class` wants them. */
export const STAGED_ROSTER = `
  select e.id, $1, s.code, s.kind, s.levels, s.headcount, s.option_set, false
  from ${STAGE_ROSTER} s join establishment e using (uai)`;

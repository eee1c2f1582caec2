import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { touchedCount } from './import-batch';

export const STAGE_MAPPING = 'stage_mapping';

/** SQL of the import of the ENT's keys. */
@Injectable()
export class ImportMappingStore {
  async createStage(tx: EntityManager): Promise<void> {
    await tx.query(`
      create temporary table ${STAGE_MAPPING} (
        line_number bigint, uai text, structure_external_id text, class_code text, class_name text, may_name_person boolean
      ) on commit drop`);
  }

  private async drop(tx: EntityManager, condition: string, parameters: unknown[] = []): Promise<number[]> {
    const rows = await tx.query<{ line_number: number }[]>(
      `with dropped as (delete from ${STAGE_MAPPING} s where ${condition} returning s.line_number)
       select line_number from dropped order by 1`,
      parameters,
    );
    return rows.map((row) => row.line_number);
  }

  dropUnknown(tx: EntityManager): Promise<number[]> {
    return this.drop(tx, 'not exists (select from establishment e where e.uai = s.uai)');
  }

  /** An establishment has one structure: the one of its first line. */
  dropSecondStructures(tx: EntityManager): Promise<number[]> {
    return this.drop(
      tx,
      `s.structure_external_id <> (select f.structure_external_id from ${STAGE_MAPPING} f where f.uai = s.uai order by line_number limit 1)`,
    );
  }

  /** A structure is of one establishment: the first of the file, unless one outside the file has it. */
  dropTakenStructures(tx: EntityManager): Promise<number[]> {
    return this.drop(
      tx,
      `s.uai <> (select f.uai from ${STAGE_MAPPING} f where f.structure_external_id = s.structure_external_id order by line_number limit 1)
       or exists (select from establishment e where e.structure_external_id = s.structure_external_id and e.uai <> s.uai
         and not exists (select from ${STAGE_MAPPING} f where f.uai = e.uai))`,
    );
  }

  dropRepeated(tx: EntityManager, column: 'class_code' | 'class_name'): Promise<number[]> {
    return this.drop(
      tx,
      `s.class_code is not null and exists (select from ${STAGE_MAPPING} f
         where f.uai = s.uai and f.${column} = s.${column} and f.class_code is not null and f.line_number < s.line_number)`,
    );
  }

  /** Class names of the first degree that may hold a teacher's name; in the second they are codes. */
  dropPersonal(tx: EntityManager): Promise<number[]> {
    return this.drop(
      tx,
      `s.may_name_person and exists (select from establishment e where e.uai = s.uai
         and e.kind in ('maternelle', 'elementaire', 'primaire'))`,
    );
  }

  /** Lines whose class the directory does not have in this school year; their structure counts all the same. */
  async unmatchedLines(tx: EntityManager, schoolYear: string): Promise<number[]> {
    const rows = await tx.query<{ line_number: number }[]>(
      `select s.line_number from ${STAGE_MAPPING} s join establishment e using (uai)
       where s.class_code is not null and not exists (
         select from class c where c.establishment_id = e.id and c.school_year = $1 and c.code = s.class_code)
       order by 1`,
      [schoolYear],
    );
    return rows.map((row) => row.line_number);
  }

  /** Sets the structures; two establishments may exchange theirs, so those that change are cleared first. */
  async mergeStructures(tx: EntityManager): Promise<{ updatedCount: number; unchangedCount: number }> {
    await tx.query(
      `create temporary table given_structure on commit drop as
       select distinct e.id, s.structure_external_id, e.structure_external_id is distinct from s.structure_external_id as is_new
       from ${STAGE_MAPPING} s join establishment e using (uai)`,
    );
    await tx.query(
      `update establishment e set structure_external_id = null from given_structure g where g.id = e.id and g.is_new
         and e.structure_external_id is not null`,
    );
    const updatedCount = await touchedCount(
      tx,
      `update establishment e set structure_external_id = g.structure_external_id
       from given_structure g where g.id = e.id and g.is_new`,
    );
    const [row] = await tx.query<{ count: number }[]>('select count(*) as count from given_structure');
    return { updatedCount, unchangedCount: row!.count - updatedCount };
  }

  /** Sets the ENT's class names of the establishments of the file, where they differ from the code; others there lose theirs. */
  async mergeClassNames(
    tx: EntityManager,
    schoolYear: string,
  ): Promise<{ updatedCount: number; unchangedCount: number }> {
    await tx.query(
      `create temporary table given_name on commit drop as
       select c.id, s.line_number is not null as is_mapped, nullif(s.class_name, c.code) as name
       from given_structure g
       join establishment e on e.id = g.id
       join class c on c.establishment_id = g.id and c.school_year = $1
       left join ${STAGE_MAPPING} s on s.uai = e.uai and s.class_code = c.code`,
      [schoolYear],
    );
    const updatedCount = await touchedCount(
      tx,
      `update class c set ent_class_name = g.name from given_name g
       where g.id = c.id and c.ent_class_name is distinct from g.name`,
    );
    const [row] = await tx.query<{ count: number }[]>('select count(*) as count from given_name');
    return { updatedCount, unchangedCount: row!.count - updatedCount };
  }

  /** Classes of the establishments of the file that no line names: how many, and the first of them. */
  async classesWithoutLine(
    tx: EntityManager,
    shownCount: number,
  ): Promise<{ count: number; shown: { uai: string; code: string }[] }> {
    const [row] = await tx.query<{ count: number }[]>('select count(*) as count from given_name where not is_mapped');
    const shown = await tx.query<{ uai: string; code: string }[]>(
      `select e.uai, c.code from given_name g join class c using (id) join establishment e on e.id = c.establishment_id
       where not g.is_mapped order by e.uai, c.code limit $1`,
      [shownCount],
    );
    return { count: row!.count, shown };
  }
}

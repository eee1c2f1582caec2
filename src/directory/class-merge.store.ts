import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { touchedCount } from './import-batch';

/**
 * Writes given classes over those that exist, touching only what differs. The given ones stand in the temporary table
 * `given_class (establishment_id, school_year, code, kind, levels, headcount, option_set, is_derived)`.
 */
@Injectable()
export class ClassMergeStore {
  /** Makes the temporary table from a query that gives its columns, and tells the planner its size. */
  async give(tx: EntityManager, query: string, parameters: unknown[] = []): Promise<number> {
    await tx.query(`
      create temporary table given_class (
        establishment_id int, school_year text, code text, kind text, levels text[], headcount int, option_set text,
        is_derived boolean
      ) on commit drop`);
    await tx.query(`insert into given_class ${query}`, parameters);
    await tx.query('create unique index on given_class (establishment_id, school_year, code)');
    await tx.query('analyze given_class');
    const [row] = await tx.query<{ count: number }[]>('select count(*) as count from given_class');
    return row!.count;
  }

  /** Updates the classes that differ; one that was read from elsewhere keeps its id and belongs to `source` from now on. */
  update(tx: EntityManager, source: string): Promise<number> {
    return touchedCount(
      tx,
      `update class c
       set kind = g.kind, levels = g.levels, headcount = g.headcount, option_set = g.option_set, is_derived = g.is_derived,
         source = $1
       from given_class g
       where c.establishment_id = g.establishment_id and c.school_year = g.school_year and c.code = g.code
         and (c.kind, c.levels, c.headcount, c.option_set, c.is_derived, c.source)
           is distinct from (g.kind, g.levels, g.headcount, g.option_set, g.is_derived, $1::text)`,
      [source],
    );
  }

  /** Inserts the classes that are new. */
  insert(tx: EntityManager, source: string): Promise<number> {
    return touchedCount(
      tx,
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, option_set, is_derived, source)
       select establishment_id, school_year, code, kind, levels, headcount, option_set, is_derived, $1
       from given_class g
       where not exists (select from class c where c.establishment_id = g.establishment_id
         and c.school_year = g.school_year and c.code = g.code)
       order by establishment_id, school_year, code`,
      [source],
    );
  }

  /** Pupils of the given divisions; those of groups are counted in their divisions. */
  async pupilCount(tx: EntityManager): Promise<number> {
    const [row] = await tx.query<{ count: number }[]>(
      `select coalesce(sum(headcount), 0) as count from given_class where kind = 'division'`,
    );
    return row!.count;
  }
}

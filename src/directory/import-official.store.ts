import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { touchedCount } from './import-batch';
import type { EstablishmentCounts } from './import-report';

export const STAGE_ESTABLISHMENT = 'stage_establishment';
export const STAGE_CLASS = 'stage_class';

/** Which source names an establishment when several files do: (source, rank); what is not listed has rank 0. */
export type SourceRanks = readonly (readonly [source: string, rank: number])[];

/** SQL of the import of official files: temporary tables filled by COPY, then sets against sets. */
@Injectable()
export class ImportOfficialStore {
  async createStage(tx: EntityManager): Promise<void> {
    await tx.query(`
      create temporary table ${STAGE_ESTABLISHMENT} (
        line_number bigint, school_year text, uai text, name text, kind text, sector text, priority_education text,
        department_code text, commune_code text, commune_name text, time_zone text, holiday_zone text, open_half_days int
      ) on commit drop;
      create temporary table ${STAGE_CLASS} (
        line_number bigint, school_year text, uai text, code text, levels text[], headcount int
      ) on commit drop`);
  }

  async analyzeStage(tx: EntityManager): Promise<void> {
    await tx.query(`analyze ${STAGE_ESTABLISHMENT}; analyze ${STAGE_CLASS}`);
  }

  /** Keeps the latest school year of the file only, and stores it as another one; returns the records left out. */
  async restateSchoolYear(tx: EntityManager, schoolYear: string): Promise<number> {
    const latest = `(select max(school_year) from ${STAGE_ESTABLISHMENT})`;
    await tx.query(`delete from ${STAGE_CLASS} where school_year < ${latest}`);
    const olderCount = await touchedCount(tx, `delete from ${STAGE_ESTABLISHMENT} where school_year < ${latest}`);
    for (const table of [STAGE_ESTABLISHMENT, STAGE_CLASS])
      await tx.query(`update ${table} set school_year = $1 where school_year <> $1`, [schoolYear]);
    return olderCount;
  }

  /** Removes the later records of an establishment and year; returns their lines. */
  async dropRepeatedEstablishments(tx: EntityManager): Promise<number[]> {
    const lines = await this.dropRepeated(tx, STAGE_ESTABLISHMENT, 'uai, school_year');
    if (lines.length > 0) await tx.query(`delete from ${STAGE_CLASS} where line_number = any($1)`, [lines]);
    return lines;
  }

  /** Removes the later ones of classes with the same code; returns their lines. */
  dropRepeatedClasses(tx: EntityManager): Promise<number[]> {
    return this.dropRepeated(tx, STAGE_CLASS, 'uai, school_year, code');
  }

  private async dropRepeated(tx: EntityManager, table: string, key: string): Promise<number[]> {
    const rows = await tx.query<{ line_number: number }[]>(
      `with dropped as (
         delete from ${table} s using (
           select ctid, row_number() over (partition by ${key} order by line_number) as turn from ${table}
         ) ranked
         where ranked.ctid = s.ctid and ranked.turn > 1
         returning s.line_number
       )
       select distinct line_number from dropped order by 1`,
    );
    return rows.map((row) => row.line_number);
  }

  async departmentCodes(tx: EntityManager): Promise<string[]> {
    const rows = await tx.query<{ code: string }[]>(
      `select distinct department_code as code from ${STAGE_ESTABLISHMENT} order by 1`,
    );
    return rows.map(({ code }) => code);
  }

  /** Writes the establishments of the file, those that differ only; the source of the highest rank names an establishment. */
  async mergeEstablishments(tx: EntityManager, source: string, ranks: SourceRanks): Promise<EstablishmentCounts> {
    await tx.query(`
      create temporary table given_establishment on commit drop as
      select distinct on (s.uai) s.*, t.id as department_id
      from ${STAGE_ESTABLISHMENT} s join territory t on t.code = s.department_code
      order by s.uai, s.school_year desc, s.line_number`);
    await tx.query('create unique index on given_establishment (uai)');
    await tx.query('analyze given_establishment');
    const updatedCount = await touchedCount(
      tx,
      `with source_rank as (select * from unnest($2::text[], $3::int[]) as r (source, rank)),
       wanted as (
         select e.id, g.*, coalesce(g.priority_education, e.priority_education) as wanted_priority,
           coalesce((select rank from source_rank where source = $1), 0)
             >= coalesce((select rank from source_rank where source = e.source), 0) as is_leading
         from given_establishment g join establishment e using (uai)
       )
       update establishment e
       set name = case when w.is_leading then w.name else e.name end,
         kind = case when w.is_leading then w.kind else e.kind end,
         sector = case when w.is_leading then w.sector else e.sector end,
         department_id = case when w.is_leading then w.department_id else e.department_id end,
         time_zone = case when w.is_leading then w.time_zone else e.time_zone end,
         holiday_zone = case when w.is_leading then w.holiday_zone else e.holiday_zone end,
         commune_code = case when w.is_leading then coalesce(w.commune_code, e.commune_code) else e.commune_code end,
         commune_name = case when w.is_leading then w.commune_name else e.commune_name end,
         priority_education = w.wanted_priority,
         source = case when w.is_leading then $1 else e.source end
       from wanted w
       where w.id = e.id and (
         e.priority_education <> w.wanted_priority or w.is_leading and
         (e.name, e.kind, e.sector, e.department_id, e.time_zone, e.holiday_zone, e.commune_code, e.commune_name, e.source)
           is distinct from (w.name, w.kind, w.sector, w.department_id, w.time_zone, w.holiday_zone,
             coalesce(w.commune_code, e.commune_code), w.commune_name, $1::text))`,
      [source, ranks.map(([name]) => name), ranks.map(([, rank]) => rank)],
    );
    const createdCount = await touchedCount(
      tx,
      `insert into establishment (uai, name, kind, sector, priority_education, department_id, commune_code, commune_name,
         time_zone, holiday_zone, open_half_days, source)
       select uai, name, kind, sector, coalesce(priority_education, 'none'), department_id, commune_code, commune_name,
         time_zone, holiday_zone, open_half_days, $1
       from given_establishment g
       where not exists (select from establishment e where e.uai = g.uai)
       order by uai`,
      [source],
    );
    const [row] = await tx.query<{ count: number }[]>('select count(*) as count from given_establishment');
    return { createdCount, updatedCount, unchangedCount: row!.count - createdCount - updatedCount };
  }

  /** Makes `named_year` of the establishments and years of the file, without those whose roster is known: it knows better. */
  async nameYears(tx: EntityManager): Promise<{ rosterCount: number; schoolYears: string[] }> {
    await tx.query(`
      create temporary table named_year on commit drop as
      select distinct e.id as establishment_id, e.department_id, s.school_year
      from ${STAGE_ESTABLISHMENT} s join establishment e using (uai)`);
    const years = await tx.query<{ school_year: string }[]>('select distinct school_year from named_year order by 1');
    const rosterCount = await touchedCount(
      tx,
      `delete from named_year n where exists (
         select from class c where c.establishment_id = n.establishment_id and c.school_year = n.school_year
           and c.source = 'roster')`,
    );
    await tx.query('create unique index on named_year (establishment_id, school_year)');
    await tx.query('analyze named_year');
    return { rosterCount, schoolYears: years.map((row) => row.school_year) };
  }

  /**
   * Removes the classes of this source that the file no longer has: of the establishments that it names, and of the others
   * of a department and year of which it names at least half. Less than that is an extract, and leaves the others alone.
   */
  async removeVanishedClasses(
    tx: EntityManager,
    source: string,
  ): Promise<{ removedCount: number; vanishedCount: number; leftAloneCount: number }> {
    await tx.query(
      `create temporary table missing_year on commit drop as
       with named as (select distinct department_id, school_year from named_year),
       missing as (
         select distinct n.department_id, n.school_year, c.establishment_id
         from named n
         join establishment e on e.department_id = n.department_id
         join class c on c.establishment_id = e.id and c.school_year = n.school_year and c.source = $1
         where not exists (select from named_year y where y.establishment_id = e.id and y.school_year = n.school_year)
       )
       select m.establishment_id, m.school_year,
         (select count(*) from named_year y where y.department_id = m.department_id and y.school_year = m.school_year)
           >= count(*) over (partition by m.department_id, m.school_year) as is_gone
       from missing m`,
      [source],
    );
    const removedCount = await touchedCount(
      tx,
      `delete from class c
       where c.source = $1 and (
         exists (select from named_year y where y.establishment_id = c.establishment_id and y.school_year = c.school_year)
           and not exists (select from given_class g where g.establishment_id = c.establishment_id
             and g.school_year = c.school_year and g.code = c.code)
         or exists (select from missing_year m where m.establishment_id = c.establishment_id
           and m.school_year = c.school_year and m.is_gone))`,
      [source],
    );
    const [row] = await tx.query<{ gone: number; left: number }[]>(
      `select count(*) filter (where is_gone) as gone, count(*) filter (where not is_gone) as left from missing_year`,
    );
    return { removedCount, vanishedCount: row!.gone, leftAloneCount: row!.left };
  }
}

/** The classes of the staged file, as `given_class` wants them. */
export const STAGED_CLASSES = `
  select e.id, s.school_year, s.code, 'division', s.levels, s.headcount, null, $1::boolean
  from ${STAGE_CLASS} s
  join establishment e using (uai)
  join named_year n on n.establishment_id = e.id and n.school_year = s.school_year`;

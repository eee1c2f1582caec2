import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Config } from '../common/config';
import { copyIn } from '../common/copy';
import { CONFIG } from '../common/database.module';
import { DomainError } from '../common/domain-error';
import type { ClassRow, ClassTeacherRow, EstablishmentRow, GroupSourceRow } from './directory-rows';
import { teacherHash } from './teacher-key.rules';
import { departmentOf, type Department } from './territory.rules';

type Rows<T> = Iterable<T> | AsyncIterable<T>;

class DepartmentUnknownError extends DomainError {
  constructor(code: string) {
    super('directory.department_unknown', 'unprocessable', `There is no department ${JSON.stringify(code)}.`);
  }
}

/** Writes the directory in bulk, inside the caller's transaction: COPY into a temporary table, then one statement. */
@Injectable()
export class DirectoryStore {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /**
   * Makes the departments with their academies and regions where they are not there yet, from the table of the rules.
   * Returns the ids of all territories by code. Throws DepartmentUnknownError.
   */
  async ensureTerritories(tx: EntityManager, departmentCodes: Iterable<string>): Promise<Map<string, number>> {
    const departments = new Map<string, Department>();
    for (const code of departmentCodes) {
      const department = departmentOf(code);
      if (!department) throw new DepartmentUnknownError(code);
      departments.set(department.code, department);
    }
    const all = [...departments.values()];
    await this.insertTerritories(
      tx,
      'region',
      all.map((d) => [d.regionCode, d.regionName, null]),
    );
    await this.insertTerritories(
      tx,
      'academy',
      all.map((d) => [d.academyCode, d.academyName, d.regionCode]),
    );
    await this.insertTerritories(
      tx,
      'department',
      all.map((d) => [d.code, d.name, d.academyCode]),
    );
    const rows = await tx.query<{ code: string; id: number }[]>('select code, id from territory');
    return new Map(rows.map(({ code, id }) => [code, id]));
  }

  private async insertTerritories(
    tx: EntityManager,
    kind: 'region' | 'academy' | 'department',
    rows: readonly (readonly [code: string, name: string, parentCode: string | null])[],
  ): Promise<void> {
    const distinct = [...new Map(rows.map((row) => [row[0], row])).values()];
    await tx.query(
      `insert into territory (code, kind, name, parent_id)
       select given.code, $1, given.name, parent.id
       from unnest($2::text[], $3::text[], $4::text[]) as given (code, name, parent_code)
       left join territory parent on parent.code = given.parent_code
       where not exists (select from territory where territory.code = given.code)
       order by given.code
       on conflict (code) do nothing`,
      [kind, distinct.map((row) => row[0]), distinct.map((row) => row[1]), distinct.map((row) => row[2])],
    );
  }

  /** Inserts establishments whose departments exist (`ensureTerritories`); returns how many. A known UAI is an error. */
  async insertEstablishments(tx: EntityManager, rows: Rows<EstablishmentRow>): Promise<number> {
    await tx.query(`
      create temporary table new_establishment (
        uai text, name text, kind text, sector text, priority_education text, department_code text, commune_code text,
        commune_name text, time_zone text, holiday_zone text, latitude double precision, longitude double precision,
        telephone text, structure_external_id text, open_half_days int, simultaneous_window_limit int, source text
      ) on commit drop`);
    await copyIn(tx, 'new_establishment', mapped(rows, establishmentColumns));
    const count = await insertCount(
      tx,
      `insert into establishment (uai, name, kind, sector, priority_education, department_id, commune_code, commune_name,
         time_zone, holiday_zone, latitude, longitude, telephone, structure_external_id, open_half_days,
         simultaneous_window_limit, source)
       select uai, n.name, n.kind, sector, priority_education, t.id, commune_code, commune_name, time_zone, holiday_zone,
         latitude, longitude, telephone, structure_external_id, open_half_days, simultaneous_window_limit, source
       from new_establishment n join territory t on t.code = n.department_code
       order by uai`,
    );
    await tx.query('drop table new_establishment');
    return count;
  }

  /** Inserts classes of establishments that exist; returns how many. */
  async insertClasses(tx: EntityManager, rows: Rows<ClassRow>): Promise<number> {
    await tx.query(`
      create temporary table new_class (
        uai text, school_year text, code text, kind text, levels text[], headcount int, ent_class_name text,
        option_set text, is_derived boolean, source text
      ) on commit drop`);
    await copyIn(
      tx,
      'new_class',
      mapped(rows, (row) => [
        row.uai,
        row.schoolYear,
        row.code,
        row.kind,
        row.levels,
        row.headcount,
        row.entClassName,
        row.optionSet,
        row.isDerived,
        row.source,
      ]),
    );
    const count = await insertCount(
      tx,
      `insert into class (establishment_id, school_year, code, kind, levels, headcount, ent_class_name, option_set,
         is_derived, source)
       select e.id, school_year, code, n.kind, levels, headcount, ent_class_name, option_set, is_derived, n.source
       from new_class n join establishment e on e.uai = n.uai
       order by e.id, school_year, code`,
    );
    await tx.query('drop table new_class');
    return count;
  }

  /** Inserts what groups draw from; both classes exist. Returns how many. */
  async insertGroupSources(tx: EntityManager, rows: Rows<GroupSourceRow>): Promise<number> {
    await tx.query(`
      create temporary table new_group_source (uai text, school_year text, group_code text, class_code text)
      on commit drop`);
    await copyIn(
      tx,
      'new_group_source',
      mapped(rows, (row) => [row.uai, row.schoolYear, row.groupCode, row.classCode]),
    );
    const count = await insertCount(
      tx,
      `insert into class_group_source (group_id, class_id)
       select g.id, c.id
       from new_group_source n
       join establishment e on e.uai = n.uai
       join class g on g.establishment_id = e.id and g.school_year = n.school_year and g.code = n.group_code
       join class c on c.establishment_id = e.id and c.school_year = n.school_year and c.code = n.class_code
       order by g.id, c.id`,
    );
    await tx.query('drop table new_group_source');
    return count;
  }

  /** Inserts the teachers of classes, their names as keyed hashes. Returns the links made. Throws SecretMissingError. */
  async insertClassTeachers(tx: EntityManager, rows: Rows<ClassTeacherRow>): Promise<number> {
    const { secret } = this.config;
    await tx.query(`
      create temporary table new_class_teacher (uai text, school_year text, class_code text, hash bytea, is_shared boolean)
      on commit drop`);
    await copyIn(
      tx,
      'new_class_teacher',
      mapped(rows, (row) => [
        row.uai,
        row.schoolYear,
        row.classCode,
        teacherHash(secret, row.isShared ? null : row.uai, row.teacher),
        row.isShared,
      ]),
    );
    await tx.query(
      `insert into teacher_key (establishment_id, hash)
       select distinct case when is_shared then null else e.id end, hash
       from new_class_teacher n join establishment e on e.uai = n.uai
       order by 1, 2
       on conflict on constraint teacher_key_key do nothing`,
    );
    const count = await insertCount(
      tx,
      `insert into class_teacher (class_id, teacher_key_id)
       select distinct c.id, k.id
       from new_class_teacher n
       join establishment e on e.uai = n.uai
       join class c on c.establishment_id = e.id and c.school_year = n.school_year and c.code = n.class_code
       join teacher_key k on k.hash = n.hash and k.establishment_id is not distinct from case when n.is_shared then null else e.id end
       order by 1, 2`,
    );
    await tx.query('drop table new_class_teacher');
    return count;
  }
}

function establishmentColumns(row: EstablishmentRow): unknown[] {
  const department = departmentOf(row.departmentCode);
  if (!department) throw new DepartmentUnknownError(row.departmentCode);
  return [
    row.uai,
    row.name,
    row.kind,
    row.sector,
    row.priorityEducation,
    department.code,
    row.communeCode,
    row.communeName,
    department.timeZone,
    department.holidayZone,
    row.latitude,
    row.longitude,
    row.telephone,
    row.structureExternalId,
    row.openHalfDays,
    row.simultaneousWindowLimit,
    row.source,
  ];
}

async function* mapped<T>(rows: Rows<T>, columnsOf: (row: T) => unknown[]): AsyncGenerator<unknown[]> {
  for await (const row of rows) yield columnsOf(row);
}

async function insertCount(tx: EntityManager, insert: string): Promise<number> {
  const [row] = await tx.query<{ count: number }[]>(
    `with made as (${insert} returning 1) select count(*) as count from made`,
  );
  return row!.count;
}

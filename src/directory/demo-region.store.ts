import { Inject, Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { holidayZoneOfDepartment, timeZoneOfDepartment, departmentNumberOf } from '../calendar/holiday-zone.rules';
import type { Config } from '../common/config';
import { copyIn } from '../common/copy';
import { CONFIG } from '../common/database.module';
import { unheard, type OnProgress } from '../common/progress';
import type { DemoRegion, DemoSchool } from './demo-region';
import { DEMO_ACADEMIES, DEMO_DEPARTMENTS, DEMO_REGION } from './demo-region-parameters';
import { teacherHash } from './teacher-key.rules';

/** Schools that are in memory at once: one COPY per table and batch. */
const BATCH_SCHOOL_COUNT = 1_500;

/** A demonstration region as it stands in the database: classes and teachers lie there in the order of the generator. */
export interface DemoRegionRows {
  source: string;
  schoolYear: string;
  exampleUai: string;
  pupilCountByDepartment: Map<number, number>;
  firstClassId: number;
  firstTeacherKeyId: number;
  /** False once somebody has removed classes of it: then the generator's order no longer tells the ids. */
  isWhole: boolean;
}

export interface DemoTerritories {
  regionId: number;
  departmentIdByCode: Map<string, number>;
}

/** Writes and finds the demonstration region; all inside the caller's transaction. */
@Injectable()
export class DemoRegionStore {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The territories of the region, made where they are not there yet. */
  async ensureTerritories(tx: EntityManager): Promise<DemoTerritories> {
    const insert = async (kind: string, rows: readonly (readonly [string, string, string | null])[]): Promise<void> => {
      for (const [code, name, parentCode] of rows) {
        await tx.query(
          `insert into territory (code, kind, name, parent_id) values ($1, $2, $3, (select id from territory where code = $4))
           on conflict (code) do nothing`,
          [code, kind, name, parentCode],
        );
      }
    };
    await insert('region', [[DEMO_REGION.code, DEMO_REGION.name, null]]);
    await insert(
      'academy',
      DEMO_ACADEMIES.map(({ code, name }) => [code, name, DEMO_REGION.code]),
    );
    await insert(
      'department',
      DEMO_DEPARTMENTS.map(({ code, name, academyCode }) => [code, name, academyCode]),
    );
    const codes = [DEMO_REGION.code, ...DEMO_DEPARTMENTS.map(({ code }) => code)];
    const rows = await tx.query<{ code: string; id: number }[]>('select code, id from territory where code = any($1)', [
      codes,
    ]);
    const idByCode = new Map(rows.map(({ code, id }) => [code, id]));
    return { regionId: idByCode.get(DEMO_REGION.code)!, departmentIdByCode: idByCode };
  }

  /** The region that stands in the database, if one does. */
  async find(tx: EntityManager): Promise<DemoRegionRows | undefined> {
    const [region] = await tx.query<{ source: string; exampleUai: string }[]>(
      `select source, coalesce(min(uai) filter (where kind = 'college'), min(uai)) as "exampleUai"
         from establishment where source like 'demo/%' group by source order by source limit 1`,
    );
    if (!region) return undefined;
    const [classes] = await tx.query<{ schoolYear: string; firstId: number; lastId: number; count: number }[]>(
      `select min(school_year) as "schoolYear", min(id) as "firstId", max(id) as "lastId", count(*)::int as count
         from class where source = $1`,
      [region.source],
    );
    const [teachers] = await tx.query<{ firstId: number; lastId: number; count: number }[]>(
      `select min(k.id) as "firstId", max(k.id) as "lastId", count(*)::int as count
         from teacher_key k join establishment e on e.id = k.establishment_id where e.source = $1`,
      [region.source],
    );
    const pupils = await tx.query<{ departmentId: number; pupilCount: number }[]>(
      `select e.department_id as "departmentId", sum(c.headcount)::int as "pupilCount"
         from establishment e join class c on c.establishment_id = e.id
        where e.source = $1 and c.kind = 'division' group by e.department_id order by e.department_id`,
      [region.source],
    );
    return {
      ...region,
      schoolYear: classes!.schoolYear,
      pupilCountByDepartment: new Map(pupils.map(({ departmentId, pupilCount }) => [departmentId, pupilCount])),
      firstClassId: classes!.firstId,
      firstTeacherKeyId: teachers!.firstId,
      isWhole: [classes!, teachers!].every(({ firstId, lastId, count }) => lastId - firstId + 1 === count),
    };
  }

  /** Removes the schools of every demonstration region with all that hangs on them. */
  async remove(tx: EntityManager): Promise<void> {
    await tx.query(`delete from establishment where source like 'demo/%'`);
  }

  /** COPYs the whole region in. Ids are reserved under a lock, so that they follow the generator's order without a gap. */
  async write(
    tx: EntityManager,
    region: DemoRegion,
    placement: { platformId: number; schoolYear: string },
    onProgress: OnProgress = unheard,
  ): Promise<void> {
    const { departmentIdByCode } = await this.ensureTerritories(tx);
    await tx.query('lock table establishment, class, teacher_key in share row exclusive mode');
    const [next] = await tx.query<{ establishment: number; class: number; teacher: number }[]>(
      `select nextval(pg_get_serial_sequence('establishment', 'id'))::int as establishment,
              nextval(pg_get_serial_sequence('class', 'id'))::int as class,
              nextval(pg_get_serial_sequence('teacher_key', 'id'))::int as teacher`,
    );
    const ids = next!;
    const totalCount = region.establishmentCount;
    for (let from = 0; from < totalCount; from += BATCH_SCHOOL_COUNT) {
      onProgress({ phase: 'schools', doneCount: from, totalCount });
      const schools = [...region.schools(from, from + BATCH_SCHOOL_COUNT)];
      const rows = this.rowsOf(schools, ids, placement, departmentIdByCode);
      await copyIn(
        tx,
        `establishment (id, uai, name, kind, sector, priority_education, department_id, commune_code, commune_name, time_zone,
         holiday_zone, latitude, longitude, telephone, structure_external_id, open_half_days, simultaneous_window_limit,
         platform_id, source)`,
        rows.establishments,
      );
      await copyIn(
        tx,
        `class (id, establishment_id, school_year, code, kind, levels, headcount, ent_class_name, option_set, source)`,
        rows.classes,
      );
      await copyIn(tx, 'class_group_source (group_id, class_id)', rows.groupSources);
      await copyIn(tx, 'teacher_key (id, establishment_id, hash)', rows.teachers);
      await copyIn(tx, 'class_teacher (class_id, teacher_key_id)', rows.classTeachers);
    }
    await tx.query(
      `select setval(pg_get_serial_sequence('establishment', 'id'), $1), setval(pg_get_serial_sequence('class', 'id'), $2),
              setval(pg_get_serial_sequence('teacher_key', 'id'), $3)`,
      [ids.establishment, ids.class, ids.teacher],
    );
    onProgress({ phase: 'schools', doneCount: totalCount, totalCount });
  }

  private rowsOf(
    schools: readonly DemoSchool[],
    ids: { establishment: number; class: number; teacher: number },
    placement: { platformId: number; schoolYear: string },
    departmentIdByCode: ReadonlyMap<string, number>,
  ) {
    const establishments: unknown[][] = [];
    const classes: unknown[][] = [];
    const groupSources: unknown[][] = [];
    const teachers: unknown[][] = [];
    const classTeachers: unknown[][] = [];
    for (const { establishment: e, classes: own, teacherCount, teachersOfClass } of schools) {
      const id = ids.establishment++;
      const firstClassId = ids.class;
      const firstTeacherId = ids.teacher;
      ids.class += own.length;
      ids.teacher += teacherCount;
      const number = departmentNumberOf(e.departmentCode);
      establishments.push([
        id,
        e.uai,
        e.name,
        e.kind,
        e.sector,
        e.priorityEducation,
        departmentIdByCode.get(e.departmentCode),
        e.communeCode,
        e.communeName,
        timeZoneOfDepartment(number),
        holidayZoneOfDepartment(number),
        e.latitude,
        e.longitude,
        e.telephone,
        e.structureExternalId,
        e.openHalfDays,
        e.simultaneousWindowLimit,
        placement.platformId,
        e.source,
      ]);
      own.forEach((one, k) => {
        classes.push([
          firstClassId + k,
          id,
          placement.schoolYear,
          one.code,
          one.kind,
          one.levels,
          one.headcount,
          one.entClassName,
          one.optionSet,
          e.source,
        ]);
        for (const source of one.sources) groupSources.push([firstClassId + k, firstClassId + source]);
        for (const teacher of teachersOfClass[k]!) classTeachers.push([firstClassId + k, firstTeacherId + teacher]);
      });
      for (let k = 0; k < teacherCount; k++)
        teachers.push([firstTeacherId + k, id, teacherHash(this.config.secret, e.uai, `P${k + 1}`)]);
    }
    return { establishments, classes, groupSources, teachers, classTeachers };
  }
}

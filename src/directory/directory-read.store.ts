import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { ClassKind, EstablishmentKind, PriorityEducation, Sector } from './directory-rows';
import type { Level } from './level';

/** A territory in the middle of its schools. */
export interface TerritoryView {
  id: number;
  code: string;
  kind: 'region' | 'academy' | 'department';
  name: string;
  parentId: number | null;
  /** Mean of the schools' degrees; null where none is located. */
  latitude: number | null;
  longitude: number | null;
}

/** An establishment as readers see it. */
export interface EstablishmentView {
  id: number;
  uai: string;
  name: string;
  kind: EstablishmentKind;
  sector: Sector;
  priorityEducation: PriorityEducation;
  departmentId: number;
  departmentCode: string;
  communeCode: string | null;
  communeName: string;
  timeZone: string;
  holidayZone: string;
  latitude: number | null;
  longitude: number | null;
  telephone: string | null;
  structureExternalId: string | null;
  openHalfDays: number;
  simultaneousWindowLimit: number | null;
  platformId: number | null;
  source: string;
  /** Great-circle distance to the asked point; null without one. */
  distanceMetres: number | null;
}

export interface ClassView {
  id: number;
  schoolYear: string;
  code: string;
  kind: ClassKind;
  levels: Level[];
  headcount: number;
  entClassKey: string | null;
  optionSet: string | null;
  isDerived: boolean;
  source: string;
  groupSourceCodes: string[];
  teacherCount: number;
}

export interface EstablishmentFilter {
  territoryIds: readonly number[] | undefined;
  kinds: readonly EstablishmentKind[] | undefined;
  platformId: number | undefined;
  /** Plain words (no accents, small letters), each of which the name, the commune or the UAI has; none for all. */
  words: readonly string[];
  near: { latitude: number; longitude: number; radiusMetres: number } | undefined;
}
/** Where a page goes on: after this UAI, or, in a list by distance, after this distance and UAI. */
export interface EstablishmentPosition {
  distanceMetres: number;
  uai: string;
}

const COLUMNS = `
  e.id, e.uai, e.name, e.kind, e.sector, e.priority_education as "priorityEducation", e.department_id as "departmentId",
  t.code as "departmentCode", e.commune_code as "communeCode", e.commune_name as "communeName", e.time_zone as "timeZone",
  e.holiday_zone as "holidayZone", e.latitude, e.longitude, e.telephone, e.structure_external_id as "structureExternalId",
  e.open_half_days as "openHalfDays", e.simultaneous_window_limit as "simultaneousWindowLimit",
  e.platform_id as "platformId", e.source`;

/** The same as `plain()` does for a name, in SQL that every PostgreSQL has. */
const PLAIN = (column: string): string =>
  `translate(lower(replace(replace(${column}, 'œ', 'oe'), 'Œ', 'oe')), 'àâäáãçéèêëíìîïñóòôöõúùûüýÿ', 'aaaaaceeeeiiiinooooouuuuyy')`;

const EARTH_RADIUS_METRES = 6_371_008;
const METRES_PER_DEGREE = 111_195;

/** Reads territories, establishments and classes. */
@Injectable()
export class DirectoryReadStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Territories by number, each in the middle of its schools. */
  territories(afterId: number, count: number): Promise<TerritoryView[]> {
    return this.database.query<TerritoryView[]>(
      `with recursive shown as (select * from territory where id > $1 order by id limit $2),
            below as (
              select id as territory_id, id as part_id from shown
              union all
              select b.territory_id, t.id from below b join territory t on t.parent_id = b.part_id
            ),
            middle as (
              select b.territory_id, avg(e.latitude)::float8 as latitude, avg(e.longitude)::float8 as longitude
                from below b join establishment e on e.department_id = b.part_id
               group by 1
            )
       select s.id, s.code, s.kind, s.name, s.parent_id as "parentId", m.latitude, m.longitude
         from shown s left join middle m on m.territory_id = s.id order by s.id`,
      [afterId, count],
    );
  }

  /** The territory of a code, or of an id written in digits where no code is the same, and every territory below it. */
  async territoryAndBelow(codeOrId: string): Promise<number[]> {
    const rows = await this.database.query<{ id: number }[]>(
      `with recursive below as (
         (select id from territory where code = $1 or id = case when $1 ~ '^[0-9]{1,9}$' then $1::int end
          order by code = $1 desc limit 1)
         union all
         select t.id from territory t join below b on t.parent_id = b.id
       )
       select id from below`,
      [codeOrId],
    );
    return rows.map(({ id }) => id);
  }

  /** Establishments by UAI, or the nearest first when a point is given. */
  async establishments(
    filter: EstablishmentFilter,
    after: EstablishmentPosition | undefined,
    count: number,
  ): Promise<EstablishmentView[]> {
    const parameters: unknown[] = [];
    const bind = (value: unknown): string => `$${parameters.push(value)}`;
    const conditions: string[] = [];
    if (filter.territoryIds) conditions.push(`e.department_id = any(${bind(filter.territoryIds)})`);
    if (filter.kinds) conditions.push(`e.kind = any(${bind(filter.kinds)})`);
    if (filter.platformId !== undefined) conditions.push(`e.platform_id = ${bind(filter.platformId)}`);
    for (const word of filter.words) {
      const pattern = bind(`%${word.replace(/[\\%_]/g, '\\$&')}%`);
      conditions.push(
        `(${PLAIN('e.name')} like ${pattern} or ${PLAIN('e.commune_name')} like ${pattern} or lower(e.uai) like ${pattern})`,
      );
    }
    let distance = 'null::double precision';
    if (filter.near) {
      const { latitude, longitude, radiusMetres } = filter.near;
      const here = { latitude: bind(latitude), longitude: bind(longitude) };
      // haversine; least() because a rounding error beyond 1 has no arc
      distance = `2 * ${EARTH_RADIUS_METRES} * asin(least(1, sqrt(
        power(sin(radians(e.latitude - ${here.latitude}) / 2), 2)
        + cos(radians(${here.latitude})) * cos(radians(e.latitude)) * power(sin(radians(e.longitude - ${here.longitude}) / 2), 2))))`;
      const degrees = radiusMetres / METRES_PER_DEGREE;
      // a band of latitude that the index gives, before any arc is computed
      conditions.push(`e.latitude between ${bind(latitude - degrees)} and ${bind(latitude + degrees)}`);
      conditions.push(`${distance} <= ${bind(radiusMetres)}`);
    }
    if (after && !filter.near) conditions.push(`e.uai > ${bind(after.uai)}`);
    if (after && filter.near)
      conditions.push(`(${distance}, e.uai) > (${bind(after.distanceMetres)}::float8, ${bind(after.uai)})`);
    return this.database.query(
      `select ${COLUMNS}, ${distance} as "distanceMetres"
       from establishment e join territory t on t.id = e.department_id
       ${conditions.length > 0 ? `where ${conditions.join(' and ')}` : ''}
       order by ${filter.near ? '"distanceMetres", e.uai' : 'e.uai'}
       limit ${bind(count)}`,
      parameters,
    );
  }

  async isPlatform(platformId: number): Promise<boolean> {
    return (await this.database.query<unknown[]>('select 1 from platform where id = $1', [platformId])).length > 0;
  }

  async establishment(uai: string): Promise<EstablishmentView | undefined> {
    const rows = await this.database.query<EstablishmentView[]>(
      `select ${COLUMNS}, null::double precision as "distanceMetres"
       from establishment e join territory t on t.id = e.department_id where e.uai = $1`,
      [uai],
    );
    return rows[0];
  }

  /** The latest school year of which the establishment has classes. */
  async latestSchoolYear(establishmentId: number): Promise<string | undefined> {
    const rows = await this.database.query<{ school_year: string | null }[]>(
      'select max(school_year) as school_year from class where establishment_id = $1',
      [establishmentId],
    );
    return rows[0]?.school_year ?? undefined;
  }

  classes(establishmentId: number, schoolYear: string, afterCode: string, count: number): Promise<ClassView[]> {
    return this.database.query(
      `select c.id, c.school_year as "schoolYear", c.code, c.kind, c.levels, c.headcount,
         e.structure_external_id || '$' || coalesce(c.ent_class_name, c.code) as "entClassKey",
         c.option_set as "optionSet", c.is_derived as "isDerived", c.source,
         array(select s.code from class_group_source g join class s on s.id = g.class_id where g.group_id = c.id
           order by s.code) as "groupSourceCodes",
         (select count(*) from class_teacher t where t.class_id = c.id) as "teacherCount"
       from class c join establishment e on e.id = c.establishment_id
       where c.establishment_id = $1 and c.school_year = $2 and c.code > $3
       order by c.code limit $4`,
      [establishmentId, schoolYear, afterCode, count],
    );
  }
}

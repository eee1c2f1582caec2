import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CalendarPlace } from '../calendar/calendar-place';
import type { NamedClass } from '../common/class-page-address';

/** A class that was chosen by its address, with its school. */
export interface ChildFacts extends CalendarPlace {
  uai: string;
  code: string;
  establishmentName: string;
  communeName: string;
  departmentCode: string;
  /** The latest class of that code, whose calendar and A4 page are offered. */
  classId: number;
  /** The classes of that code in every school year, and the groups drawn from them. */
  ownIds: number[];
  /** The other divisions of the school that share a level with it, in its school year. */
  levelIds: number[];
  /** Whether the school's platform has a published plan that is not over. */
  hasPlan: boolean;
}

/** What the pages of families are made of besides windows: names of schools and classes. */
@Injectable()
export class FamilyPageStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The classes that are known, each with its place among those that were asked for. */
  async children(chosen: readonly NamedClass[], now: Date): Promise<Map<number, ChildFacts>> {
    const rows = await this.database.query<(ChildFacts & { at: string })[]>(
      `select asked.at, e.id as "establishmentId", e.uai, e.name as "establishmentName", e.commune_name as "communeName",
              e.time_zone as "timeZone", e.holiday_zone as "holidayZone", e.open_half_days as "openHalfDays",
              d.id as "departmentId", d.code as "departmentCode", a.id as "academyId", a.parent_id as "regionId",
              k.id as "classId", k.code,
              array(select id from class where establishment_id = e.id and code = k.code
                    union select group_id from class_group_source s join class c on c.id = s.class_id
                     where c.establishment_id = e.id and c.code = k.code order by 1) as "ownIds",
              array(select id from class o where o.establishment_id = e.id and o.school_year = k.school_year
                       and o.kind = 'division' and o.levels && k.levels and o.id <> k.id order by 1) as "levelIds",
              exists (select from plan p join campaign g on g.id = p.campaign_id
                       where p.state = 'published' and g.platform_id = e.platform_id
                         and g.ends_on >= ($3::timestamptz at time zone e.time_zone)::date) as "hasPlan"
         from unnest($1::text[], $2::text[]) with ordinality as asked (uai, code, at)
         join establishment e on e.uai = asked.uai
         join territory d on d.id = e.department_id left join territory a on a.id = d.parent_id
         join lateral (select * from class where establishment_id = e.id and code = asked.code
                        order by school_year desc limit 1) k on true`,
      [chosen.map(({ uai }) => uai), chosen.map(({ code }) => code), now],
    );
    return new Map(rows.map(({ at, ...facts }) => [Number(at) - 1, facts]));
  }
}

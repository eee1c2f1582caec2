import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CalendarPlace } from '../calendar/calendar-place';
import type { NamedClass } from '../common/class-page-address';
import type { Language } from '../common/language.rules';

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
  /** The protection steps in force that concern pupils or relatives of the class, the earliest first. */
  notices: FamilyNotice[];
}

/** What a protection step says to those whom it concerns. */
export interface FamilyNotice {
  words: Record<Language, string>;
  /** Unix seconds. */
  endsAt: number;
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
                         and g.ends_on >= ($3::timestamptz at time zone e.time_zone)::date) as "hasPlan",
              (select coalesce(jsonb_agg(jsonb_build_object('words', s.words, 'endsAt', extract(epoch from s.ends_at)::bigint) order by s.starts_at, s.id), '[]')
                 from protection_step s
                where s.platform_id = e.platform_id and s.state = 'in_force' and s.starts_at <= $3 and s.ends_at > $3
                  and (s.scope -> 'territories' = '[]' or s.scope -> 'territories' ?| array[d.code, a.code, r.code])
                  and (s.scope -> 'establishmentKinds' = '[]' or s.scope -> 'establishmentKinds' ? e.kind)
                  and (s.scope -> 'levels' = '[]' or s.scope -> 'levels' ?| k.levels)
                  and (s.scope -> 'profiles' = '[]' or s.scope -> 'profiles' ?| array['pupil', 'relative'])) as notices
         from unnest($1::text[], $2::text[]) with ordinality as asked (uai, code, at)
         join establishment e on e.uai = asked.uai
         join territory d on d.id = e.department_id left join territory a on a.id = d.parent_id
         left join territory r on r.id = a.parent_id
         join lateral (select * from class where establishment_id = e.id and code = asked.code
                        order by school_year desc limit 1) k on true`,
      [chosen.map(({ uai }) => uai), chosen.map(({ code }) => code), now],
    );
    return new Map(rows.map(({ at, ...facts }) => [Number(at) - 1, facts]));
  }
}

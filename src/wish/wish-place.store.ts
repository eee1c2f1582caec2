import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { CalendarPlace } from '../calendar/calendar-place';
import { type CampaignScope, scopeConditions } from '../campaign/campaign-scope.rules';
import type { ClassKind } from '../directory/directory-rows';
import type { Level } from '../directory/level';

/** An establishment that wishes are stated for. */
export interface WishPlaceRow extends CalendarPlace {
  uai: string;
}

/** A class that takes part in a campaign. */
export interface ConcernedClass {
  id: number;
  establishmentId: number;
  code: string;
  kind: ClassKind;
  levels: Level[];
}

/** Which establishments: by UAI, by one of their classes, or by id. */
export type WishPlaceKey = { uai: string } | { classId: number } | { ids: readonly number[] };

/** Where wishes are stated: establishments with their classes that take part. */
@Injectable()
export class WishPlaceStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  places(key: WishPlaceKey): Promise<WishPlaceRow[]> {
    const [condition, value] =
      'uai' in key
        ? ['e.uai = $1', key.uai]
        : 'ids' in key
          ? ['e.id = any($1)', key.ids]
          : ['e.id = (select establishment_id from class where id = $1)', key.classId];
    return this.database.query(
      `select e.uai, e.id as "establishmentId", e.time_zone as "timeZone", e.holiday_zone as "holidayZone",
              e.open_half_days as "openHalfDays", d.id as "departmentId", a.id as "academyId", a.parent_id as "regionId"
         from establishment e join territory d on d.id = e.department_id left join territory a on a.id = d.parent_id
        where ${condition} order by e.id`,
      [value],
    );
  }

  /** Their classes that take part, by code; none where the establishment does not. */
  classes(scope: CampaignScope, establishmentIds: readonly number[]): Promise<ConcernedClass[]> {
    const conditions = scopeConditions(scope);
    return this.database.query(
      `select class.id, class.establishment_id as "establishmentId", class.code, class.kind, class.levels
         from class join establishment on establishment.id = class.establishment_id
        where establishment.id = any($1) and ${conditions.establishment} and ${conditions.class}
        order by class.establishment_id, class.code`,
      [establishmentIds],
    );
  }
}

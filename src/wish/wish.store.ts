import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { CalendarPlace } from '../calendar/calendar-place';
import { copyIn } from '../common/copy';
import type { Level } from '../directory/level';
import { scopeConditions, type CampaignScope } from '../campaign/campaign-scope.rules';
import type { Wish, WishOrigin } from './wish.rules';

/** A wish to write in bulk: checked by whoever makes it, and by the table. */
export interface WishRow extends Wish {
  campaignId: number;
  classId: number;
  origin: WishOrigin;
}

/** A class that takes part in a campaign, and where it stands. */
export interface ConcernedClass {
  levels: Level[];
  place: CalendarPlace;
}

const COLUMNS =
  'kind, weekday, local_date, start_minute, end_minute, teacher_key_id, reason, origin, campaign_id, class_id';

/** What classes ask for. */
@Injectable()
export class WishStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  list(campaignId: number, classId: number): Promise<(Wish & { origin: WishOrigin })[]> {
    return this.database.query(
      `select kind, weekday, local_date::text as "on", start_minute as "startMinute", end_minute as "endMinute",
              teacher_key_id as "teacherKeyId", reason, origin
         from wish where campaign_id = $1 and class_id = $2 order by weekday, local_date, start_minute, id`,
      [campaignId, classId],
    );
  }

  /** COPY many wishes in; a batch that breaks a constraint of the table is refused as a whole. */
  async copyWishes(tx: EntityManager, rows: Iterable<WishRow> | AsyncIterable<WishRow>): Promise<void> {
    async function* fields(): AsyncGenerator<readonly unknown[]> {
      for await (const row of rows) {
        const { kind, weekday, on, startMinute, endMinute, teacherKeyId, reason, origin, campaignId, classId } = row;
        yield [kind, weekday, on, startMinute, endMinute, teacherKeyId, reason, origin, campaignId, classId];
      }
    }
    await copyIn(tx, `wish (${COLUMNS})`, fields());
  }

  async replace(tx: EntityManager, campaignId: number, classId: number, rows: readonly WishRow[]): Promise<void> {
    await tx.query('delete from wish where campaign_id = $1 and class_id = $2', [campaignId, classId]);
    await this.copyWishes(tx, rows);
  }

  async classExists(classId: number): Promise<boolean> {
    return (await this.database.query<unknown[]>('select 1 from class where id = $1', [classId])).length > 0;
  }

  /** The class where it takes part, undefined where it does not. */
  async concernedClass(scope: CampaignScope, classId: number): Promise<ConcernedClass | undefined> {
    const conditions = scopeConditions(scope);
    const rows = await this.database.query<(CalendarPlace & { levels: Level[] })[]>(
      `select class.levels, establishment.id as "establishmentId", establishment.time_zone as "timeZone",
              establishment.holiday_zone as "holidayZone", establishment.open_half_days as "openHalfDays",
              department.id as "departmentId", academy.id as "academyId", academy.parent_id as "regionId"
         from class join establishment on establishment.id = class.establishment_id
         join territory department on department.id = establishment.department_id
         left join territory academy on academy.id = department.parent_id
        where class.id = $1 and ${conditions.establishment} and ${conditions.class}`,
      [classId],
    );
    const [row] = rows;
    if (!row) return undefined;
    const { levels, ...place } = row;
    return { levels, place };
  }

  /** Makes changes of an establishment's fixed windows wait for each other: its cap holds over all of its classes. */
  async lockEstablishment(tx: EntityManager, establishmentId: number): Promise<void> {
    await tx.query('select 1 from establishment where id = $1 for no key update', [establishmentId]);
  }

  /** Levels of the divisions of an establishment that take part. */
  divisions(
    tx: EntityManager,
    scope: CampaignScope,
    establishmentId: number,
  ): Promise<{ id: number; levels: Level[] }[]> {
    return tx.query(
      `select class.id, class.levels from class join establishment on establishment.id = class.establishment_id
        where establishment.id = $1 and class.kind = 'division' and ${scopeConditions(scope).class} order by class.id`,
      [establishmentId],
    );
  }

  /** Fixed wishes of the other classes of an establishment. */
  fixedOfOthers(
    tx: EntityManager,
    campaignId: number,
    establishmentId: number,
    exceptClassId: number,
  ): Promise<Pick<Wish, 'weekday' | 'on'>[]> {
    return tx.query(
      `select wish.weekday, wish.local_date::text as "on" from wish join class on class.id = wish.class_id
        where wish.campaign_id = $1 and class.establishment_id = $2 and wish.class_id <> $3 and wish.kind = 'fixed'`,
      [campaignId, establishmentId, exceptClassId],
    );
  }

  /** Those of the ids that are no key of this establishment and none shared between establishments. */
  async unknownTeachers(tx: EntityManager, establishmentId: number, ids: readonly number[]): Promise<number[]> {
    const rows = await tx.query<{ id: number }[]>(
      `select id from unnest($1::int[]) as asked (id)
        where not exists (select 1 from teacher_key t where t.id = asked.id and coalesce(t.establishment_id, $2) = $2)`,
      [[...ids], establishmentId],
    );
    return rows.map(({ id }) => id);
  }
}

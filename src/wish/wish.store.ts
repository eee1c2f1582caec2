import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Audience } from '../campaign/window-kind';
import { copyIn } from '../common/copy';
import type { Approval, Wish, WishOrigin } from './wish.rules';

/** Whose wish it is: a class's, or one for an audience of a whole establishment. */
export interface WishOwner {
  classId: number | null;
  establishmentId?: number | null;
  audience?: Audience | null;
}

/** A wish to write: checked by whoever makes it, and by the table. */
export interface WishRow extends Wish, WishOwner {
  campaignId: number;
  origin: WishOrigin;
  /** `not_needed` where absent. */
  approval?: Approval;
}

/** A wish as the table keeps it. */
export interface StoredWish extends Wish, Required<WishOwner> {
  id: number;
  origin: WishOrigin;
  approval: Approval;
  approvalReason: string | null;
}

const COLUMNS = `kind, weekday, local_date, start_minute, end_minute, teacher_key_id, reason, origin, approval, campaign_id,
  class_id, establishment_id, audience`;
const FIELDS = `wish.id, wish.kind, wish.weekday, wish.local_date::text as "on", wish.start_minute as "startMinute",
  wish.end_minute as "endMinute", wish.teacher_key_id as "teacherKeyId", wish.reason, wish.origin, wish.approval,
  wish.approval_reason as "approvalReason", wish.class_id as "classId", wish.establishment_id as "establishmentId", wish.audience`;

/** What is asked for. */
@Injectable()
export class WishStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Of a class, by day and start. */
  list(campaignId: number, classId: number, tx: EntityManager = this.database.manager): Promise<StoredWish[]> {
    return tx.query(
      `select ${FIELDS} from wish where campaign_id = $1 and class_id = $2
        order by weekday, local_date, start_minute, id`,
      [campaignId, classId],
    );
  }

  /** Of an establishment as a whole and of all of its classes, in the order in which they were stated. */
  ofEstablishment(
    campaignId: number,
    establishmentId: number,
    tx: EntityManager = this.database.manager,
  ): Promise<StoredWish[]> {
    return tx.query(
      `select * from (
         select ${FIELDS} from wish where campaign_id = $1 and establishment_id = $2
         union all
         select ${FIELDS} from class join wish on wish.class_id = class.id and wish.campaign_id = $1
          where class.establishment_id = $2) stated order by id`,
      [campaignId, establishmentId],
    );
  }

  /** COPY many wishes in; a batch that breaks a constraint of the table is refused as a whole. */
  async copyWishes(tx: EntityManager, rows: Iterable<WishRow> | AsyncIterable<WishRow>): Promise<void> {
    async function* fields(): AsyncGenerator<readonly unknown[]> {
      for await (const row of rows) {
        yield [
          row.kind,
          row.weekday,
          row.on,
          row.startMinute,
          row.endMinute,
          row.teacherKeyId,
          row.reason,
          row.origin,
          row.approval ?? 'not_needed',
          row.campaignId,
          row.classId,
          row.establishmentId,
          row.audience,
        ];
      }
    }
    await copyIn(tx, `wish (${COLUMNS})`, fields());
  }

  async delete(tx: EntityManager, ids: readonly number[]): Promise<void> {
    await tx.query('delete from wish where id = any($1)', [ids]);
  }

  /** Frees fixed windows that waited: there is room under the cap now. */
  async free(tx: EntityManager, ids: readonly number[]): Promise<void> {
    await tx.query(`update wish set approval = 'not_needed' where id = any($1)`, [ids]);
  }

  /** Makes writes of an establishment's wishes wait for each other: its cap holds over all of its classes. */
  async lockEstablishments(tx: EntityManager, ids: readonly number[]): Promise<void> {
    await tx.query('select 1 from establishment where id = any($1) order by id for no key update', [ids]);
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

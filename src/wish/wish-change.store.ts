import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';

/** A write outside of the period. */
export interface LateWishChange {
  changedAt: Date;
  changedBy: string;
  classCode: string | null;
  reason: string;
}

/** Who wrote wishes when. */
@Injectable()
export class WishChangeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async record(
    tx: EntityManager,
    change: {
      campaignId: number;
      establishmentId: number;
      classId: number | null;
      changedBy: string;
      lateReason: string | null;
    },
  ): Promise<void> {
    await tx.query(
      `insert into wish_change (campaign_id, establishment_id, class_id, changed_by, late_reason) values ($1, $2, $3, $4, $5)`,
      [change.campaignId, change.establishmentId, change.classId, change.changedBy, change.lateReason],
    );
  }

  /** The newest first. */
  late(campaignId: number, establishmentId: number, count: number): Promise<LateWishChange[]> {
    return this.database.query(
      `select c.changed_at as "changedAt", c.changed_by as "changedBy", class.code as "classCode", c.late_reason as reason
         from wish_change c left join class on class.id = c.class_id
        where c.campaign_id = $1 and c.establishment_id = $2 and c.late_reason is not null order by c.id desc limit $3`,
      [campaignId, establishmentId, count],
    );
  }
}

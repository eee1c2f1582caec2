import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Revision } from '../plan/ledger.store';

/** An establishment as its notices need it; `acknowledged` on its present platform, null for nothing. */
export interface NoticePlace {
  establishmentId: number;
  platformId: number | null;
  timeZone: string;
  /** Latest revision of the platform; null where nothing was ever published. */
  epoch: number | null;
  revision: number | null;
  acknowledgedEpoch: number | null;
  acknowledgedRevision: number | null;
}

/** How far establishments have read what they are told. */
@Injectable()
export class NoticeStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async place(uai: string): Promise<NoticePlace | undefined> {
    const [place] = await this.database.query<NoticePlace[]>(
      `select e.id as "establishmentId", e.platform_id as "platformId", e.time_zone as "timeZone", r.epoch, r.revision,
              a.epoch as "acknowledgedEpoch", a.revision as "acknowledgedRevision"
         from establishment e
         left join platform_revision r on r.platform_id = e.platform_id
         left join notice_acknowledgement a on a.establishment_id = e.id and a.platform_id = e.platform_id
        where e.uai = $1`,
      [uai],
    );
    return place;
  }

  /** Moves the mark forward, never back. */
  async acknowledge(establishmentId: number, platformId: number, upTo: Revision, subject: string): Promise<void> {
    await this.database.query(
      `insert into notice_acknowledgement as a (establishment_id, platform_id, epoch, revision, acknowledged_by)
       values ($1, $2, $3, $4, $5)
       on conflict (establishment_id) do update set platform_id = excluded.platform_id, epoch = excluded.epoch,
         revision = excluded.revision, acknowledged_by = excluded.acknowledged_by, acknowledged_at = now()
       where a.platform_id <> excluded.platform_id or (a.epoch, a.revision) < (excluded.epoch, excluded.revision)`,
      [establishmentId, platformId, upTo.epoch, upTo.revision, subject],
    );
  }
}

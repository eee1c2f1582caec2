import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { Audience } from '../campaign/window-kind';
import type { Approval } from './wish.rules';

/** A fixed window beyond the cap. */
export interface FixedWindowRow {
  id: number;
  uai: string;
  establishmentName: string;
  classId: number | null;
  classCode: string | null;
  audience: Audience | null;
  weekday: number | null;
  on: string | null;
  startMinute: number;
  reason: string;
  approval: Approval;
  approvalReason: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
}

export interface FixedWindowFilter {
  approval: Approval;
  uai: string | undefined;
  /** Those that the caller answers for; all without it. */
  uais: readonly string[] | undefined;
}

const SELECT = `select wish.id, e.uai, e.name as "establishmentName", wish.class_id as "classId", class.code as "classCode",
    wish.audience, wish.weekday, wish.local_date::text as "on", wish.start_minute as "startMinute", wish.reason, wish.approval,
    wish.approval_reason as "approvalReason", wish.decided_by as "decidedBy", wish.decided_at as "decidedAt"
  from wish left join class on class.id = wish.class_id
  join establishment e on e.id = coalesce(wish.establishment_id, class.establishment_id)`;

/** Fixed windows that the authority decides about. */
@Injectable()
export class FixedWindowStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  page(campaignId: number, filter: FixedWindowFilter, afterId: number, count: number): Promise<FixedWindowRow[]> {
    return this.database.query(
      `${SELECT} where wish.campaign_id = $1 and wish.approval = $2 and wish.approval <> 'not_needed' and wish.id > $3
          and ($4::text is null or e.uai = $4) and ($5::text[] is null or e.uai = any($5))
        order by wish.id limit $6`,
      [campaignId, filter.approval, afterId, filter.uai ?? null, filter.uais ?? null, count],
    );
  }

  async find(campaignId: number, wishId: number): Promise<FixedWindowRow | undefined> {
    const [row] = await this.database.query<FixedWindowRow[]>(
      `${SELECT} where wish.campaign_id = $1 and wish.id = $2 and wish.kind = 'fixed'`,
      [campaignId, wishId],
    );
    return row;
  }

  /** Decides about one that waits; false where it does not any more. */
  async decide(
    tx: EntityManager,
    wishId: number,
    approval: 'approved' | 'refused',
    reason: string,
    role: string,
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update wish set approval = $2, approval_reason = $3, decided_by = $4, decided_at = now()
        where id = $1 and approval = 'pending'`,
      [wishId, approval, reason, role],
    );
    return count === 1;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { BookingRequest } from './booking.dto';
import type { HeldChangeDto, HoldState } from './hold.dto';

/** A hold with what it is for. */
export interface HeldRow {
  id: string;
  platformId: number;
  establishmentId: number;
  uai: string;
  state: HoldState;
  expiresAt: Date;
  heldAt: Date;
  planId: number;
  request: BookingRequest;
  changes: HeldChangeDto[];
  heldBy: string;
  reason: string;
  bookingId: string | null;
}

const SELECT = `select h.id, h.platform_id as "platformId", h.establishment_id as "establishmentId", e.uai, h.state,
    h.expires_at as "expiresAt", h.held_at as "heldAt", b.plan_id as "planId", b.request, b.changes, b.held_by as "heldBy",
    b.reason, b.booking_id as "bookingId"
  from hold h join held_booking b on b.hold_id = h.id join establishment e on e.id = h.establishment_id`;

/** What holds are for. Their room in the ledger, and how they end, is the sequencer's. */
@Injectable()
export class HoldStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(
    tx: EntityManager,
    row: Pick<HeldRow, 'planId' | 'request' | 'changes' | 'heldBy' | 'reason'> & { holdId: string },
  ): Promise<void> {
    await tx.query(
      `insert into held_booking (hold_id, plan_id, request, changes, held_by, reason) values ($1, $2, $3, $4, $5, $6)`,
      [row.holdId, row.planId, JSON.stringify(row.request), JSON.stringify(row.changes), row.heldBy, row.reason],
    );
  }

  async confirm(tx: EntityManager, holdId: string, bookingId: string): Promise<void> {
    await tx.query('update held_booking set booking_id = $2 where hold_id = $1', [holdId, bookingId]);
  }

  async find(id: string): Promise<HeldRow | undefined> {
    const [row] = await this.database.query<HeldRow[]>(`${SELECT} where h.id = $1`, [id]);
    return row;
  }

  /** Holds of an establishment, the latest first, one more than asked. */
  list(
    uai: string,
    states: readonly HoldState[],
    size: number,
    before?: { at: string; id: string },
  ): Promise<HeldRow[]> {
    return this.database.query<HeldRow[]>(
      `${SELECT} where e.uai = $1 and h.state = any($2) and ($3::timestamptz is null or (h.held_at, h.id) < ($3, $4::uuid))
        order by h.held_at desc, h.id desc limit $5`,
      [uai, states, before?.at ?? null, before?.id ?? null, size + 1],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { BookingRequest } from '../booking/booking.dto';
import type { HeldChangeDto } from '../booking/hold.dto';
import type { SwapState } from './swap.dto';

/** A swap as it is stored; a proposal that nobody answered in time reads as lapsed. */
export interface SwapRow {
  id: string;
  platformId: number;
  planId: number;
  uai: string;
  withUai: string;
  windowId: number;
  withWindowId: number;
  request: BookingRequest;
  changes: HeldChangeDto[];
  state: SwapState;
  expiresAt: Date;
  proposedBy: string;
  reason: string;
  proposedAt: Date;
  bookingId: string | null;
}

export interface NewSwap extends Omit<SwapRow, 'uai' | 'withUai' | 'state' | 'bookingId'> {
  establishmentId: number;
  withEstablishmentId: number;
}

const STATE = `case when s.state = 'proposed' and s.expires_at <= $1 then 'lapsed' else s.state end`;
const SELECT = `select s.id, s.platform_id as "platformId", s.plan_id as "planId", a.uai, b.uai as "withUai",
    s.window_id as "windowId", s.with_window_id as "withWindowId", s.request, s.changes, ${STATE} as state,
    s.expires_at as "expiresAt", s.proposed_by as "proposedBy", s.reason, s.proposed_at as "proposedAt",
    s.booking_id as "bookingId"
  from swap_proposal s join establishment a on a.id = s.establishment_id join establishment b on b.id = s.with_establishment_id`;

@Injectable()
export class SwapStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, row: NewSwap): Promise<void> {
    await tx.query(
      `insert into swap_proposal (id, platform_id, plan_id, establishment_id, with_establishment_id, window_id, with_window_id,
                                  request, changes, state, expires_at, proposed_by, reason, proposed_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        row.id,
        row.platformId,
        row.planId,
        row.establishmentId,
        row.withEstablishmentId,
        row.windowId,
        row.withWindowId,
        JSON.stringify(row.request),
        JSON.stringify(row.changes),
        'proposed',
        row.expiresAt,
        row.proposedBy,
        row.reason,
        row.proposedAt,
      ],
    );
  }

  /** Proposals of an establishment that nobody has answered yet. */
  async openCount(tx: EntityManager, establishmentId: number, now: Date): Promise<number> {
    const [row] = await tx.query<[{ count: number }]>(
      `select count(*) from swap_proposal where establishment_id = $1 and state = 'proposed' and expires_at > $2`,
      [establishmentId, now],
    );
    return row.count;
  }

  /** Writes down that the proposals for two windows have lapsed, so that there may be a new one. */
  async lapse(tx: EntityManager, windowId: number, withWindowId: number, now: Date): Promise<void> {
    await tx.query(
      `update swap_proposal set state = 'lapsed', settled_at = $3
        where window_id = $1 and with_window_id = $2 and state = 'proposed' and expires_at <= $3`,
      [windowId, withWindowId, now],
    );
  }

  /** Settles an open proposal; false where there is none any more. */
  async settle(
    tx: EntityManager,
    id: string,
    as: { state: 'accepted' | 'declined' | 'withdrawn'; by: string; bookingId: string | null; now: Date },
  ): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update swap_proposal set state = $2, settled_by = $3, booking_id = $4, settled_at = $5
        where id = $1 and state = 'proposed' and expires_at > $5`,
      [id, as.state, as.by, as.bookingId, as.now],
    );
    return count > 0;
  }

  /** Holds the row of an open proposal until the transaction ends; false where there is none any more. */
  async lockOpen(tx: EntityManager, id: string, now: Date): Promise<boolean> {
    const rows = await tx.query<object[]>(
      `select 1 from swap_proposal where id = $1 and state = 'proposed' and expires_at > $2 for update`,
      [id, now],
    );
    return rows.length > 0;
  }

  async find(id: string, now: Date): Promise<SwapRow | undefined> {
    const [row] = await this.database.query<SwapRow[]>(`${SELECT} where s.id = $2`, [now, id]);
    return row;
  }

  /** Swaps of an establishment, the latest first, one more than asked. */
  list(
    uai: string,
    query: { states: readonly SwapState[]; direction: 'received' | 'made' | undefined },
    now: Date,
    size: number,
    before?: { at: string; id: string },
  ): Promise<SwapRow[]> {
    const sides =
      query.direction === 'made'
        ? 'a.uai = $2'
        : query.direction === 'received'
          ? 'b.uai = $2'
          : '(a.uai = $2 or b.uai = $2)';
    return this.database.query<SwapRow[]>(
      `${SELECT} where ${sides} and ${STATE} = any($3)
          and ($4::timestamptz is null or (s.proposed_at, s.id) < ($4, $5::uuid))
        order by s.proposed_at desc, s.id desc limit $6`,
      [now, uai, query.states, before?.at ?? null, before?.id ?? null, size + 1],
    );
  }
}

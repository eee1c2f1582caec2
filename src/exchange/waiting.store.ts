import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { BookingRequest } from '../booking/booking.dto';
import type { HeldChangeDto } from '../booking/hold.dto';
import { type CellSpan, KEPT_HOLDER_ID } from '../plan/kept-room';
import type { WaitingState } from './waiting.dto';

/** An entry as it is stored; one that was offered a hold is what became of the hold. */
export interface WaitingRow {
  id: string;
  platformId: number;
  establishmentId: number;
  uai: string;
  arrival: number;
  request: BookingRequest;
  takesAutomatically: boolean;
  improvementMinutes: number | null;
  state: WaitingState;
  position: number | null;
  holdId: string | null;
  offerExpiresAt: Date | null;
  bookingId: string | null;
  /** What its hold would change. */
  heldChanges: HeldChangeDto[] | null;
  /** Where the booking that it became put its window. */
  takenCell: number | null;
  askedBy: string;
  reason: string;
  waitsUntil: Date;
  /** When an offer to it ended because a plan that came into force needed the room. */
  offerEndedAt: Date | null;
}

export interface NewEntry extends Pick<
  WaitingRow,
  | 'id'
  | 'platformId'
  | 'establishmentId'
  | 'request'
  | 'takesAutomatically'
  | 'improvementMinutes'
  | 'askedBy'
  | 'reason'
> {
  cells: string;
  waitsUntil: Date;
}

const STATE = `case when w.state = 'waiting' then case when w.waits_until <= $1 then 'over' else 'waiting' end
    when w.state = 'offered' then case h.state when 'confirmed' then 'taken' when 'cancelled' then 'declined'
      when 'lapsed' then 'lapsed' else 'offered' end
    else w.state end`;
const SELECT = `select w.id, w.platform_id as "platformId", w.establishment_id as "establishmentId", e.uai, w.arrival, w.request,
    w.takes_automatically as "takesAutomatically", w.improvement_minutes as "improvementMinutes", ${STATE} as state,
    case when w.state = 'waiting' and w.waits_until > $1 then (
      select count(*) + 1 from waiting_entry o where o.platform_id = w.platform_id and o.state = 'waiting'
         and o.waits_until > $1 and o.arrival < w.arrival and o.cells && w.cells) end as position,
    w.hold_id as "holdId", h.expires_at as "offerExpiresAt", coalesce(w.booking_id, b.booking_id) as "bookingId",
    w.asked_by as "askedBy", w.reason, w.waits_until as "waitsUntil",
    w.offer_ended_at as "offerEndedAt", b.changes as "heldChanges",
    (select (c.after ->> 'startCell')::int from plan_change c where c.booking_id = coalesce(w.booking_id, b.booking_id) and c.after is not null
      order by c.epoch, c.revision limit 1) as "takenCell"
  from waiting_entry w join establishment e on e.id = w.establishment_id
  left join hold h on h.id = w.hold_id left join held_booking b on b.hold_id = w.hold_id`;

/** What makes two entries the same wish, as the table has it. */
const wishOf = (entry: string): string =>
  `(${['establishment_id', ...['windowId', 'classId', 'audience', 'startsAt'].map((field) => `request ->> '${field}'`)]
    .map((part) => `${entry}.${part}`)
    .join(', ')})`;

@Injectable()
export class WaitingStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async insert(tx: EntityManager, row: NewEntry): Promise<void> {
    await tx.query(
      `insert into waiting_entry (id, platform_id, establishment_id, request, takes_automatically, improvement_minutes, cells,
                                  asked_by, reason, waits_until)
       values ($1, $2, $3, $4, $5, $6, $7::int4multirange, $8, $9, $10)`,
      [
        row.id,
        row.platformId,
        row.establishmentId,
        JSON.stringify(row.request),
        row.takesAutomatically,
        row.improvementMinutes,
        row.cells,
        row.askedBy,
        row.reason,
        row.waitsUntil,
      ],
    );
  }

  async waitingCount(tx: EntityManager, establishmentId: number, now: Date): Promise<number> {
    const [row] = await tx.query<[{ count: number }]>(
      `select count(*) from waiting_entry where establishment_id = $1 and state = 'waiting' and waits_until > $2`,
      [establishmentId, now],
    );
    return row.count;
  }

  /** Holds the row of an entry that waits until the transaction ends; false where it waits no more. */
  async lockWaiting(tx: EntityManager, id: string): Promise<boolean> {
    const rows = await tx.query<object[]>(
      `select 1 from waiting_entry where id = $1 and state = 'waiting' for update`,
      [id],
    );
    return rows.length > 0;
  }

  async offer(tx: EntityManager, id: string, holdId: string): Promise<void> {
    await tx.query(`update waiting_entry set state = 'offered', hold_id = $2, offer_ended_at = null where id = $1`, [
      id,
      holdId,
    ]);
  }

  /**
   * Puts the entries with a live offer that keeps room in any of the cells back on the list, where they stood; of a wish that joined again
   * meanwhile the first entry counts. Returns the holds of the offers.
   */
  async endOffers(tx: EntityManager, platformId: number, cells: readonly number[], now: Date): Promise<string[]> {
    const offers = await tx.query<{ id: string; holdId: string }[]>(
      `select w.id, w.hold_id as "holdId" from waiting_entry w join hold h on h.id = w.hold_id
        where w.platform_id = $1 and w.state = 'offered' and h.state = 'held' and h.expires_at > $3
          and exists (select from hold_cell c where c.platform_id = $1 and c.hold_id = h.id and c.cell = any($2))
        order by w.arrival for update of w`,
      [platformId, cells, now],
    );
    if (offers.length === 0) return [];
    const ids = offers.map(({ id }) => id);
    await tx.query(
      `update waiting_entry w set state = 'withdrawn', hold_id = null
        where (w.state = 'waiting' or w.id = any($1)) and exists (
          select from waiting_entry o where (o.state = 'waiting' or o.id = any($1)) and o.arrival < w.arrival
             and ${wishOf('o')} is not distinct from ${wishOf('w')})`,
      [ids],
    );
    await tx.query(
      `update waiting_entry set state = 'waiting', hold_id = null, offer_ended_at = $2 where id = any($1) and state = 'offered'`,
      [ids, now],
    );
    return offers.map(({ holdId }) => holdId);
  }

  async take(tx: EntityManager, id: string, bookingId: string): Promise<void> {
    await tx.query(`update waiting_entry set state = 'taken', booking_id = $2 where id = $1`, [id, bookingId]);
  }

  /** What it wants stands there already. */
  async meet(ids: readonly string[]): Promise<void> {
    await this.database.query(`update waiting_entry set state = 'met' where id = any($1) and state = 'waiting'`, [ids]);
  }

  /** False where it waits no more. */
  async withdraw(tx: EntityManager, id: string): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      `update waiting_entry set state = 'withdrawn' where id = $1 and state = 'waiting'`,
      [id],
    );
    return count > 0;
  }

  async find(id: string, now: Date): Promise<WaitingRow | undefined> {
    const [row] = await this.database.query<WaitingRow[]>(`${SELECT} where w.id = $2`, [now, id]);
    return row;
  }

  /** Cells in which somebody waits on a platform. */
  async waitedCells(tx: EntityManager, platformId: number, now: Date): Promise<CellSpan[]> {
    const rows = await tx.query<{ first: number; end: number }[]>(
      `select lower(r) as first, upper(r) as end from (
         select unnest(range_agg(cells)) as r from waiting_entry
          where platform_id = $1 and state = 'waiting' and waits_until > $2) waited`,
      [platformId, now],
    );
    return rows.map(({ first, end }) => [first, end]);
  }

  /** Live holds of room that is kept for the list. */
  async keptHolds(platformId: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }[]>(
      `select id from hold where platform_id = $1 and state = 'held' and establishment_id = ${KEPT_HOLDER_ID}`,
      [platformId],
    );
    return rows.map(({ id }) => id);
  }

  /** All that wait on a platform, in order; with holds, those alone who wait for a cell of them. */
  waiting(platformId: number, now: Date, holdIds?: readonly string[]): Promise<WaitingRow[]> {
    return this.database.query<WaitingRow[]>(
      `select w.id, w.request, w.takes_automatically as "takesAutomatically", w.improvement_minutes as "improvementMinutes",
              w.asked_by as "askedBy", w.reason, w.arrival
         from waiting_entry w where w.platform_id = $1 and w.state = 'waiting' and w.waits_until > $2
          and ($3::uuid[] is null or w.cells && (
            select range_agg(int4range(cell, cell + 1)) from hold_cell where hold_id = any($3)))
        order by w.arrival`,
      [platformId, now, holdIds ?? null],
    );
  }

  /** Entries of an establishment in the order of the list, one more than asked. */
  list(
    uai: string,
    states: readonly WaitingState[],
    now: Date,
    size: number,
    afterArrival: number,
  ): Promise<WaitingRow[]> {
    return this.database.query<WaitingRow[]>(
      `${SELECT} where e.uai = $2 and ${STATE} = any($3) and w.arrival > $4 order by w.arrival limit $5`,
      [now, uai, states, afterArrival, size + 1],
    );
  }

  /** Platforms on which somebody waits, with a mark that changes whenever room may have come free: windows, limits, holds. */
  marks(now: Date): Promise<{ platformId: number; mark: string }[]> {
    return this.database.query(
      `select w.platform_id as "platformId",
              concat_ws(' ', r.epoch, r.revision, max(w.arrival),
                (select sum(p.curve_version) from plan p join campaign c on c.id = p.campaign_id
                  where c.platform_id = w.platform_id and p.state = 'published'),
                (select max(ended_at) from hold h where h.platform_id = w.platform_id)) as mark
         from waiting_entry w join platform_revision r on r.platform_id = w.platform_id
        where w.state = 'waiting' and w.waits_until > $1 group by w.platform_id, r.epoch, r.revision`,
      [now],
    );
  }
}

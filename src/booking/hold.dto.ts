import { IsIn } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';
import { WindowPlaceDto } from '../plan/plan-change.dto';
import { OPERATIONS } from './booking.dto';

export const HOLD_STATES = ['held', 'confirmed', 'cancelled', 'lapsed'] as const;
export type HoldState = (typeof HOLD_STATES)[number];

/** What a hold would change of a window. */
export class HeldChangeDto {
  /** `move`, `add` or `release`. */
  kind!: 'move' | 'add' | 'release';
  /** The window; null where it would be new. */
  windowId!: number | null;
  /** Where it stands; null where it would be new. */
  before!: WindowPlaceDto | null;
  /** Where it would stand. */
  after!: WindowPlaceDto | null;
}

/** A booking that is kept for some minutes before it is confirmed. */
export class HoldDto {
  /** Names the hold. */
  id!: string;
  /** The establishment that it is kept for. */
  uai!: string;
  /** `held`, `confirmed`, `cancelled`, or `lapsed` when its time is over. */
  state!: HoldState;
  /** When its place is free for everybody again. */
  expiresAt!: string;
  /** The operation that is held. */
  operation!: (typeof OPERATIONS)[number];
  /** The plan that it would change. */
  planId!: number;
  /** Who holds it. */
  heldBy!: string;
  /** Why. */
  reason!: string;
  /** Every window that it would change. */
  changes!: HeldChangeDto[];
  /** The booking that it became; null for none. */
  bookingId!: string | null;
}

/** A page of holds, the latest first. */
export class HoldPageDto {
  /** The holds. */
  items!: HoldDto[];
  /** Give it back to have the next page; null on the last one. */
  nextCursor!: string | null;
}

/** Which holds. */
export class HoldQuery extends PageQuery {
  /** Only those in this state. */
  @MayBeLeftOut()
  @IsIn(HOLD_STATES)
  state?: HoldState;
}

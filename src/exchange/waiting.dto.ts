import { IsBoolean, IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { ChangeRequest, type OWN_AUDIENCES } from '../booking/booking.dto';
import { PageQuery } from '../common/page-query.dto';
import { IsInstant } from '../common/wire-time';

export const WAITING_STATES = [
  'waiting',
  'offered',
  'taken',
  'declined',
  'lapsed',
  'withdrawn',
  'met',
  'over',
] as const;
export type WaitingState = (typeof WAITING_STATES)[number];
const LARGEST_ID = 9_007_199_254_740_991;

/** A move or an addition that waits for room. */
export class WaitingRequest extends ChangeRequest {
  /** `move` a window, or `add` one for a class or for an establishment's relatives or staff. */
  @IsIn(['move', 'add'])
  operation!: 'move' | 'add';

  /** The window to move. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  windowId?: number;

  /** The wanted start, on whole five minutes. */
  @IsInstant()
  startsAt!: string;

  /** All later dates of the series too. */
  @MayBeLeftOut()
  @IsBoolean()
  isSeries?: boolean;

  /** Book it without asking as soon as there is room; else it is offered as a hold. */
  @MayBeLeftOut()
  @IsBoolean()
  takesAutomatically?: boolean;

  /** Of one window to move: any start of its day will do that is nearer to the wanted one by this many minutes at least. */
  @MayBeLeftOut()
  @IsInt()
  @Min(5)
  @Max(600)
  improvementMinutes?: number;
}

/** The place that a released window leaves to an entry of the same head. */
export class PromotionRequest {
  /** The window that is given back; If-Match names its revision. */
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  windowId!: number;

  /** Why, for the record; no person's name. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(300)
  reason?: string;
}

/** A wish on the waiting list. */
export class WaitingEntryDto {
  /** Names the entry. */
  id!: string;
  /** `waiting`, `offered` (a live hold), `taken`, `declined`, `lapsed` (the offer was not answered), `withdrawn`, `met` (what was wanted came to stand there by another way), or `over` when its time has come. */
  state!: WaitingState;
  /** The establishment. */
  uai!: string;
  /** Its place among those that wait for the same room, from 1; null where it does not wait. */
  position!: number | null;
  /** `move` or `add`. */
  operation!: 'move' | 'add';
  /** The window to move; null where one would be added. */
  windowId!: number | null;
  /** The class to add a window for; null where one would move, or would be the establishment's own. */
  classId!: number | null;
  /** Whose window would be added to the establishment; null for pupils, and where one would move. */
  audience!: (typeof OWN_AUDIENCES)[number] | null;
  /** The wanted start. */
  startsAt!: string;
  /** Whether all later dates of the series wait too. */
  isSeries!: boolean;
  /** Dates of the series that stay as they are. */
  exceptDates!: string[];
  /** The start that is offered, or was taken: an improvement may lie elsewhere than what was wanted; null where there is none yet. */
  offeredStartsAt!: string | null;
  /** Whether it is booked without asking. */
  takesAutomatically!: boolean;
  /** The least improvement; null where only the wanted start will do. */
  improvementMinutes!: number | null;
  /** The hold that it was offered: confirm or cancel it under /v1/holds; null for none. */
  holdId!: string | null;
  /** When the offer lapses; null where there is none. */
  offerExpiresAt!: string | null;
  /** When an offer to it ended because a plan that came into force needed the room; it waits on in its place. Null where none did. */
  offerEndedAt!: string | null;
  /** The booking that it became; null for none. */
  bookingId!: string | null;
  /** When it is over by itself. */
  waitsUntil!: string;
  /** Who asked. */
  askedBy!: string;
  /** Why. */
  reason!: string;
}

/** A page of entries in the order of the list. */
export class WaitingEntryPageDto {
  /** The entries. */
  items!: WaitingEntryDto[];
  /** Give it back to have the next page; null on the last one. */
  nextCursor!: string | null;
}

/** Which entries. */
export class WaitingQuery extends PageQuery {
  /** Only those in this state. */
  @MayBeLeftOut()
  @IsIn(WAITING_STATES)
  state?: WaitingState;
}

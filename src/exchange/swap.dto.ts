import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { StatedChange } from '../booking/booking.dto';
import { HeldChangeDto } from '../booking/hold.dto';
import { PageQuery } from '../common/page-query.dto';

export const SWAP_STATES = ['proposed', 'accepted', 'declined', 'withdrawn', 'lapsed'] as const;
export type SwapState = (typeof SWAP_STATES)[number];
const LARGEST_ID = 9_007_199_254_740_991;

/** Two windows to swap, or two series of them. */
export class SwapRequest extends StatedChange {
  /** The window that is given; If-Match names its revision. */
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  windowId!: number;

  /** The window that is asked for. */
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  withWindowId!: number;

  /** The revision at which the window that is asked for was read. */
  @IsInt()
  @Min(0)
  @Max(LARGEST_ID)
  withRevision!: number;

  /** Of two series: all of their later dates too that lie as far apart as these two. */
  @MayBeLeftOut()
  @IsBoolean()
  isSeries?: boolean;
}

/** A swap that one side proposed to the other. */
export class SwapDto {
  /** Names the swap. */
  id!: string;
  /** `proposed`, `accepted`, `declined`, `withdrawn`, or `lapsed` when nobody answered in time. */
  state!: SwapState;
  /** The establishment that gives a window. */
  uai!: string;
  /** The establishment that is asked for one. */
  withUai!: string;
  /** The window that is given. */
  windowId!: number;
  /** The window that is asked for. */
  withWindowId!: number;
  /** The plan of both. */
  planId!: number;
  /** Every window that would change, or has changed. */
  changes!: HeldChangeDto[];
  /** Why. */
  reason!: string;
  /** Who proposed it. */
  proposedBy!: string;
  /** When it was proposed. */
  proposedAt!: string;
  /** When it lapses unless it is answered. */
  expiresAt!: string;
  /** The booking that it became; null for none. */
  bookingId!: string | null;
}

/** A page of swaps, the latest first. */
export class SwapPageDto {
  /** The swaps. */
  items!: SwapDto[];
  /** Give it back to have the next page; null on the last one. */
  nextCursor!: string | null;
}

/** Which swaps. */
export class SwapQuery extends PageQuery {
  /** Only those in this state. */
  @MayBeLeftOut()
  @IsIn(SWAP_STATES)
  state?: SwapState;

  /** `received` from others or `made` to them; both without it. */
  @MayBeLeftOut()
  @IsIn(['received', 'made'])
  direction?: 'received' | 'made';
}

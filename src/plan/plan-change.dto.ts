import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { ChangeKind } from './plan-change.store';

/** Where a window stands. */
export class WindowPlaceDto {
  /** The establishment's civil date. */
  date!: string;
  /** First instant of the window, with the offset of the establishment's zone. */
  startsAt!: string;
  /** First instant after the window. */
  endsAt!: string;
  /** The start in cells of five minutes since 1970-01-01T00:00:00Z. */
  startCell!: number;
  /** The length in cells of five minutes. */
  cellCount!: number;
}

/** A numbered change of a plan. */
export class PlanChangeDto {
  /** Epoch of the platform, raised after a restore; revisions go on counting in it. */
  epoch!: number;
  /** Revision of the platform, without gaps over all of its plans, in the order of the commits. */
  revision!: number;
  /** `publication` and `rollback` are of the whole plan; the others of one window. */
  kind!: ChangeKind;
  /** The window that changed; null for a change of the whole plan. */
  windowId!: number | null;
  /** The class of the window; null for none. */
  classId!: number | null;
  /** Where the window stood; null where there was none. */
  before!: WindowPlaceDto | null;
  /** Where it stands since; null where it was released. */
  after!: WindowPlaceDto | null;
  /** The booking that made the change; null for none. */
  bookingId!: string | null;
  /** Who changed it; null for a window of an establishment that the reader does not answer for. */
  changedBy!: string | null;
  /** Why; null where `changedBy` is. */
  reason!: string | null;
  /** When, as the database's clock says. */
  changedAt!: string;
}

/** What a plan gave way to. */
export class FollowingPlanDto {
  /** The plan that is in force since: by a publication, or by a rollback. */
  planId!: number;
  /** Epoch of the platform. */
  epoch!: number;
  /** The revision that the exchange is. Its windows at this revision are those of `planId`, whose changes go on after it. */
  revision!: number;
}

/** Changes after a revision, oldest first. */
export class PlanChangePageDto {
  /** Epoch of the platform. */
  epoch!: number;
  /** Present revision of the platform: a plan's own changes are some of its revisions. */
  revision!: number;
  /** The changes. */
  items!: PlanChangeDto[];
  /** Ask again with `after` = this: the revision of the last item, or the one that was asked after. */
  nextAfter!: number;
  /** Whether there are more of them already. */
  hasMore!: boolean;
  /** The plan that took this one's place after these changes, which are its last ones until then: go on with `plans/{planId}/changes?after={revision}`; null while it is in force, or before it is. */
  supersededBy!: FollowingPlanDto | null;
}

/** Which changes. */
export class PlanChangeQuery {
  /** Only those after this revision, which is none beyond the present one; 0: from the first one of the epoch on. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(9_007_199_254_740_991)
  after?: number = 0;

  /** Changes in an answer. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 100;

  /** Where there are none yet, wait for one this long (long poll). */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(60)
  waitSeconds?: number = 0;
}

import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { Activity, Audience } from '../campaign/window-kind';
import type { ChangeKind } from '../plan/plan-change.store';
import { WindowPlaceDto } from '../plan/plan-change.dto';

/** What happened to a window, for the establishment that it concerns. */
export class NoticeDto {
  /** Epoch of the revision. */
  epoch!: number;
  /** The revision of the platform that changed the window; a publication changes many with one. */
  revision!: number;
  /** `publication` and `rollback`: a plan took the place of another one; else a booking. */
  kind!: ChangeKind;
  /** The window; it keeps its number. */
  windowId!: number;
  /** The class; null for a window of the whole establishment. */
  classId!: number | null;
  /** Code of the class; null for a window of the whole establishment. */
  classCode!: string | null;
  /** Who has to know: `pupils` of the class, `relatives` or `staff`. */
  audience!: Audience;
  /** What the window is for. */
  activity!: Activity;
  /** Where it was; null where it is new. */
  before!: WindowPlaceDto | null;
  /** Where it is since; null where it is no more. */
  after!: WindowPlaceDto | null;
  /** Why. */
  reason!: string;
  /** Who changed it: an account, never a name. */
  changedBy!: string;
  /** When. */
  changedAt!: string;
  /** Whether the establishment has acknowledged it. */
  isAcknowledged!: boolean;
  /** The same in a French sentence. */
  french!: string;
  /** The same in an English sentence. */
  english!: string;
}

/** Notices, oldest first. */
export class NoticePageDto {
  /** The notices. */
  items!: NoticeDto[];
  /** Ask again with `after` = this for what comes later; null where nothing was ever told. */
  nextAfter!: string | null;
  /** Whether there are more of them already. */
  hasMore!: boolean;
}

/** Which notices. */
export class NoticeQuery {
  /** `nextAfter` of the answer before; from the first one on without it. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  after?: string;

  /** Only those after the last one that was acknowledged. */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  unacknowledged?: 'true' | 'false';

  /** Only what the caller did not change himself: by others, by a publication, or by the waiting list for him. */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  ofOthers?: 'true' | 'false';

  /** The most notices of one answer. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 100;
}

/** Up to where the notices have been read. */
export class AcknowledgementRequest {
  /** Epoch of the last notice that was read. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  epoch!: number;

  /** Its revision. */
  @IsInt()
  @Min(1)
  @Max(9_007_199_254_740_991)
  revision!: number;
}

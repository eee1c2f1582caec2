import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { AUDIENCES, type Audience } from '../campaign/window-kind';
import type { CivilDate } from '../common/civil-time';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import type { WishPhase } from './wish-period.rules';
import { type Approval, APPROVALS, WISH_KINDS, WISH_ORIGINS, type WishKind, type WishOrigin } from './wish.rules';

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;
const PHASES = ['not_open', 'open', 'closed'] as const;

/** Something that is asked for: on a weekday of every week, or on one date. */
class AskedTimeDto {
  /** `wished`: a start as near as can be; `closed`: no window; `fixed`: this start and no other. */
  @IsIn(WISH_KINDS)
  kind!: WishKind;

  /** Weekday of every week, Monday = 1; this or `on`. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(7)
  weekday?: number | null;

  /** One date; this or `weekday`. */
  @IsOptional()
  @IsCivilDate()
  on?: CivilDate | null;

  /** Local time, `09:00`, in whole five minutes. */
  @Matches(CLOCK)
  start!: string;

  /** End of a closed time, at most `24:00`; none for a window, whose length is the campaign's. */
  @IsOptional()
  @Matches(CLOCK)
  end?: string | null;

  /** Why; a fixed window needs it. Never a person's name. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}

/** Something that a class asks for. */
export class WishRequestDto extends AskedTimeDto {
  /** Number of the teacher's key: keeps the teacher out of two live windows at once. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  teacherKeyId?: number | null;
}

/** Something that is asked for a whole establishment. */
export class EstablishmentWishRequestDto extends AskedTimeDto {
  /** Whom it is for: `pupils` (every class), or the establishment's own windows of `relatives` or `staff`. */
  @MayBeLeftOut()
  @IsIn(AUDIENCES)
  audience?: Audience = 'pupils';
}

class LateWriteDto {
  /** Why the operator writes outside of the time in which the campaign is open for wishes; kept. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  lateReason?: string;
}

/** All wishes of a class; they take the place of those that it had. */
export class ReplaceWishesDto extends LateWriteDto {
  /** The wishes. */
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => WishRequestDto)
  items!: WishRequestDto[];
}

/** All wishes of a whole establishment; they take the place of those that it had, and leave those of its classes alone. */
export class ReplaceEstablishmentWishesDto extends LateWriteDto {
  /** The wishes. */
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => EstablishmentWishRequestDto)
  items!: EstablishmentWishRequestDto[];
}

/** A wish as it is kept. */
export class WishDto {
  /** Number of the wish: it keeps it as long as it is stated unchanged. */
  id!: number;
  /** What is asked for. */
  kind!: WishKind;
  /** Weekday of every week, Monday = 1. */
  weekday!: number | null;
  /** One date. */
  on!: CivilDate | null;
  /** Local time. */
  start!: string;
  /** End of a closed time. */
  end!: string | null;
  /** Number of the teacher's key. */
  teacherKeyId!: number | null;
  /** Why. */
  reason!: string | null;
  /** Who said so: the timetable, the head, the demonstration, or the wishes of the campaign before. */
  @IsIn(WISH_ORIGINS)
  origin!: WishOrigin;
  /**
   * Of a fixed window: `not_needed` within the establishment's cap; beyond it `pending` until the authority has `approved` or
   * `refused` it. A pending one does not bind the allocation: it counts as a wished start; a refused one counts for nothing.
   */
  @IsIn(APPROVALS)
  approval!: Approval;
  /** What the authority said; null where it did not have to, or has not yet. */
  approvalReason!: string | null;
}

/** The wishes of a class in a campaign. */
export class WishListDto {
  /** All of them. */
  items!: WishDto[];
  /** Fixed windows of the list that wait for the authority: they do not bind the allocation until it approves. */
  pendingCount!: number;
}

/** A wish for a whole establishment. */
export class EstablishmentWishDto extends WishDto {
  /** Whom it is for. */
  @IsIn(AUDIENCES)
  audience!: Audience;
}

/** The wishes of one class of an establishment. */
export class ClassWishesDto extends WishListDto {
  /** Number of the class. */
  classId!: number;
  /** Its code. */
  classCode!: string;
}

/** When heads may write wishes. */
export class WishPeriodDto {
  /** Whether they may now. */
  @IsIn(PHASES)
  phase!: WishPhase;
  /** First instant at which they may; null: from the start. */
  opensAt!: string | null;
  /** First instant at which they may no more; null: no deadline. */
  closesAt!: string | null;
}

/** The cap of an establishment's fixed windows. */
export class FixedWindowsDto {
  /** Dated fixed windows over the campaign that bind the allocation. */
  boundCount!: number;
  /** Most that need no approval. */
  mostCount!: number;
  /** Dated fixed windows that wait for the authority: they do not bind the allocation until it approves. */
  pendingCount!: number;
}

/** A write outside of the time in which the campaign was open for wishes. */
export class LateWishChangeDto {
  /** When. */
  changedAt!: string;
  /** By whom. */
  changedBy!: string;
  /** Code of the class whose wishes were written; null for those of the whole establishment. */
  classCode!: string | null;
  /** Why. */
  reason!: string;
}

/** What an establishment asks of a campaign: as a whole, and class by class. */
export class EstablishmentWishesDto {
  /** The establishment. */
  uai!: string;
  /** When wishes may be written. */
  period!: WishPeriodDto;
  /** Fixed windows against their cap. */
  fixedWindows!: FixedWindowsDto;
  /** Wishes for the whole establishment; a class's own fixed windows and wished starts of a day go before them. */
  items!: EstablishmentWishDto[];
  /** Classes with wishes of their own. */
  classes!: ClassWishesDto[];
  /** Writes outside of the period, with their reason, the newest first (a hundred at most). */
  lateChanges!: LateWishChangeDto[];
}

/** When heads may write wishes from now on. */
export class SetWishPeriodDto {
  /** First instant at which they may; null: from the start. */
  @IsOptional()
  @IsInstant()
  opensAt?: string | null;

  /** First instant at which they may no more; null: no deadline. */
  @IsOptional()
  @IsInstant()
  closesAt?: string | null;
}

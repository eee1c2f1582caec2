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
  ValidateNested,
} from 'class-validator';
import type { CivilDate } from '../common/civil-time';
import { IsCivilDate } from '../common/wire-time';
import { WISH_KINDS, WISH_ORIGINS, type WishKind, type WishOrigin } from './wish.rules';

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Something that a class asks for: on a weekday of every week, or on one date. */
export class WishRequestDto {
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

  /** Number of the teacher's key: keeps the teacher out of two live windows at once. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  teacherKeyId?: number | null;

  /** Why; a fixed window needs it. Never a person's name. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  reason?: string | null;
}

/** All wishes of a class; they take the place of those that it had. */
export class ReplaceWishesDto {
  /** The wishes. */
  @IsArray()
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => WishRequestDto)
  items!: WishRequestDto[];
}

/** A wish as it is kept. */
export class WishDto {
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
  /** Who said so: the timetable, the head, or the demonstration. */
  @IsIn(WISH_ORIGINS)
  origin!: WishOrigin;
}

/** The wishes of a class in a campaign. */
export class WishListDto {
  /** All of them. */
  items!: WishDto[];
}

import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsInt,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';

/** Wishes to be taken over from an earlier campaign. */
export class CopyWishesDto {
  /** The campaign that they come from, of the same platform; absent: the last one before this that has wishes. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  fromCampaignId?: number;

  /** Only for these establishments; absent: all that the caller answers for. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1000)
  @Matches(/^\d{7}[A-Z]$/, { each: true })
  uais?: string[];

  /** Only say what would be copied. */
  @MayBeLeftOut()
  @IsBoolean()
  isDryRun?: boolean = false;

  /** Why the operator writes outside of the time in which the campaign is open for wishes; kept. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  lateReason?: string;
}

/** Wishes that were not copied, and why. */
export class WishNotCopiedDto {
  /** The establishment. */
  uai!: string;
  /** Code of the class then; null for wishes of the whole establishment. */
  classCode!: string | null;
  /**
   * `no_class`: no class of now stands for it; `has_wishes`: what it has now stays; `single_date`: one date does not come again;
   * otherwise the code with which the wish would be refused now, without `wish.`.
   */
  reason!: string;
  /** How many wishes. */
  wishCount!: number;
}

/** How many wishes were not copied for one reason. */
export class NotCopiedCountDto {
  /** The reason. */
  reason!: string;
  /** Wishes. */
  wishCount!: number;
}

/** What was copied and what could not be. */
export class WishCopyReportDto {
  /** The campaign that they come from. */
  fromCampaignId!: number;
  /** Whether nothing was written. */
  isDryRun!: boolean;
  /** Establishments with at least one wish copied. */
  establishmentCount!: number;
  /** Classes with at least one wish copied. */
  classCount!: number;
  /** Wishes copied. */
  copiedCount!: number;
  /** Wishes that could not be, by reason. */
  notCopied!: NotCopiedCountDto[];
  /** Where they were: the first five hundred lines, by establishment. */
  items!: WishNotCopiedDto[];
  /** Lines that were left off. */
  leftOffCount!: number;
}

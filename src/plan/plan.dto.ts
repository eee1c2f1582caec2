import { Type } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsNotEmpty, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';

const LARGEST_ID = 2_147_483_647;

/** Which plans. */
export class PlanListQuery extends PageQuery {
  /** Only those of this campaign. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LARGEST_ID)
  campaign?: number;

  /** Only those in this state. */
  @MayBeLeftOut()
  @IsIn(['draft', 'published', 'superseded'])
  state?: 'draft' | 'published' | 'superseded';
}

/** Why a plan is put into force or taken back. */
export class PublicationRequest {
  /** The reason, kept with the change. */
  @IsString()
  @IsNotEmpty()
  @Matches(/\S/)
  @MaxLength(500)
  reason!: string;
}

/** A plan that comes into force, and why. */
export class PublishPlanRequest extends PublicationRequest {
  /** Publish although authorities that were to be asked have not approved: the reason says why, the audit trail keeps it. */
  @MayBeLeftOut()
  @IsBoolean()
  isWithoutApprovals?: boolean = false;
}

/** The numbered state of a platform's windows. */
export class RevisionDto {
  /** Counts restores of the platform: revisions of an older epoch are void. */
  epoch!: number;
  /** Counts the changes of an epoch, without gaps. */
  revision!: number;
}

/** A plan, without its windows. */
export class PlanDto {
  /** Number of the plan. */
  id!: number;
  /** The campaign that it plans. */
  campaignId!: number;
  /** The platform whose capacity it uses. */
  platformId!: number;
  /** `draft`, `published` (one at most of a campaign) or `superseded`. */
  state!: 'draft' | 'published' | 'superseded';
  /** Epoch of the platform at which it was computed. */
  baseEpoch!: number;
  /** Revision of the platform at which it was computed. */
  baseRevision!: number;
  /** Epoch of its last publication; null for a draft. */
  publishedEpoch!: number | null;
  /** Revision of its last publication; null for a draft. */
  publishedRevision!: number | null;
  /** Seed of the allocation. */
  seed!: number;
  /** Windows of the plan. */
  windowCount!: number;
  /** Windows that could not be given. */
  unplacedCount!: number;
  /** Who asked for it: a role, no person. */
  createdBy!: string;
  /** When it was stored. */
  createdAt!: string;
  /** When it was first published; null for a draft. */
  publishedAt!: string | null;
  /** When it gave way to another plan. */
  supersededAt!: string | null;
}

/** A page of plans. */
export class PlanPageDto {
  /** The plans, in the order in which they were made. */
  items!: PlanDto[];
  /** Ask with it for the next page; null on the last one. */
  nextCursor!: string | null;
}

/** A cell in which the ledger is not what the windows add up to; sessions and log-ins of five minutes. */
export class LedgerDifferenceDto {
  /** The cell. */
  cell!: number;
  /** Its first instant. */
  at!: string;
  /** Sessions by the ledger. */
  ledgerSessions!: number;
  /** Sessions by the windows. */
  windowSessions!: number;
  /** Log-ins by the ledger. */
  ledgerLogins!: number;
  /** Log-ins by the windows. */
  windowLogins!: number;
}

import { IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { APPROVAL_DECISIONS, type ApprovalDecision } from './campaign-approval.store';

/** An authority's word on a campaign that binds schools of its territory. */
export class CampaignDecisionDto {
  /** `approve` or `refuse`; it may be changed until a plan of the campaign is published. */
  @IsIn(APPROVAL_DECISIONS)
  decision!: ApprovalDecision;

  /** Why; the operator reads it. Never a person's name. */
  @IsString()
  @Matches(/\S/)
  @MaxLength(500)
  reason!: string;
}

/** A territory that somebody decided for. */
export class DecidedTerritoryDto {
  /** Code of the region, academy or department, or INSEE's code of the commune. */
  code!: string;
  /** `territory`, or `commune`. */
  level!: 'territory' | 'commune';
  /** Kinds of establishments; empty for every kind. */
  kinds!: string[];
}

/** What an authority said. */
export class CampaignApprovalDto {
  /** Its last word. */
  @IsIn(APPROVAL_DECISIONS)
  decision!: ApprovalDecision;
  /** What it answered for when it decided. */
  territories!: DecidedTerritoryDto[];
  /** Why. */
  reason!: string;
  /** Who decided: number of the account. */
  decidedBy!: string;
  /** When. */
  decidedAt!: string;
}

/** Establishments of a department and a kind, by the answer of their authority. */
export class ApprovalStandingDto {
  /** Code of the department. */
  departmentCode!: string;
  /** Its name. */
  departmentName!: string;
  /** Kind of the establishments. */
  kind!: string;
  /** Establishments whose authority approved. */
  approvedCount!: number;
  /** Establishments whose authority refused. */
  refusedCount!: number;
  /** Establishments of which no authority has said anything. */
  waitingCount!: number;
}

/** Where the approval of a campaign stands. */
export class CampaignApprovalsDto {
  /** Whether the campaign's first plan is published with everybody's approval only, or with a stated exception. */
  isNeeded!: boolean;
  /** Whether the authorities of all establishments that take part have approved. */
  isComplete!: boolean;
  /** By department and kind. */
  standing!: ApprovalStandingDto[];
  /** What authorities said, the last first; of several of an establishment the last one counts. */
  decisions!: CampaignApprovalDto[];
}

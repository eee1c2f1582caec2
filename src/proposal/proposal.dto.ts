import { IsIn, IsInt, Max, Min } from 'class-validator';
import { IsInstant } from '../common/wire-time';
import type { PlanState } from '../plan/plan.store';
import type { ProposalPhase } from './proposal.rules';

/** The plan that heads are asked about. */
export class OpenProposalDto {
  /** Number of a plan of the campaign, a draft or the published one. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  planId!: number;

  /** First instant at which answers are closed: from then on silence has accepted. */
  @IsInstant()
  answersUntil!: string;
}

/** What heads are asked about. */
export class ProposalDto {
  /** The campaign. */
  campaignId!: number;
  /** The plan that is proposed. */
  planId!: number;
  /** Whether it is still a draft. */
  planState!: PlanState;
  /** The number of the proposal among those of the campaign, from 1. */
  round!: number;
  /** First instant at which answers are closed. */
  answersUntil!: string;
  /** `closed`: who has not answered has accepted. */
  @IsIn(['open', 'closed'])
  phase!: ProposalPhase;
  /** When it was first shown. */
  openedAt!: string;
  /** By whom. */
  openedBy!: string;
}

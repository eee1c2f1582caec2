import { IsIn, IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { AllocationMode } from './allocation-job.service';
import { JobDto } from '../jobs/job.dto';

/** What to allocate a campaign with. */
export class RequestAllocationDto {
  /** Chooses among plans of equal worth: the same seed gives the same plan. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  seed?: number = 1;

  /** `fresh`: everybody is placed anew; `replan`: the published plan changes as little as the facts of now allow. */
  @MayBeLeftOut()
  @IsIn(['fresh', 'replan'])
  mode?: AllocationMode = 'fresh';

  /** Of a replan: windows that begin within so many minutes from now stay, as do those that have begun and those that were booked. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(10_080)
  noticeMinutes?: number = 60;
}

/** The allocations of a campaign, the newest first. */
export class AllocationListDto {
  /** The jobs. */
  items!: JobDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

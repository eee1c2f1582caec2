import { IsInt, IsOptional, Max, Min } from 'class-validator';
import { JobDto } from '../jobs/job.dto';

/** What to allocate a campaign with. */
export class RequestAllocationDto {
  /** Chooses among plans of equal worth: the same seed gives the same plan. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  seed?: number = 1;
}

/** The allocations of a campaign, the newest first. */
export class AllocationListDto {
  /** The jobs. */
  items!: JobDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

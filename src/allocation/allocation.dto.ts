import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
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

/** Which part of the list. */
export class AllocationPageDto {
  /** The most items of one answer. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 100;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** The allocations of a campaign, the newest first. */
export class AllocationListDto {
  /** The jobs. */
  items!: JobDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from './may-be-left-out';

/** Which page of a list: every list of the API is asked for in the same way. */
export class PageQuery {
  /** The most items of one answer. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 100;

  /** `nextCursor` of the answer before; the first page without it. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

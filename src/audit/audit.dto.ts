import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsInt, IsISO8601, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { Type } from 'class-transformer';
import { PageQuery } from '../common/page-query.dto';

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)$/;

const ANY_VALUE = [
  { type: 'object', additionalProperties: true },
  { type: 'array', items: { type: 'object', additionalProperties: true } },
  { type: 'string' },
  { type: 'number' },
  { type: 'boolean' },
];

/** Which entries of the audit trail. */
export class AuditQuery extends PageQuery {
  /** From this instant on, with its offset. */
  @MayBeLeftOut()
  @Matches(INSTANT)
  @IsISO8601({ strict: true })
  from?: string;

  /** Before this instant, with its offset. */
  @MayBeLeftOut()
  @Matches(INSTANT)
  @IsISO8601({ strict: true })
  to?: string;

  /** Who: `account:12`, `key:3`. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  subject?: string;

  /** What was done (`plan.publish`), or everything on one kind of thing (`plan`). */
  @MayBeLeftOut()
  @Matches(/^[a-z_]+(\.[a-z_]+)?$/)
  @MaxLength(100)
  action?: string;

  /** The number or code of the thing. */
  @MayBeLeftOut()
  @Matches(/^[^\0]+$/)
  @MaxLength(300)
  key?: string;

  /** The establishment, by UAI. */
  @MayBeLeftOut()
  @Matches(/^\d{7}[A-Z]$/)
  uai?: string;

  /** The number of the platform. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId?: number;

  /** `csv`: all of them as a file instead of a page. */
  @MayBeLeftOut()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

/** Who did what, when, on what, from which value to which, and why. */
export class AuditEntryDto {
  /** The entry; for a booking the id of the booking. */
  id!: string;
  /** When, in UTC to the microsecond. */
  recordedAt!: string;
  /** As what: the role at that time; null for a booking, whose log keeps the subject alone. */
  role!: string | null;
  /** Who: the number of an account or a key, never a name. */
  subject!: string;
  /** `<thing>.<what was done>`. */
  action!: string;
  /** The number or code of the thing. */
  key!: string;
  /** The platform that it concerns; null for none. */
  platformId!: number | null;
  /** The establishment that it is about; null for none or several. */
  uai!: string | null;
  /** The value before, as the thing has it; null where there was none. */
  @ApiProperty({ nullable: true, oneOf: ANY_VALUE })
  before!: unknown;
  /** The value after; null where there is none. */
  @ApiProperty({ nullable: true, oneOf: ANY_VALUE })
  after!: unknown;
  /** Why; null where nobody is asked. */
  reason!: string | null;
}

/** A page of the audit trail. */
export class AuditPageDto {
  /** The entries, the latest first. */
  items!: AuditEntryDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

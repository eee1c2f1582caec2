import { IsIn, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { CivilDate } from '../common/civil-time';
import { PageQuery } from '../common/page-query.dto';
import type { Audience } from '../campaign/window-kind';
import type { Approval } from './wish.rules';

const ASKED = ['pending', 'approved', 'refused'] as const;

/** Which fixed windows beyond the cap. */
export class FixedWindowQuery extends PageQuery {
  /** Only those that wait, that were approved, or that were refused; default: those that wait. */
  @MayBeLeftOut()
  @IsIn(ASKED)
  approval?: Exclude<Approval, 'not_needed'> = 'pending';

  /** Only those of this establishment. */
  @MayBeLeftOut()
  @Matches(/^\d{7}[A-Z]$/)
  uai?: string;
}

/** A fixed window that the authority is, or was, asked about. */
export class FixedWindowDto {
  /** Number of the wish. */
  id!: number;
  /** The establishment. */
  uai!: string;
  /** Its name. */
  establishmentName!: string;
  /** Number of the class; null for a window of the whole establishment. */
  classId!: number | null;
  /** Code of the class. */
  classCode!: string | null;
  /** Of a window of the whole establishment: whom it is for. */
  audience!: Audience | null;
  /** Weekday of every week, Monday = 1. */
  weekday!: number | null;
  /** One date. */
  on!: CivilDate | null;
  /** Local time. */
  start!: string;
  /** Why the head fixes it. */
  reason!: string;
  /** Where the decision stands; a pending one does not bind the allocation. */
  @IsIn(ASKED)
  approval!: Approval;
  /** What the authority said. */
  approvalReason!: string | null;
  /** The role that decided. */
  decidedBy!: string | null;
  /** When. */
  decidedAt!: string | null;
}

/** A page of fixed windows, in the order in which they were stated. */
export class FixedWindowPageDto {
  /** The windows. */
  items!: FixedWindowDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** The authority's word. */
export class FixedWindowDecisionDto {
  /** `approve` binds the allocation to the window; `refuse` drops it. */
  @IsIn(['approve', 'refuse'])
  decision!: 'approve' | 'refuse';

  /** Why; the head reads it. Never a person's name. */
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;
}

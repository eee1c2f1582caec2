import { Type } from 'class-transformer';
import { IsInt, IsString, Max, MaxLength, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { Audience } from '../campaign/window-kind';

/** With which plan to compare. */
export class ComparisonQuery {
  /** The plan before the change, of the same campaign. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  with!: number;
}

/** With which plan to compare, and which page. */
export class WindowChangesQuery extends ComparisonQuery {
  /** Windows on a page. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 100;

  /** Where the page before ended. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** How many windows change, and how displacement does. */
export class ComparisonFiguresDto {
  /** Windows in either plan. */
  windowCount!: number;
  /** Windows with another start. */
  movedCount!: number;
  /** Windows that start earlier than before. */
  earlierCount!: number;
  /** Windows that start later than before. */
  laterCount!: number;
  /** Windows that the plan before did not have. */
  addedCount!: number;
  /** Windows that only the plan before has. */
  removedCount!: number;
  /** Establishments of which at least one window moves, comes or goes. */
  changedEstablishmentCount!: number;
  /** Windows that come nearer to their wish. */
  gainingCount!: number;
  /** Windows that go further from their wish. */
  losingCount!: number;
  /** Minutes between wish and start before, over all windows on their wished day. */
  displacementMinutesBefore!: number;
  /** Minutes between wish and start after, over all windows on their wished day. */
  displacementMinutesAfter!: number;
  /** What is lost, or gained where negative. */
  displacementMinutesChange!: number;
  /** Windows that stood on another day than they wished. */
  otherDayCountBefore!: number;
  /** Windows that stand on another day than they wish. */
  otherDayCountAfter!: number;
}

/** The change for one kind of establishment. */
export class KindComparisonDto extends ComparisonFiguresDto {
  /** Kind of establishment. */
  kind!: string;
}

/** The change for one department. */
export class DepartmentComparisonDto extends ComparisonFiguresDto {
  /** Code of the department. */
  departmentCode!: string;
}

/** What changes when one plan gives way to another. */
export class ComparisonDto {
  /** The plan after the change. */
  planId!: number;
  /** The plan before the change. */
  withPlanId!: number;
  /** All windows. */
  all!: ComparisonFiguresDto;
  /** By kind of establishment. */
  byKind!: KindComparisonDto[];
  /** By department. */
  byDepartment!: DepartmentComparisonDto[];
}

/** A window that differs between two plans. */
export class WindowChangeDto {
  /** Number of the window, the same in both plans. */
  id!: number;
  /** `moved` (or of another length), `added` or `removed`. */
  change!: 'moved' | 'added' | 'removed';
  /** The establishment. */
  uai!: string;
  /** Number of the class; null for a window of the whole establishment. */
  classId!: number | null;
  /** Code of the class. */
  classCode!: string | null;
  /** Who the window is for. */
  audience!: Audience;
  /** The establishment's civil date. */
  date!: string;
  /** Its start before; null for an added window. */
  startedAt!: string | null;
  /** Its start after; null for a removed window. */
  startsAt!: string | null;
  /** Its length before. */
  minutesBefore!: number | null;
  /** Its length after. */
  minutesAfter!: number | null;
  /** Days from its wished date to its date before, positive when later. */
  displacementDaysBefore!: number | null;
  /** Minutes by the clock from its wish to its start before, positive when later, whatever the days. */
  displacementMinutesBefore!: number | null;
  /** Days from its wished date to its date after, positive when later. */
  displacementDaysAfter!: number | null;
  /** Minutes by the clock from its wish to its start after, positive when later, whatever the days. */
  displacementMinutesAfter!: number | null;
}

/** A page of windows that differ. */
export class WindowChangePageDto {
  /** The windows, by number. */
  items!: WindowChangeDto[];
  /** Ask with it for the next page; null on the last one. */
  nextCursor!: string | null;
}

import { Type } from 'class-transformer';
import { IsIn, IsInt, IsISO8601, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { type Activity, type Audience, type Origin } from '../campaign/window-kind';
import { PageQuery } from '../common/page-query.dto';

const CIVIL_DATE = /^\d{4}-\d{2}-\d{2}$/;
const UAI = /^\d{7}[A-Z]$/;

/** A connection window as callers read it. */
export class WindowDto {
  /** Number of the window; it survives moves, replans and publications. */
  id!: number;
  /** The plan that it stands in. */
  planId!: number;
  /** The platform's revision at which it last changed; null in a draft. */
  revision!: number | null;
  /** The series of windows that keep the same hours: the id of the earliest of them; null for none. */
  seriesId!: number | null;
  /** The establishment. */
  uai!: string;
  /** Code of the establishment's department. */
  departmentCode!: string;
  /** Number of the class; null for a window of the whole establishment. */
  classId!: number | null;
  /** Code of the class in its establishment; null for a window of the whole establishment. */
  classCode!: string | null;
  /** Who the window is for: `pupils` of the class, `relatives` or `staff` of the establishment (staff windows are advice). */
  audience!: Audience;
  /** `open`: fetch and return work at any time of the window; `live`: everybody at its start. */
  activity!: Activity;
  /** How it came to be where it is: `allocated`, `fixed` by the head, or `booked`. */
  origin!: Origin;
  /** The establishment's civil date. */
  date!: string;
  /** First instant of the window, with the offset of the establishment's zone. */
  startsAt!: string;
  /** First instant after the window. */
  endsAt!: string;
  /** From here on visitors are let in: five minutes before the start. */
  entryOpensAt!: string;
  /** IANA time zone of the establishment. */
  timeZone!: string;
  /** The start that was asked for; null where there was no wish. */
  wishedAt!: string | null;
  /** Days from the wished date to that of the window, positive when later: who books may take another day; null where there was no wish. */
  displacementDays!: number | null;
  /** Minutes by the clock from the wished to the present start, positive when later, whatever the days; null where there was no wish. */
  displacementMinutes!: number | null;
  /** People who may come. */
  headcount!: number;
  /** The load profile of the plan (`/v1/plans/{id}/load-parameters`). */
  profileId!: number;
  /** The start in cells of five minutes since 1970-01-01T00:00:00Z. */
  startCell!: number;
  /** The length in cells of five minutes. */
  cellCount!: number;
  /** In the live windows of a whole plan: a number that windows of the same teacher share, and that says nothing else; null elsewhere. */
  teacherKeyId!: number | null;
}

/** A page of windows. */
export class WindowPageDto {
  /** The windows, by establishment and start. */
  items!: WindowDto[];
  /** Ask with it for the next page; null on the last one. */
  nextCursor!: string | null;
}

/** Which windows of a plan. */
export class PlanWindowsQuery extends PageQuery {
  /** Only this establishment. */
  @MayBeLeftOut()
  @Matches(UAI)
  uai?: string;

  /** Only the establishments of this department (its territory code). */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  department?: string;

  /** Only this civil date. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  date?: string;

  /** `json`: pages; `ndjson` and `csv`: all of them as a stream. Default: what the Accept header asks for. */
  @MayBeLeftOut()
  @IsIn(['json', 'ndjson', 'csv'])
  format?: 'json' | 'ndjson' | 'csv';
}

/** Which days of published windows. */
export class WindowRangeQuery {
  /** First civil date; default: today where the establishment is. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  from?: string;

  /** Last civil date; default: six days after the first. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  to?: string;

  /** Windows on a page. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number = 500;

  /** Where the page before ended. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** Whose published windows: a class by the ENT's key, or by establishment and code. */
export class WindowSearchQuery extends WindowRangeQuery {
  /** The ENT's key of a class: `<structure external id>$<class name>`. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  'class-key'?: string;

  /** The establishment, with `class`. */
  @MayBeLeftOut()
  @Matches(UAI)
  uai?: string;

  /** Code of the class in its establishment, with `uai`. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(40)
  class?: string;
}

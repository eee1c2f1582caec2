import { Type } from 'class-transformer';
import { IsIn, IsInt, IsString, Length, Matches, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsCivilDate } from '../common/wire-time';
import { HOLIDAY_ZONES, type HolidayZone } from './holiday-zone.rules';
import { PageQuery } from '../common/page-query.dto';

/** Which school holidays to list. */
export class HolidayQueryDto {
  /** A zone of school holidays: A, B, C, Corse, Guadeloupe and so on; all of them without it. */
  @MayBeLeftOut()
  @IsIn(HOLIDAY_ZONES)
  zone?: HolidayZone;

  /** A school year, such as 2026-2027 (2026 where it is a calendar year); all of them without it. */
  @MayBeLeftOut()
  @Matches(/^20\d{2}(-20\d{2})?$/)
  schoolYear?: string;
}

/** A stretch of school holidays. */
export class HolidayPeriodDto {
  /** The zone whose schools are closed. */
  holidayZone!: string;
  /** The school year, such as 2026-2027. */
  schoolYear!: string;
  /** The name of the holidays, in French. */
  label!: string;
  /** The first day without school. */
  firstDayOffOn!: string;
  /** The day of return: the first day with school again. */
  resumeOn!: string;
  /** `built-in`, or the file that it was imported from. */
  source!: string;
}

/** School holidays in force. */
export class HolidayListDto {
  /** The holidays, by zone and date. */
  items!: HolidayPeriodDto[];
}

/** How to run an import of school holidays. */
export class HolidayImportQueryDto {
  /** `true` reports what would change and changes nothing. */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false' = 'false';
}

/** A line of an imported file that was refused, or that is worth knowing of. */
export class HolidayReportLineDto {
  /** The line in the file, from 1, the header counted. */
  lineNumber!: number;
  /** `refused` lines were not taken; `noted` ones were read, with the remark of the message. */
  severity!: 'refused' | 'noted';
  /** A stable code of the reason. */
  code!: string;
  /** The column to blame, null for none. */
  field!: string | null;
  /** The reason in a sentence. */
  message!: string;
}

/** What an import of school holidays did, or would do. */
export class HolidayImportReportDto {
  /** Whether nothing was changed because a dry run was asked. */
  isDryRun!: boolean;
  /** Rows read, without the header. */
  rowCount!: number;
  /** Periods that are new. */
  createdCount!: number;
  /** Periods whose dates changed. */
  updatedCount!: number;
  /** Periods that stay as they are. */
  unchangedCount!: number;
  /** Periods that the file no longer holds in a zone and school year that it names. */
  deletedCount!: number;
  /** Rows for teachers only, which are dropped. */
  droppedTeacherCount!: number;
  /** Rows that were refused. */
  refusedCount!: number;
  /** Remarks on rows that were read. */
  notedCount!: number;
  /** The first 500 refused and noted lines, in the order of the file. */
  lines!: HolidayReportLineDto[];
}

/** Which exceptions to list. */
export class CalendarExceptionQueryDto extends PageQuery {
  /** Only those of this territory. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2147483647)
  territoryId?: number;

  /** Only those of this establishment. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2147483647)
  establishmentId?: number;
}

/** Dates that a territory or an establishment opens or closes against its pattern and the holidays. */
export class NewCalendarExceptionDto {
  /** The territory (region, academy or department) that it is for; either this or `establishmentId`. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2147483647)
  territoryId?: number;

  /** The establishment that it is for; either this or `territoryId`. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2147483647)
  establishmentId?: number;

  /** The first date. */
  @IsCivilDate()
  firstOn!: string;

  /** The last date, included. */
  @IsCivilDate()
  lastOn!: string;

  /** Half days of teaching on these dates: 0 closed, 1 the morning, 2 the afternoon, 3 the whole day. */
  @IsInt()
  @Min(0)
  @Max(3)
  openHalfDays!: number;

  /** Why, in some words: a bridge, a Saturday made up for. */
  @IsString()
  @Length(1, 200)
  reason!: string;
}

/** An exception of the calendar. */
export class CalendarExceptionDto {
  /** Its number. */
  id!: number;
  /** The territory that it is for, null for an establishment's. */
  territoryId!: number | null;
  /** The establishment that it is for, null for a territory's. */
  establishmentId!: number | null;
  /** The first date. */
  firstOn!: string;
  /** The last date, included. */
  lastOn!: string;
  /** Half days of teaching on these dates: 0 closed, 1 the morning, 2 the afternoon, 3 the whole day. */
  openHalfDays!: number;
  /** Why. */
  reason!: string;
}

/** A page of exceptions. */
export class CalendarExceptionPageDto {
  /** The exceptions, in the order in which they were stated. */
  items!: CalendarExceptionDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

import { Type } from 'class-transformer';
import { IsIn, IsISO8601, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { Activity, Audience } from '../campaign/window-kind';
import { PageQuery } from '../common/page-query.dto';
import type { LevelGroup } from '../directory/level';

const CIVIL_DATE = /^\d{4}-\d{2}-\d{2}$/;
const STEP_MINUTES = [5, 10, 15, 20, 30, 60, 120, 240, 1440];

/** Which part of a curve. */
export class BaselinesQuery {
  /** Minutes of a step; a coarser one than 5 shows the largest load and the least limit of its cells. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsIn(STEP_MINUTES)
  stepMinutes?: number = 5;

  /** One civil date of the platform's zone. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  date?: string;

  /** First civil date of the platform's zone; default: the plan's first cell. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  from?: string;

  /** Last civil date of the platform's zone; default: the plan's last cell. */
  @MayBeLeftOut()
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  to?: string;
}

/** Which part of a load curve. */
export class LoadCurveQuery extends BaselinesQuery {
  /** Only the planned load of this territory (region, academy or department, by its code). */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  territory?: string;
}

/** The establishments of which the load is asked. */
export class EstablishmentLoadQuery extends PageQuery {
  /** A civil date of the establishments' zones. */
  @Matches(CIVIL_DATE)
  @IsISO8601({ strict: true })
  date!: string;

  /** Only establishments of this territory (region, academy or department, by its code). */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  territory?: string;
}

/** What the windows of an establishment load the platform with on a day. */
export class EstablishmentLoadDto {
  /** The establishment. */
  uai!: string;
  /** Its name. */
  name!: string;
  /** The most sessions of a cell of five minutes. */
  peakSessions!: number;
  /** The first instant of the first such cell. */
  peakAt!: string;
  /** The most log-ins of a cell of five minutes. */
  peakLogins!: number;
}

/** A page of establishments with windows on a day. */
export class EstablishmentLoadPageDto {
  /** Establishments by UAI. */
  items!: EstablishmentLoadDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

/** Loads and limits per step, in sessions present or log-ins made within a cell of five minutes. */
export class LoadFiguresDto {
  /** Expected load of the plan's windows. */
  planned!: number[];
  /** Expected load of those who have no window; null for a territory. */
  background!: number[] | null;
  /** Kept for staff peaks and for those who come late; null for a territory. */
  reserved!: number[] | null;
  /** Load and reserves of the platform's other published plans; null for a territory. */
  otherPlans!: number[] | null;
  /** The share of the capacity that no plan may use; null for a territory. */
  headroom!: number[] | null;
  /** What the plan's windows may use: capacity less headroom, background, reserved and other plans; null for a territory. */
  limit!: number[] | null;
  /** Effective capacity; null for a territory. */
  capacity!: number[] | null;
}

/** The load curve of a plan. */
export class LoadCurveDto {
  /** The plan. */
  planId!: number;
  /** Code of the territory whose planned load it is; null for the whole platform. */
  territory!: string | null;
  /** IANA time zone of the platform. */
  timeZone!: string;
  /** The first cell (five minutes since 1970-01-01T00:00:00Z). */
  firstCell!: number;
  /** The first instant. */
  startsAt!: string;
  /** Minutes of a step. */
  stepMinutes!: number;
  /** Steps in each list. */
  stepCount!: number;
  /** Sessions present at any time in the cell. */
  sessions!: LoadFiguresDto;
  /** Log-ins within the cell. */
  logins!: LoadFiguresDto;
}

/** Load of one way of doing without a plan, per step. */
export class BaselineFiguresDto {
  /** Sessions present at any time in the cell. */
  sessions!: number[];
  /** Log-ins within the cell. */
  logins!: number[];
}

/** What the load of a plan's classes would be without it, beside its own load curve. */
export class BaselinesDto {
  /** The plan. */
  planId!: number;
  /** IANA time zone of the platform. */
  timeZone!: string;
  /** The first instant. */
  startsAt!: string;
  /** Minutes of a step. */
  stepMinutes!: number;
  /** Steps in each list. */
  stepCount!: number;
  /** Everybody at the wished hour. */
  everybodyAtWish!: BaselineFiguresDto;
  /** Hours by level, as the letters of 2020 gave them. */
  letterByLevel!: BaselineFiguresDto;
}

/** How the visitors of one kind of window are expected to come and stay. */
export class LoadProfileDto {
  /** What a window's `profileId` refers to. */
  profileId!: number;
  /** Whose windows. */
  audience!: Audience;
  /** Level group of the classes; null for relatives and staff. */
  levelGroup!: LevelGroup | null;
  /** What the windows are for. */
  activity!: Activity;
  /** Length of the windows in cells. */
  windowCells!: number;
  /** Expected visitors per thousand of the headcount. */
  participationPerMille!: number;
  /** Sessions per thousand expected visitors, from the cell before the start on. */
  sessionsPerMille!: number[];
  /** Log-ins per thousand expected visitors, from the cell before the start on. */
  loginsPerMille!: number[];
}

/** What the load of a plan is computed from, besides its windows. */
export class LoadParametersDto {
  /** The plan. */
  planId!: number;
  /** Length of a cell. */
  cellSeconds!: number;
  /** The formula of a window's load in a cell. */
  formula!: string;
  /** The load profiles. */
  profiles!: LoadProfileDto[];
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { DAY_TYPES, type DayType } from '../calendar/calendar-place';
import { IsInstant } from '../common/wire-time';

/** Which stretch of a platform's capacity, how fine. */
export class CapacityQueryDto {
  /** The first instant, with its offset; today's midnight of the platform unless stated. */
  @MayBeLeftOut()
  @IsInstant()
  from?: string;

  /** The end, with its offset; seven days after the first instant unless stated, at most 100 days after it. */
  @MayBeLeftOut()
  @IsInstant()
  to?: string;

  /** Minutes of a point: of its cells it shows the one with the least left to plan. At most 10,000 points are given. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsIn([5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440])
  stepMinutes?: number = 5;
}

/** One limit over time, in whole thousandths, one value per point. */
export class CapacityPointsDto {
  /** Declared by the steps; 0 before the first one. */
  plannedThousandths!: number[];
  /** What regulations leave of it. */
  effectiveThousandths!: number[];
  /** The share of the effective capacity that no plan may use. */
  headroomThousandths!: number[];
  /** Expected load of those who have no window. */
  backgroundThousandths!: number[];
  /** What plans may use: effective less headroom and background, never below 0. */
  limitThousandths!: number[];
}

/** A platform's capacity over time. */
export class CapacityCurveDto {
  /** The platform. */
  platformId!: number;
  /** The time zone of its local day. */
  timeZone!: string;
  /** The instant of the first point. */
  startsAt!: string;
  /** Minutes of a point. */
  stepMinutes!: number;
  /** How many points there are. */
  pointCount!: number;
  /** Concurrent sessions, in thousandths of a session. */
  sessions!: CapacityPointsDto;
  /** Logins per cell of five minutes, in thousandths of a login: five times the declared logins per minute. */
  logins!: CapacityPointsDto;
}

/** A capacity to declare from an instant on. */
export class NewCapacityStepDto {
  /** The instant from which it holds, with its offset. */
  @IsInstant()
  startsAt!: string;

  /** Most concurrent sessions. */
  @IsInt()
  @Min(1, { message: 'concurrentSessions must be at least 1: a capacity of zero is no capacity to plan with' })
  @Max(2147483647)
  concurrentSessions!: number;

  /** Most logins per minute. */
  @IsInt()
  @Min(1, { message: 'loginsPerMinute must be at least 1: a capacity of zero is no capacity to plan with' })
  @Max(2147483647)
  loginsPerMinute!: number;

  /** Why the capacity changes (everybody reads it in the forecast). */
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** The cells whose capacity may have changed: [firstCell, endCell), five minutes each, counted from the Unix epoch. */
export class CapacityChangeDto {
  /** The platform. */
  platformId!: number;
  /** The first cell, null for all before. */
  firstCell!: number | null;
  /** The cell after the last one, null for all after. */
  endCell!: number | null;
}

/** A change of capacity that was made, under its number. */
export class NumberedCapacityChangeDto extends CapacityChangeDto {
  /** The number of the new step or regulation. */
  id!: number;
}

/** A declared capacity. */
export class CapacityStepDto {
  /** Its number. */
  id!: number;
  /** The number of the platform. */
  platformId!: number;
  /** The instant from which it holds, until the next step. */
  startsAt!: Date;
  /** Most concurrent sessions. */
  concurrentSessions!: number;
  /** Most logins per minute. */
  loginsPerMinute!: number;
  /** Why the capacity changed. */
  reason!: string;
}

/** A page of capacity steps. */
export class CapacityStepPageDto {
  /** The steps, the earliest first. */
  items!: CapacityStepDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** A reduction of capacity for a time. */
export class NewRegulationDto {
  /** The instant at which it begins, with its offset. */
  @IsInstant()
  startsAt!: string;

  /** The instant at which it ends, with its offset. */
  @IsInstant()
  endsAt!: string;

  /** What is left of the planned concurrent sessions, per mille. */
  @IsInt()
  @Min(0)
  @Max(1000)
  sessionsPerMille!: number;

  /** What is left of the planned logins per minute, per mille. */
  @IsInt()
  @Min(0)
  @Max(1000)
  loginsPerMille!: number;

  /** Why (everybody reads it in the forecast). */
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** A reduction of capacity for a time. */
export class RegulationDto {
  /** Its number. */
  id!: number;
  /** The number of the platform. */
  platformId!: number;
  /** The instant at which it begins. */
  startsAt!: Date;
  /** The instant at which it ends. */
  endsAt!: Date;
  /** What is left of the planned concurrent sessions, per mille. */
  sessionsPerMille!: number;
  /** What is left of the planned logins per minute, per mille. */
  loginsPerMille!: number;
  /** Why. */
  reason!: string;
}

/** A page of regulations. */
export class RegulationPageDto {
  /** The regulations, the earliest first. */
  items!: RegulationDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** The background of one type of day, by the 288 cells of the platform's local day. */
export class BackgroundCurveDto {
  /** The type of day. */
  @IsIn(DAY_TYPES)
  dayType!: DayType;

  /** Sessions in whole thousandths, one value per five minutes from midnight. */
  @IsArray()
  @ArrayMinSize(288)
  @ArrayMaxSize(288)
  @IsInt({ each: true })
  @Min(0, { each: true })
  sessionsThousandths!: number[];

  /** Logins in whole thousandths, one value per five minutes from midnight. */
  @IsArray()
  @ArrayMinSize(288)
  @ArrayMaxSize(288)
  @IsInt({ each: true })
  @Min(0, { each: true })
  loginsThousandths!: number[];
}

/** The background of one department: counted curves, or the people from whose number the usual curves are made. */
export class DepartmentBackgroundDto {
  /** The department. */
  @IsInt()
  @Min(1)
  @Max(2147483647)
  departmentId!: number;

  /** How many people of the department have an account and no window; either this or `curves`. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(100000000)
  peopleCount?: number;

  /** Curves by type of day; a type that is left out has no background. Either this or `peopleCount`. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(4)
  @ValidateNested({ each: true })
  @Type(() => BackgroundCurveDto)
  curves?: BackgroundCurveDto[];
}

/** The background of departments on a platform. */
export class BackgroundDto {
  /** The departments whose background is replaced; the others keep theirs. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @ValidateNested({ each: true })
  @Type(() => DepartmentBackgroundDto)
  departments!: DepartmentBackgroundDto[];
}

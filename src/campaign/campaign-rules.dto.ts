import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { Level, LevelGroup } from '../directory/level';
import { ACTIVITIES, type Activity, AUDIENCES, type Audience } from './window-kind';
import type { Behaviour } from './window-rule';

const CLOCK = /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/;

/** Local hours on some weekdays. */
export class AllowedHoursDto {
  /** Weekdays, Monday = 1. */
  @IsArray()
  @ArrayMaxSize(7)
  @IsInt({ each: true })
  weekdays!: number[];

  /** Local time of the establishment, `08:30`. */
  @Matches(CLOCK)
  from!: string;

  /** Local time at which the last window has ended, at most `24:00`. */
  @Matches(CLOCK)
  to!: string;
}

/** What one audience of some levels is given; state either windowsPerDay or windowsPerWeek. */
export class WindowRuleDto {
  /** Who the windows are for. */
  @IsIn(AUDIENCES)
  audience!: Audience;

  /** Level groups that it holds for; none, and no level, means all. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  levelGroups?: LevelGroup[] = [];

  /** Levels that it holds for; a rule for a level comes before the one of its group. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  levels?: Level[] = [];

  /** `open` is spread over the window, `live` has everybody at its start. */
  @IsIn(ACTIVITIES)
  activity!: Activity;

  /** Length of a window, a multiple of five minutes. */
  @IsInt()
  @Min(5)
  @Max(240)
  windowMinutes!: number;

  /** Windows on a whole day. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(12)
  windowsPerDay?: number | null;

  /** Windows on a day of which one half is open; half of a whole day's (rounded up) where absent. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(12)
  windowsPerHalfDay?: number | null;

  /** Windows a week, spread over its open days. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(84)
  windowsPerWeek?: number | null;

  /** Fewest minutes between two windows of a class on a day; none where absent. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(1440)
  minimumGapMinutes?: number = 0;

  /** Hours in which windows may lie. */
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => AllowedHoursDto)
  hours!: AllowedHoursDto[];
}

/** Evening hours for those who could not come in their window. */
export class CatchUpDto {
  /** Local time, `18:30`. */
  @Matches(CLOCK)
  from!: string;

  /** Local time, `21:00`. */
  @Matches(CLOCK)
  to!: string;

  /** Share of the day's expected visitors who come back in the evening, per mille: its load is kept free. */
  @IsInt()
  @Min(0)
  @Max(1000)
  missedPerMille!: number;
}

/** How arrivals are spread. */
export class ArrivalDto {
  /** `burst`: shares per five minutes from five minutes before the start; `spread`: evenly over the window. */
  @IsIn(['burst', 'spread'])
  shape!: 'burst' | 'spread';

  /** Shares of a burst, per mille, with the sum 1000. */
  @ValidateIf((arrival: ArrivalDto) => arrival.shape === 'burst')
  @IsArray()
  @ArrayMaxSize(60)
  @IsInt({ each: true })
  perMille?: number[];

  /** Of a spread: share that comes in the five minutes before the start. */
  @ValidateIf((arrival: ArrivalDto) => arrival.shape === 'spread')
  @IsInt()
  @Min(0)
  @Max(1000)
  earlyPerMille?: number;

  /** Of a spread: share that comes in the first five minutes. */
  @ValidateIf((arrival: ArrivalDto) => arrival.shape === 'spread')
  @IsInt()
  @Min(0)
  @Max(1000)
  firstPerMille?: number;
}

/** How the visitors of one kind of window behave, as a campaign states it. */
export class StatedBehaviourDto {
  /** Who they are. */
  @IsIn(AUDIENCES)
  audience!: Audience;

  /** Level group of pupils; null for relatives and staff. */
  @IsOptional()
  @IsString()
  levelGroup!: LevelGroup | null;

  /** What they come for. */
  @IsIn(ACTIVITIES)
  activity!: Activity;

  /** Share of the headcount that comes, per mille (above 1000 where there are several accounts a head). */
  @IsInt()
  @Min(0)
  @Max(100_000)
  participationPerMille!: number;

  /** Share of those who come that comes in its window, per mille; the others come by habit. Plans reckon with all, simulations with this. Where absent: as the preset or the calibration has it. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(1000)
  adherencePerMille?: number;

  /** How they arrive. */
  @ValidateNested()
  @Type(() => ArrivalDto)
  arrival!: ArrivalDto;

  /** Share still active after each five minutes, per mille, from 1000, never rising; null where everybody stays to the end. Where absent: as the preset or the calibration has it. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(288)
  @IsInt({ each: true })
  stayPerMille?: number[] | null;

  /** Share of those who leave that logs out, per mille; the others idle. */
  @IsInt()
  @Min(0)
  @Max(1000)
  logOutPerMille!: number;

  /** Minutes after which an idle session is cut. */
  @IsInt()
  @Min(0)
  @Max(1440)
  idleMinutes!: number;
}

/** How the visitors of one kind of window behave. */
export class BehaviourDto extends StatedBehaviourDto {
  /** Share of those who come that comes in its window, per mille; the others come by habit. Plans reckon with all, simulations with this. */
  override adherencePerMille!: number;
  /** Share still active after each five minutes, per mille, from 1000, never rising; null where everybody stays to the end. */
  override stayPerMille!: number[] | null;
}

/** Staff per thousand pupils. */
export class StaffDto {
  /** Of the first degree (schools). */
  @IsInt()
  @Min(0)
  @Max(1000)
  firstDegree!: number;

  /** Of the second degree (collèges, lycées). */
  @IsInt()
  @Min(0)
  @Max(1000)
  secondDegree!: number;
}

/** What of the load model differs from the preset's. */
export class LoadModelDto {
  /** Accounts of relatives per thousand pupils. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(10_000)
  relativeAccountsPerThousandPupils?: number;

  /** Staff per thousand pupils. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => StaffDto)
  staffPerThousandPupils?: StaffDto;

  /** The behaviours that differ. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => StatedBehaviourDto)
  behaviours?: StatedBehaviourDto[];
}

/** A complete load model. */
export class LoadModelAnswerDto {
  /** Accounts of relatives per thousand pupils. */
  relativeAccountsPerThousandPupils!: number;
  /** Staff per thousand pupils. */
  staffPerThousandPupils!: StaffDto;
  /** One behaviour per audience, level group and activity. */
  behaviours!: BehaviourDto[];
}

/** What a behaviour on the wire makes of the one of its kind that holds without it: what it does not state stays. */
export function behaviourFrom({ arrival, stayPerMille, ...rest }: StatedBehaviourDto, present: Behaviour): Behaviour {
  return {
    ...rest,
    levelGroup: present.levelGroup,
    adherencePerMille: rest.adherencePerMille ?? present.adherencePerMille,
    arrival:
      arrival.shape === 'burst'
        ? { shape: 'burst', perMille: arrival.perMille! }
        : { shape: 'spread', earlyPerMille: arrival.earlyPerMille!, firstPerMille: arrival.firstPerMille! },
    stay: stayPerMille === undefined ? present.stay : (stayPerMille ?? 'toEnd'),
  };
}

/** A behaviour as the wire shows it. */
export function behaviourDtoOf({ arrival, stay, ...rest }: Behaviour): BehaviourDto {
  return {
    ...rest,
    arrival: arrival.shape === 'burst' ? { shape: 'burst', perMille: [...arrival.perMille] } : { ...arrival },
    stayPerMille: stay === 'toEnd' ? null : [...stay],
  };
}

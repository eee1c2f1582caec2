import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from '../directory/directory-rows';
import { JobErrorDto, JobProgressDto } from '../jobs/job.dto';
import type { ReturnHabits } from '../kernel/simulation/storm-problem';
import { StepMeasuresDto, StepScopeDto } from '../protection/protection-step.dto';
import {
  type SimulatedAdherence,
  type SimulationRequest,
  type TriedStep,
  type VariantRequest,
  WINDOW_PROFILES,
} from './simulation-request';
import { DEFAULT_RETURN_HABITS, STORM_PROFILES, type StormProfile } from './storm-day.rules';

/** What those do who are turned away, shares per mille that sum to 1000, and the share that leaves for the day at each refusal. */
export class ReturnHabitsDto implements ReturnHabits {
  /** Reload within 10 to 30 seconds, for ever. */
  @IsInt()
  @Min(0)
  @Max(1000)
  impatientPerMille!: number;

  /** Come back in three minutes. */
  @IsInt()
  @Min(0)
  @Max(1000)
  threeMinutesPerMille!: number;

  /** Come back when they were told. */
  @IsInt()
  @Min(0)
  @Max(1000)
  asToldPerMille!: number;

  /** Come back after doubling waits with jitter, as programs do. */
  @IsInt()
  @Min(0)
  @Max(1000)
  backOffPerMille!: number;

  /** Give up at each refusal. */
  @IsInt()
  @Min(0)
  @Max(1000)
  givesUpPerMille!: number;
}

/** A protection step that is tried, in whole cells of five minutes. */
export class TriedStepDto implements TriedStep {
  /** In force from here on. */
  @IsInstant()
  startsAt!: string;

  /** Until then, half open. */
  @IsInstant()
  endsAt!: string;

  /** Whom it concerns. */
  @ValidateNested()
  @Type(() => StepScopeDto)
  @ApiPropertyOptional()
  scope: StepScopeDto = new StepScopeDto();

  /** What it does. */
  @ValidateNested()
  @Type(() => StepMeasuresDto)
  measures!: StepMeasuresDto;
}

/** One of the days that are set side by side. */
export class VariantRequestDto implements VariantRequest {
  /** What it is called in the answer. */
  @IsString()
  @Length(1, 80)
  name!: string;

  /** A plan of the platform, also a draft; absent: what is published. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  planId?: number;

  /** Everybody of that plan comes by habit, and nothing binds anybody: the morning without us. */
  @IsBoolean()
  @ApiPropertyOptional()
  isUnplanned: boolean = false;

  /** Protection steps in force on that day. */
  @IsArray()
  @ArrayMaxSize(20)
  @ValidateNested({ each: true })
  @Type(() => TriedStepDto)
  @ApiPropertyOptional()
  steps: TriedStepDto[] = [];
}

/** Of some visitors the share that comes in its window. */
export class SimulatedAdherenceDto implements SimulatedAdherence {
  /** Those who come for themselves, or for their children. */
  @IsIn(WINDOW_PROFILES)
  @ApiProperty({ enum: WINDOW_PROFILES, description: 'Those who come for themselves, or for their children.' })
  profile!: SimulatedAdherence['profile'];

  /** Of establishments of this kind; null: of all of which nothing is said. */
  @ValidateIf((_, value) => value !== null)
  @IsIn(ESTABLISHMENT_KINDS)
  @ApiProperty({
    type: String,
    enum: ESTABLISHMENT_KINDS,
    nullable: true,
    description: 'Of establishments of this kind; null: of all of which nothing is said.',
  })
  establishmentKind!: EstablishmentKind | null;

  /** Per mille. */
  @IsInt()
  @Min(0)
  @Max(1000)
  adherencePerMille!: number;
}

/** A day to simulate, once for each variant; what is not said has the stated assumptions of docs/storm.md. */
export class RequestSimulationDto implements SimulationRequest {
  /** The platform. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId!: number;

  /** The day, of the platform's zone. */
  @IsCivilDate()
  date!: string;

  /** Draws the visitors who are followed for their waits: the same seed gives the same answer. */
  @IsInt()
  @Min(0)
  @Max(2_147_483_647)
  @ApiPropertyOptional()
  seed: number = 1;

  /** Whether the gate keeps out who is outside the window and whom a protection step holds; else both are advice, as in the postures `shadow` and `advised`. */
  @IsBoolean()
  @ApiPropertyOptional()
  isEnforced: boolean = true;

  /** Share that comes in its window, per mille; the others come by habit. Null: as the load models of the plans believe; which share that is stands in each variant (`adherences`). */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1000)
  @ApiPropertyOptional({ type: Number, nullable: true })
  adherencePerMille: number | null = null;

  /** The same of some of them, where more is known: it goes before. */
  @IsArray()
  @ArrayMaxSize(40)
  @ValidateNested({ each: true })
  @Type(() => SimulatedAdherenceDto)
  @ApiPropertyOptional()
  adherences: SimulatedAdherenceDto[] = [];

  /** Factor on every participation of the load model, per mille. */
  @IsInt()
  @Min(1)
  @Max(10_000)
  @ApiPropertyOptional()
  participationPerMille: number = 1000;

  /** Visitors outside their window whom the gateways together let in within five minutes. */
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  @ApiPropertyOptional()
  walkInPerCell: number = 100;

  /** Those who wait for an opening come in over this long. */
  @IsInt()
  @Min(10)
  @Max(600)
  @ApiPropertyOptional()
  entrySpreadSeconds: number = 180;

  /** What a refused attempt costs the platform, per mille of a log-in; 0 where the gate stands before it. */
  @IsInt()
  @Min(0)
  @Max(999)
  @ApiPropertyOptional()
  refusalCostPerMille: number = 0;

  /** What those do who are turned away. */
  @ValidateNested()
  @Type(() => ReturnHabitsDto)
  @ApiPropertyOptional()
  habits: ReturnHabitsDto = Object.assign(new ReturnHabitsDto(), DEFAULT_RETURN_HABITS);

  /** Whether those outside their window take a ticket of a waiting room instead of coming again. */
  @IsBoolean()
  @ApiPropertyOptional()
  hasWaitingRoom: boolean = false;

  /** The days that are set side by side. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(6)
  @ValidateNested({ each: true })
  @Type(() => VariantRequestDto)
  variants!: VariantRequestDto[];
}

/** How long those who first came in an hour waited until they were let in. */
export class HourWaitDto {
  /** Hours from local midnight. */
  hour!: number;
  /** Mean; null where fewer than 20 of them were followed. */
  meanSeconds!: number | null;
  /** 95th percentile; null as the mean. */
  p95Seconds!: number | null;
}

/** What became of some of the visitors of a day. */
export class CrowdReportDto {
  /** Visits that were wanted. */
  visitorCount!: number;
  /** Attempts, those that come again included. */
  attemptCount!: number;
  /** Attempts divided by visits: the bubble effect. Questions of waiting pages (`pollCount`) are not in it, at a gate they are attempts. */
  amplification!: number;
  /** Let in. */
  admittedCount!: number;
  /**
   * Refusals and deferrals; a visitor may be refused often. With a waiting room only of those who may enter while the platform is full:
   * who is outside the window or deferred waits there, and is no refusal.
   */
  refusedCount!: number;
  /** Left for the day without having been let in. */
  gaveUpCount!: number;
  /** From the first attempt to the admission, of the admitted. */
  meanWaitSeconds!: number;
  /** Nineteen in twenty of the same admitted waited no longer. */
  p95WaitSeconds!: number;
  /** The waits of the admitted by the hour of their first attempt; absent in simulations of before. */
  waits?: HourWaitDto[];
}

/** The same of a profile. */
export class ProfileCrowdDto extends CrowdReportDto {
  /** The profile. */
  @ApiProperty({ enum: STORM_PROFILES, description: 'The profile.' })
  profile!: StormProfile;
}

/** The same of a department. */
export class TerritoryCrowdDto extends CrowdReportDto {
  /** Code of the department. */
  territory!: string;
}

/** Whole numbers, one for each five minutes of the day. */
export class StormCurvesDto {
  /** Sessions that the platform bears, less those of who has no window. */
  sessionLimit!: number[];
  /** Log-ins that it takes in the five minutes, less those. */
  loginLimit!: number[];
  /** First attempts. */
  arrivals!: number[];
  /** All attempts. */
  attempts!: number[];
  /** Let in. */
  admitted!: number[];
  /** Refusals and deferrals. */
  refused!: number[];
  /** Gave up. */
  gaveUp!: number[];
  /** Mean of the sessions open. */
  sessions!: number[];
  /** Mean of those in the waiting room. */
  waiting!: number[];
  /** Questions of waiting pages; absent in simulations of before. */
  polls?: number[];
}

/** Curves of a profile in a department. */
export class StormClassDto {
  /** Code of the department. */
  territory!: string;
  /** The profile. */
  @ApiProperty({ enum: STORM_PROFILES, description: 'The profile.' })
  profile!: StormProfile;
  /** First attempts. */
  arrivals!: number[];
  /** All attempts. */
  attempts!: number[];
  /** Attempts of the day divided by visits: the bubble effect of these; absent, as the other curves that may be, in simulations of before. */
  amplification?: number;
  /** Let in. */
  admitted?: number[];
  /** Refusals and deferrals. */
  refused!: number[];
  /** Gave up. */
  gaveUp?: number[];
  /** Mean of the sessions open. */
  sessions!: number[];
  /** Mean of those in the waiting room. */
  waiting?: number[];
  /** Questions of waiting pages. */
  polls?: number[];
}

/** Which share of a profile comes in its window in a variant. */
export class ResolvedAdherenceDto {
  /** Those who come for themselves, or for their children. */
  @ApiProperty({ enum: WINDOW_PROFILES, description: 'Those who come for themselves, or for their children.' })
  profile!: SimulatedAdherence['profile'];
  /** Per mille of all of them together: what the request says, else what the load models of the plans believe. */
  adherencePerMille!: number;
}

/** What a simulated day comes to. */
export class SimulatedVariantDto extends CrowdReportDto {
  /** As in the request. */
  name!: string;
  /** The plans whose visitors came. */
  planIds!: number[];
  /** Who comes in the window, by profile; none on a day without a plan. Absent in simulations of before. */
  adherences?: ResolvedAdherenceDto[];
  /** The first instant of the curves: local midnight. */
  startsAt!: string;
  /** Minutes between the points of the curves. */
  stepMinutes!: number;
  /** Most sessions at once. */
  peakSessions!: number;
  /** The five minutes of that peak. */
  peakAt!: string;
  /** The cell of that peak, counted from startsAt. */
  peakCell!: number;
  /** Most log-ins a minute, in the mean of a cell. */
  peakLoginsPerMinute!: number;
  /** Questions of waiting pages. */
  pollCount!: number;
  /** By profile. */
  profiles!: ProfileCrowdDto[];
  /** By department. */
  territories!: TerritoryCrowdDto[];
  /** Curves of the whole platform. */
  curves!: StormCurvesDto;
  /** Curves by department and profile, of those that have visitors. */
  classes!: StormClassDto[];
}

/** A simulation: a job, and its results once it is done. */
export class SimulationDto {
  /** The number of its job. */
  id!: number;
  /** Where it stands: `queued`, `running`, and for good `done`, `failed` or `cancelled`. */
  state!: 'queued' | 'running' | 'done' | 'failed' | 'cancelled';
  /** How far it has come. */
  progress!: JobProgressDto;
  /** Why it failed, where it did. */
  error!: JobErrorDto | null;
  /** What was asked for, with every assumption. */
  request!: RequestSimulationDto;
  /** One result for each variant, in their order; null until it is done. */
  @ApiProperty({
    type: [SimulatedVariantDto],
    nullable: true,
    description: 'One for each variant; null until it is done.',
  })
  variants!: SimulatedVariantDto[] | null;
}

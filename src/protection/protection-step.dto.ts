import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from '../directory/directory-rows';
import { LEVELS, type Level } from '../directory/level';
import {
  type RelativesHours,
  STEP_PROFILES,
  type StepMeasures,
  type StepProfile,
  type StepScope,
} from './protection-step';

/** Whom a step concerns: all four at once; an empty list means everybody of it. */
export class StepScopeDto implements StepScope {
  /** Codes of regions, academies and departments. */
  @IsArray()
  @ArrayMaxSize(120)
  @IsString({ each: true })
  @Length(1, 20, { each: true })
  @ApiPropertyOptional()
  territories: string[] = [];

  /** Kinds of establishments. */
  @IsArray()
  @ArrayMaxSize(ESTABLISHMENT_KINDS.length)
  @IsIn(ESTABLISHMENT_KINDS, { each: true })
  @ApiPropertyOptional({ enum: ESTABLISHMENT_KINDS, isArray: true })
  establishmentKinds: EstablishmentKind[] = [];

  /** Levels of classes. */
  @IsArray()
  @ArrayMaxSize(LEVELS.length)
  @IsIn(LEVELS, { each: true })
  @ApiPropertyOptional({ enum: LEVELS, isArray: true })
  levels: Level[] = [];

  /** Profiles of visitors. */
  @IsArray()
  @ArrayMaxSize(STEP_PROFILES.length)
  @IsIn(STEP_PROFILES, { each: true })
  @ApiPropertyOptional({ enum: STEP_PROFILES, isArray: true })
  profiles: StepProfile[] = [];
}

/** Clock times on the grid of five minutes; a day ends at 24:00. */
const CLOCK_OF_CELL = /^(([01]\d|2[0-3]):[0-5][05]|24:00)$/;

/** Hours of each day in which relatives come who are deferred, by the clock of their school. */
export class RelativesHoursDto implements RelativesHours {
  /** From here on, `17:00`. */
  @Matches(CLOCK_OF_CELL)
  from!: string;

  /** Until then, later on the same day; at most `24:00`. */
  @Matches(CLOCK_OF_CELL)
  to!: string;
}

/** What a step does while it is in force; what is not said is left alone. */
export class StepMeasuresDto implements StepMeasures {
  /** Relatives who have no class window wait until it ends; those of the youngest come in class windows and are spared. */
  @IsBoolean()
  @ApiPropertyOptional()
  defersRelatives: boolean = false;

  /** Hours of each day in which those who are deferred come all the same; needed where a step defers relatives for more than twelve hours. */
  @ValidateIf((_, value) => value !== null)
  @ValidateNested()
  @Type(() => RelativesHoursDto)
  @ApiPropertyOptional({
    type: RelativesHoursDto,
    nullable: true,
    description:
      'Hours of each day in which those who are deferred come all the same; needed where a step defers relatives for more than twelve hours.',
  })
  relativesHours: RelativesHoursDto | null = null;

  /** Only live windows, exams and those who work there are let in. */
  @IsBoolean()
  @ApiPropertyOptional()
  isLiveOnly: boolean = false;

  /** What is left of the walk-in quota, per mille. */
  @IsInt()
  @Min(0)
  @Max(1000)
  @ApiPropertyOptional()
  walkInPerMille: number = 1000;

  /** Minutes after which an idle session ends; null leaves them alone. */
  @ValidateIf((_, value) => value !== null)
  @IsInt()
  @Min(1)
  @Max(240)
  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: 240,
    description: 'Minutes after which an idle session ends; null leaves them alone.',
  })
  idleMinutes: number | null = null;

  /** Names of features of the ENT that are off, of those that the gateway's settings name. */
  @IsArray()
  @ArrayMaxSize(31)
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  @Matches(/^[a-z0-9_-]+$/, { each: true })
  @ApiPropertyOptional()
  featuresOff: string[] = [];

  /** What is left of both capacities, per mille. */
  @IsInt()
  @Min(0)
  @Max(1000)
  @ApiPropertyOptional()
  capacityPerMille: number = 1000;
}

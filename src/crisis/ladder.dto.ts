import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsInstant } from '../common/wire-time';
import { INSIDERS, type Insiders, type Rung, STEP_ARMS, type StepArm, type Words } from '../protection/ladder.rules';
import { StepMeasuresDto, StepScopeDto } from '../protection/protection-step.dto';

/** A text in French and English. */
export class WordsDto implements Words {
  /** In French. */
  @IsString()
  @Length(1, 1000)
  fr!: string;

  /** In English. */
  @IsString()
  @Length(1, 1000)
  en!: string;
}

/** When a rung is proposed and when it is proposed to be left, per mille of the declared capacity. */
export class RungThresholdsDto {
  /** Observed load from which it is proposed. */
  @IsInt()
  @Min(1)
  @Max(5000)
  climbPerMille!: number;

  /** Observed load below which leaving is proposed; lower than climbPerMille. */
  @IsInt()
  @Min(0)
  @Max(5000)
  leavePerMille!: number;
}

/** A rung of a ladder. */
export class RungDto implements Rung {
  /** Its short name: small letters, digits and hyphens. */
  @Matches(/^[a-z0-9-]{1,40}$/)
  code!: string;

  /** What people call it. */
  @ValidateNested()
  @Type(() => WordsDto)
  name!: WordsDto;

  /** Whom it concerns. */
  @ValidateNested()
  @Type(() => StepScopeDto)
  scope!: StepScopeDto;

  /** What it does. */
  @ValidateNested()
  @Type(() => StepMeasuresDto)
  measures!: StepMeasuresDto;

  /** How long it is in force where nobody says otherwise. */
  @IsInt()
  @Min(5)
  @Max(4320)
  minutes!: number;

  /** What to tell schools and families. */
  @ValidateNested()
  @Type(() => WordsDto)
  words!: WordsDto;

  /** When it is proposed. */
  @ValidateNested()
  @Type(() => RungThresholdsDto)
  thresholds!: RungThresholdsDto;
}

/** A ladder to agree on, from the mildest rung on. */
export class LadderRequestDto {
  /** The rungs. */
  @IsArray()
  @ArrayMaxSize(12)
  @ValidateNested({ each: true })
  @Type(() => RungDto)
  rungs!: RungDto[];

  /** The changedAt of the ladder that was read; null where none was agreed yet. */
  @ValidateIf((_, value) => value !== null)
  @IsInstant()
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'The changedAt of the ladder that was read; null where none was agreed yet.',
  })
  changedAt!: string | null;
}

/** From when on the rungs are tried. */
export class LadderSimulationRequestDto {
  /** The instant; absent: now. */
  @MayBeLeftOut()
  @IsInstant()
  startsAt?: string;
}

/** Which ladder is approved: the one that was read. */
export class LadderApprovalDto {
  /** Its changedAt, as it was read. */
  @IsInstant()
  changedAt!: string;
}

/** What the simulator expects of a rung alone, beside the same day without it. */
export class ExpectedEffectDto {
  /** Whether those outside their window, or deferred, wait in a waiting room; else they are refused and come again. */
  hasWaitingRoom!: boolean;
  /** Most sessions at once, over the day. */
  peakSessions!: number;
  /** The same without it. */
  peakSessionsBefore!: number;
  /** Attempts, those that come again included. */
  attemptCount!: number;
  /** The same without it. */
  attemptCountBefore!: number;
  /** Refusals and deferrals; with a waiting room only of those whose window it is, the others wait. */
  refusedCount!: number;
  /** The same without it. */
  refusedCountBefore!: number;
  /** Left for the day without having been let in: after a refusal, or out of the waiting room. */
  gaveUpCount!: number;
  /** The same without it. */
  gaveUpCountBefore!: number;
  /** Most in the waiting room, in the mean of five minutes; 0 without one. */
  peakWaitingCount!: number;
  /** The same without it. */
  peakWaitingCountBefore!: number;
  /** Mean wait of the admitted. */
  meanWaitSeconds!: number;
  /** The same without it. */
  meanWaitSecondsBefore!: number;
}

/** A rung with what follows from it. */
export class RungViewDto extends RungDto {
  /** Who carries it out. */
  @ApiProperty({ enum: STEP_ARMS, isArray: true, description: 'Who carries it out.' })
  arms!: StepArm[];
  /** What becomes of those who are inside already. */
  @ApiProperty({ enum: INSIDERS, isArray: true, description: 'What becomes of those who are inside already.' })
  insiders!: Insiders[];
  /** Whether it concerns departments with more than half of the platform's schools: two people, unless the ladder is approved. */
  isRegional!: boolean;
  /** What the last simulation of the ladder expects; null where there is none yet, or it was of another step. */
  expected!: ExpectedEffectDto | null;
}

/** The ladder of a platform. */
export class LadderDto {
  /** The platform. */
  platformId!: number;
  /** The rungs, from the mildest on; the usual ones where none were agreed. */
  rungs!: RungViewDto[];
  /** The usual rungs, with the features that the gateways know now: what to go back to. */
  usualRungs!: RungDto[];
  /** Who set it; null: nobody, the rungs are the usual ones, as a proposal. */
  changedBy!: string | null;
  /** When. */
  changedAt!: string | null;
  /** Who else approved it: from then on one person climbs. */
  approvedBy!: string | null;
  /** When. */
  approvedAt!: string | null;
  /** The simulation that says what its rungs do. */
  simulationId!: number | null;
  /** The civil date that it simulated; null where there is none yet. */
  simulatedOn!: string | null;
  /** Codes of the departments with schools of the platform: an authority decides where it answers for all of those that a step concerns. */
  departments!: string[];
}

import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsInt, IsString, Length, Matches, Max, Min, ValidateNested } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsInstant } from '../common/wire-time';
import {
  INSIDERS,
  type Insiders,
  insidersOf,
  LONGEST_STEP_HOURS,
  STEP_ARMS,
  type StepArm,
} from '../protection/ladder.rules';
import { RelativesHoursDto, StepMeasuresDto, StepScopeDto } from '../protection/protection-step.dto';
import { STEP_STATES, type StepRow, type StepState } from '../protection/protection.store';
import type { AskedStep } from './asked-step.rules';
import { REPLAN_STATES, type ReplanState, type StepReplan } from './crisis.store';
import { ExpectedEffectDto, WordsDto } from './ladder.dto';

/** A step that is tried, before anybody puts it in force: a rung of the ladder, or a step of its own. */
export class StepTrialRequestDto {
  /** Code of a rung; then name, scope, measures and words are the rung's. */
  @MayBeLeftOut()
  @Matches(/^[a-z0-9-]{1,40}$/)
  rung?: string;

  /** Whom a step of its own concerns. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => StepScopeDto)
  scope?: StepScopeDto;

  /** What a step of its own does. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => StepMeasuresDto)
  measures?: StepMeasuresDto;

  /** In force from here on; absent or past: now. */
  @MayBeLeftOut()
  @IsInstant()
  startsAt?: string;

  /** When it ends by itself; absent: after `minutes`. */
  @MayBeLeftOut()
  @IsInstant()
  endsAt?: string;

  /** Minutes after its start at which it ends by itself, by the clock of the service; absent: those of the rung. Not beside `endsAt`. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(LONGEST_STEP_HOURS * 60)
  minutes?: number;
}

/** A step to put in force. */
export class StepRequestDto extends StepTrialRequestDto {
  /** What people call a step of its own. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => WordsDto)
  name?: WordsDto;

  /** What to tell schools and families of a step of its own. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => WordsDto)
  words?: WordsDto;

  /** Why. */
  @IsString()
  @Length(1, 500)
  @Matches(/\S/)
  reason!: string;

  /** In force without the second person, for 30 minutes unless somebody else confirms. */
  @MayBeLeftOut()
  @IsBoolean()
  isBreakGlass?: boolean = false;

  /** The simulation that was looked at before; absent: that of the ladder, for a rung. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  simulationId?: number;
}

/** The instants of what was asked for. */
export const askedInstants = ({ startsAt, endsAt, ...asked }: StepTrialRequestDto): AskedStep => ({
  ...asked,
  ...(startsAt !== undefined && { startsAt: new Date(startsAt) }),
  ...(endsAt !== undefined && { endsAt: new Date(endsAt) }),
});

/** Why a step is taken back. */
export class UndoStepDto {
  /** The reason. */
  @IsString()
  @Length(1, 500)
  @Matches(/\S/)
  reason!: string;
}

/** What became of a replan that a step asked for, where it cuts the capacity. */
export class StepReplanDto {
  /** The campaign whose plan is changed. */
  campaignId!: number;
  /** `queued` or `running`; `failed`, with its code, or `cancelled`; a `draft` that waits to be published; `published`; `discarded` where the draft is gone. */
  @ApiProperty({
    enum: REPLAN_STATES,
    description:
      '`queued` or `running`; `failed`, with its code, or `cancelled`; a `draft` that waits to be published; `published`; `discarded` where the draft is gone.',
  })
  state!: ReplanState;
  /** The job; null where it comes after the one that is under way. */
  jobId!: number | null;
  /** The plan that it made. */
  planId!: number | null;
  /** Why it failed. */
  errorCode!: string | null;

  static of({ campaignId, state, jobId, planId, errorCode }: StepReplan): StepReplanDto {
    return { campaignId, state, jobId, planId, errorCode };
  }
}

/** A protection step. */
export class ProtectionStepDto {
  /** Its number. */
  id!: number;
  /** The platform that it protects. */
  platformId!: number;
  /** The rung that it was; null for one of its own. */
  rung!: string | null;
  /** What people call it. */
  name!: WordsDto;
  /** Whom it concerns. */
  scope!: StepScopeDto;
  /** What it does. */
  measures!: StepMeasuresDto;
  /** Who carries it out. */
  @ApiProperty({ enum: STEP_ARMS, isArray: true, description: 'Who carries it out.' })
  arms!: StepArm[];
  /** What becomes of those who are inside already. */
  @ApiProperty({ enum: INSIDERS, isArray: true, description: 'What becomes of those who are inside already.' })
  insiders!: Insiders[];
  /** What to tell schools and families. */
  words!: WordsDto;
  /** In force from here on. */
  startsAt!: string;
  /** Until then, by itself. */
  endsAt!: string;
  /** The end that was asked for: what holds once a break-glass is confirmed. */
  askedEndsAt!: string;
  /** Why. */
  reason!: string;
  /** `proposed` waits for a second person; `in_force` from its start to its end; `undone` was taken back. */
  @ApiProperty({
    enum: STEP_STATES,
    description: '`proposed` waits for a second person; `in_force` from its start to its end; `undone` was taken back.',
  })
  state!: StepState;
  /** Whether it is at work at this moment. */
  isActive!: boolean;
  /** Whether it concerns departments with more than half of the platform's schools. */
  isRegional!: boolean;
  /** Put in force by one person, for 30 minutes unless it is confirmed. */
  isBreakGlass!: boolean;
  /** The simulation that was looked at before. */
  simulationId!: number | null;
  /** What that simulation expects of it; null where there is none, or the step is over. */
  expected!: ExpectedEffectDto | null;
  /** The regulation that cuts the capacity, where it does. */
  regulationId!: number | null;
  /** What became of the replans that it asked for: of each campaign the last one. */
  replans!: StepReplanDto[];
  /** Who proposed it or put it in force. */
  proposedBy!: string;
  /** When. */
  proposedAt!: string;
  /** Since when it counts; null for a proposal, also one that was taken back. */
  enforcedAt!: string | null;
  /** The second person, where there was one. */
  approvedBy!: string | null;
  /** When. */
  approvedAt!: string | null;
  /** Who took it back. */
  undoneBy!: string | null;
  /** When. */
  undoneAt!: string | null;
  /** Why. */
  undoReason!: string | null;

  static of(
    row: StepRow,
    { expected, replans }: { expected: ExpectedEffectDto | null; replans: readonly StepReplan[] },
    now: Date,
  ): ProtectionStepDto {
    return {
      ...row,
      scope: row.scope as StepScopeDto,
      measures: row.measures as StepMeasuresDto,
      expected,
      replans: replans.map((replan) => StepReplanDto.of(replan)),
      insiders: insidersOf(row.measures),
      isActive: row.state === 'in_force' && row.startsAt <= now && now < row.endsAt,
      startsAt: row.startsAt.toISOString(),
      endsAt: row.endsAt.toISOString(),
      askedEndsAt: row.askedEndsAt.toISOString(),
      proposedAt: row.proposedAt.toISOString(),
      enforcedAt: row.enforcedAt?.toISOString() ?? null,
      approvedAt: row.approvedAt?.toISOString() ?? null,
      undoneAt: row.undoneAt?.toISOString() ?? null,
    };
  }
}

/** The steps of a platform, the newest first. */
export class ProtectionStepPageDto {
  /** The steps. */
  items!: ProtectionStepDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** A step as everybody may know it. */
export class PublicStepDto {
  /** Its number. */
  id!: number;
  /** What to tell schools and families. */
  words!: WordsDto;
  /** Whom it concerns. */
  scope!: StepScopeDto;
  /** In force from here on. */
  startsAt!: string;
  /** Until then, by itself. */
  endsAt!: string;
  /** Features of the ENT that are off. */
  featuresOff!: string[];
  /** Hours of each day in which relatives come who are deferred; null where no hours are stated. */
  relativesHours!: RelativesHoursDto | null;
}

/** What protects a platform at this moment. */
export class ProtectionDto {
  /** The platform. */
  platformId!: number;
  /** The steps at work. */
  steps!: PublicStepDto[];
}

import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import { type Declared, DECLARED } from './capacity-notice.rules';
import { WordsDto } from './ladder.dto';

/** What a source measured of the platform, or of its share of it, in a minute; what it does not know is left out. */
export class MeasurementDto {
  /** When. */
  @IsInstant()
  measuredAt!: string;

  /** Sessions that were open. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(100_000_000)
  sessions?: number;

  /** Log-ins of the minute. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(100_000_000)
  loginsPerMinute?: number;

  /** Time to answer, 95th percentile. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  latencyMilliseconds?: number;

  /** Requests that failed on the platform's side, per mille. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(1000)
  errorsPerMille?: number;

  /** Requests that latency and errors were taken from: so much does a share weigh beside the others. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(100_000_000)
  requestCount?: number;
}

/** Measurements of one source. */
export class MeasurementsDto {
  /** Who measures: `ent`, `proxy-1`. Of several sources the largest figure of a minute counts. */
  @Matches(/^[A-Za-z0-9._-]{1,60}$/)
  source!: string;

  /** One of several gateways, which sees its own visitors only: the sessions and log-ins of shares add up to one source. */
  @MayBeLeftOut()
  @IsBoolean()
  isShare: boolean = false;

  /** The minutes; the last word on a minute stands. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @ValidateNested({ each: true })
  @Type(() => MeasurementDto)
  items!: MeasurementDto[];
}

/** That measurements were taken. */
export class MeasurementsTakenDto {
  /** How many. */
  acceptedCount!: number;
}

/** Which day was measured. */
export class MeasuredDayQuery {
  /** The civil date of the platform; today unless stated. */
  @MayBeLeftOut()
  @IsCivilDate()
  date?: string;
}

const perCell = (description: string) =>
  ApiProperty({ description, type: 'array', items: { type: 'integer', nullable: true } });

/** What was measured of a platform on a day, on the cells of its plans; null where nothing was. */
export class MeasuredDayDto {
  /** The platform. */
  platformId!: number;
  /** The civil date. */
  date!: string;
  /** The time zone of its day. */
  timeZone!: string;
  /** The instant of the first cell. */
  startsAt!: string;
  /** Minutes of a cell. */
  stepMinutes!: number;
  @perCell('Most sessions that were open in a minute of the cell.')
  sessions!: (number | null)[];
  @perCell('Log-ins of the cell; minutes without a measurement count as the others of the cell.')
  logins!: (number | null)[];
  @perCell('Time to answer of the slowest minute, 95th percentile.')
  latencyMilliseconds!: (number | null)[];
  @perCell('Requests that failed in the worst minute, per mille.')
  errorsPerMille!: (number | null)[];
}

/** What the service proposes. */
export class RungProposalDto {
  /** `climb` or `leave` the rung, `keep` what is, or `unknown` where nothing was measured lately. */
  @ApiProperty({
    enum: ['climb', 'leave', 'keep', 'unknown'],
    description: '`climb` or `leave` the rung, `keep` what is, or `unknown` where nothing was measured lately.',
  })
  action!: 'climb' | 'leave' | 'keep' | 'unknown';
  /** The rung. */
  rung!: string | null;
  /** The step to undo, where a rung is to be left. */
  stepId!: number | null;
  /** Observed load of the last minute, per mille of the declared capacity. */
  loadPerMille!: number | null;
  /** Why. */
  reason!: WordsDto;
}

/** The declared capacity looks wrong. */
export class CapacityNoticeDto {
  /** `too_high`: it bears less, a regulation; `too_low`: it bears more, a capacity step. */
  @ApiProperty({
    enum: ['too_high', 'too_low'],
    description: '`too_high`: it bears less, a regulation; `too_low`: it bears more, a capacity step.',
  })
  kind!: 'too_high' | 'too_low';
  /** Which of the two declarations looks wrong. */
  @ApiProperty({ enum: DECLARED, description: 'Which of the two declarations looks wrong.' })
  about!: Declared;
  /** Sessions that were observed. */
  observedSessions!: number;
  /** Sessions that are declared, after regulations. */
  declaredSessions!: number;
  /** Log-ins a minute that were observed; null where they were not measured. */
  observedLogins!: number | null;
  /** Log-ins a minute that are declared, after regulations. */
  declaredLogins!: number;
  /** Of a regulation: what would be left of sessions; null where they stay as they are. */
  sessionsPerMille!: number | null;
  /** Of a regulation: what would be left of log-ins; null where they stay as they are. */
  loginsPerMille!: number | null;
  /** Of a capacity step: sessions that would be declared; null where they stay as they are. */
  concurrentSessions!: number | null;
  /** Of a capacity step: log-ins a minute that would be declared; null where they stay as they are. */
  loginsPerMinute!: number | null;
  /** Why. */
  reason!: WordsDto;
}

/** A person's word on a capacity notice. */
export class CapacityApprovalRequestDto {
  /** What the notice says: refused where the service says it no more. */
  @IsIn(['too_high', 'too_low'])
  kind!: 'too_high' | 'too_low';

  /** Which declaration the notice was about when it was read: refused where it is about the other meanwhile; absent: whichever. */
  @MayBeLeftOut()
  @IsIn(DECLARED)
  about?: Declared;

  /** Of a regulation: when it ends, four hours from now unless said. */
  @MayBeLeftOut()
  @IsInstant()
  endsAt?: string;

  /** Why, for the audit trail; without the name of a person. */
  @IsString()
  @Length(1, 500)
  reason!: string;
}

/** What was done with a capacity notice. */
export class ApprovedCapacityDto {
  /** The regulation that was added. */
  regulationId!: number | null;
  /** The capacity step that was added. */
  capacityStepId!: number | null;
  /** The campaigns whose published plans are changed as little as possible. */
  campaignIds!: number[];
}

/** A minute as it was measured. */
export class MeasuredMinuteDto {
  /** Its begin. */
  at!: string;
  /** Sessions that were open. */
  sessions!: number | null;
  /** Log-ins of the minute. */
  loginsPerMinute!: number | null;
  /** Time to answer, 95th percentile. */
  latencyMilliseconds!: number | null;
  /** Requests that failed, per mille. */
  errorsPerMille!: number | null;
  /** Sessions that the platform was declared to bear, after regulations. */
  sessionLimit!: number;
  /** Log-ins a minute that it was declared to take. */
  loginLimit!: number;
  /** The fuller of the two, per mille; full at least where requests fail. */
  loadPerMille!: number;
}

/** What is measured, and what the service makes of it. */
export class ProtectionProposalDto {
  /** The rung to climb to or to leave; a person decides. */
  proposal!: RungProposalDto;
  /** Whether the declared capacity looks wrong; null where it does not. */
  capacityNotice!: CapacityNoticeDto | null;
  /** The last half hour. */
  minutes!: MeasuredMinuteDto[];
}

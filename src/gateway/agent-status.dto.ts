import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsInstant } from '../common/wire-time';
import { POSTURES } from '../kernel/decision/bundle-content';
import { IntervalsDto } from './bundle-feed.dto';

export const AGENT_STATES = ['starting', 'running', 'stale', 'expired', 'fail_static'] as const;
export const REFUSAL_CODES = [
  'signature_invalid',
  'chain_broken',
  'older_revision',
  'truncated',
  'format_unknown',
  'platform_other',
  'content_invalid',
  'disk_full',
  'clock_wrong',
] as const;

/** Which state of a plan something is about. */
class PlanStateDto {
  /** Null without a plan, or where it could not be read. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  epoch?: number | null;

  /** Null without a plan, or where it could not be read. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  revision?: number | null;
}

/** What an agent last refused to run. */
export class RefusedPlanDto extends PlanStateDto {
  /** Why. */
  @IsIn(REFUSAL_CODES)
  code!: (typeof REFUSAL_CODES)[number];

  /** When. */
  @IsInstant()
  at!: string;
}

/** What an agent counted since its start: requests, of nobody in particular. */
export class AgentCountsDto {
  /** When its process started. */
  @IsInstant()
  since!: string;

  /** Requests with a pass that was still good: nothing was decided. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  passes!: number;

  /** Requests for an admission that were decided. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  attempts!: number;

  /** Of them, let in. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  admitted!: number;

  /** Told to come back. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  deferred!: number;

  /** Refused. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  refused!: number;

  /** Let in by the posture alone. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  wouldRefuse!: number;

  /** Batches of counts that the service has not taken. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  waitingBatches!: number;

  /** Attempts that were not counted: too much was waiting, or the service refused their batch for good. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  droppedAttempts!: number;
}

/** The waiting room of an agent; agents that share a store all tell of one line. */
export class AgentRoomDto {
  /** Whether tickets are given. */
  @IsBoolean()
  isOpen!: boolean;

  /** Whether its store is away: the agent spends its lease, then calls nobody. */
  @IsBoolean()
  isAway!: boolean;

  /** Pupils and staff who wait. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  pupils!: number;

  /** Those who wait and of whom nobody knows what they are. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  unknown!: number;

  /** Relatives who wait. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  relatives!: number;

  /** Those whom a protection step holds back; their places are kept. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  held!: number;

  /** Called by this agent since its start. */
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  called!: number;
}

/** What an agent runs. */
export class AgentStatusDto extends PlanStateDto {
  /** The process, unique for its key. */
  @Matches(/^[A-Za-z0-9._-]{1,60}$/, { message: 'agent must be 1 to 60 letters, digits, dots, dashes or underscores' })
  agent!: string;

  /** Version of its program. */
  @IsString()
  @MaxLength(60)
  version!: string;

  /** How it goes. */
  @IsIn(AGENT_STATES)
  state!: (typeof AGENT_STATES)[number];

  /** The posture in force; null without a plan. */
  @IsOptional()
  @IsIn(POSTURES)
  posture?: (typeof POSTURES)[number] | null;

  /** Of its bundle. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  edition?: number | null;

  /** Of its bundle, Unix seconds. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(100_000_000_000)
  issuedAt?: number | null;

  /** Its chain value, hex. */
  @IsOptional()
  @Matches(/^[0-9a-f]{64}$/, { message: 'chain must be 64 hex digits' })
  chain?: string | null;

  /** What it last refused. */
  @IsOptional()
  @ValidateNested()
  @Type(() => RefusedPlanDto)
  refused?: RefusedPlanDto | null;

  /** What it counted since its start. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AgentCountsDto)
  counts?: AgentCountsDto | null;

  /** Its waiting room; null or absent where it has none. */
  @IsOptional()
  @ValidateNested()
  @Type(() => AgentRoomDto)
  room?: AgentRoomDto | null;

  /** Its clock when it sent this. */
  @IsInstant()
  sentAt!: string;
}

/** How the service answers a status. */
export class StatusAnswerDto {
  /** The service's clock. */
  receivedAt!: string;
  /** Clock of the agent less that of the service, with the way in it. */
  clockOffsetSeconds!: number;
  /** What the service has; null where nothing was ever published. */
  @ApiProperty({ type: Number, nullable: true, description: 'What the service has; null where there is no bundle.' })
  epoch!: number | null;
  /** The same. */
  @ApiProperty({ type: Number, nullable: true, description: 'What the service has; null where there is no bundle.' })
  revision!: number | null;
  /** The same. */
  @ApiProperty({ type: Number, nullable: true, description: 'What the service has; null where there is no bundle.' })
  edition!: number | null;
  /** Poll and retry intervals. */
  intervals!: IntervalsDto;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import { LEVELS } from '../directory/level';
import { POSTURES } from '../kernel/decision/bundle-content';
import { VISITOR_PROFILES } from '../kernel/decision/visitor';

export const AGENT_STATES = ['starting', 'running', 'stale', 'expired', 'fail_static'] as const;
export const REFUSAL_CODES = [
  'signature_invalid', 'chain_broken', 'older_revision', 'truncated', 'format_unknown', 'platform_other', 'content_invalid',
  'disk_full', 'clock_wrong',
] as const; // prettier-ignore
const MOST_ROWS = 4000;
const MOST_COUNT = 10_000_000;
const LAST_CELL = 2_147_483_647;

/** How long a request may wait for something new. */
export class WaitQuery {
  /** Seconds to wait for something new, at most 30. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(0)
  @Max(30)
  wait?: number = 0;
}

/** From where deltas are asked for. */
export class DeltaQuery extends WaitQuery {
  /** What the gateway runs, `<epoch>.<revision>`. */
  @IsString()
  @Matches(/^\d{1,9}\.\d{1,15}$/, { message: 'after must be <epoch>.<revision>, such as 1.47' })
  after!: string;
}

/** From where a stream begins. */
export class StreamQuery {
  /** What the gateway runs, `<epoch>.<revision>`; `Last-Event-ID` goes before it. */
  @IsOptional()
  @Matches(/^\d{1,9}\.\d{1,15}$/, { message: 'after must be <epoch>.<revision>, such as 1.47' })
  after?: string;
}

/** What the server prescribes, in seconds. */
export class IntervalsDto {
  /** Ask for deltas again after this long ... */
  pollSeconds!: number;
  /** ... and a random part of this. */
  pollJitterSeconds!: number;
  /** The same after a failure, doubled at each further one. */
  retrySeconds!: number;
  /** The random part after a failure. */
  retryJitterSeconds!: number;
  /** A whole bundle that is needed is fetched at a random moment within this long. */
  fetchWithinSeconds!: number;
}

/** A signed delta. */
export class DeltaDto {
  /** The revision that it follows. */
  from!: number;
  /** The revision that it leads to. */
  to!: number;
  /** The exact text that is signed. */
  bytes!: string;
  /** Detached JWS over the text. */
  signature!: string;
  /** SHA-256 chain after it, hex. */
  chain!: string;
}

/** Deltas after a revision. */
export class DeltaPageDto {
  /** The epoch in force. */
  epoch!: number;
  /** The newest revision that deltas lead to. */
  revision!: number;
  /** The newest bundle. */
  edition!: number;
  /** Gateways with an older edition fetch the whole bundle. */
  neededEdition!: number;
  /** Poll and retry intervals. */
  intervals!: IntervalsDto;
  /** Oldest first, at most 200. */
  deltas!: DeltaDto[];
}

/** A key that verifies bundles and deltas. */
export class VerificationKeyDto {
  /** Its name. */
  kid!: string;
  /** Always OKP. */
  kty!: string;
  /** Always Ed25519. */
  crv!: string;
  /** The public key. */
  x!: string;
  /** Always sig. */
  use!: string;
  /** Always EdDSA. */
  alg!: string;
}

/** JSON Web Key Set. */
export class VerificationKeysDto {
  /** Newest first. */
  keys!: VerificationKeyDto[];
}

/** A key of passes. */
export class PassKeyDto {
  /** Its name, which passes carry. */
  kid!: string;
  /** 32 bytes, base64url. */
  secret!: string;
  /** It signs passes from here on. */
  signsFrom!: string;
  /** Passes of it are accepted until then; null while it is the newest. */
  @ApiProperty({
    type: String,
    nullable: true,
    description: 'Passes of it are accepted until then; null for the newest.',
  })
  verifiesUntil!: string | null;
}

/** The platform's keys of passes. */
export class PassKeysDto {
  /** Newest first. */
  keys!: PassKeyDto[];
}

/** What an agent last refused to run. */
export class RefusedPlanDto {
  /** Why. */
  @IsIn(REFUSAL_CODES)
  code!: (typeof REFUSAL_CODES)[number];

  /** Of what was refused, where it could be read. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  epoch?: number | null;

  /** Of what was refused, where it could be read. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  revision?: number | null;

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

  /** Attempts that were not counted, since too much was waiting. */
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
export class AgentStatusDto {
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

  /** Null without a plan. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000)
  epoch?: number | null;

  /** Null without a plan. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000_000_000)
  revision?: number | null;

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

/** What was done with visitors, as numbers. */
export class CountsDto {
  /** Visitors let in. */
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  admitted!: number;

  /** Visitors told to come back. */
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  deferred!: number;

  /** Visitors refused. */
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  refused!: number;

  /** Requests for an admission, repeated ones too. */
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  attempts!: number;

  /** Let in by the posture alone. */
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  wouldRefuse!: number;
}

/** Counts of an owner's window, or of an owner outside every window. */
export class WindowCountDto extends CountsDto {
  /** Whose windows. */
  @IsIn(['pupils', 'relatives', 'staff'])
  audience!: 'pupils' | 'relatives' | 'staff';

  /** Class for pupils, establishment otherwise. */
  @IsInt()
  @Min(1)
  @Max(LAST_CELL)
  ownerId!: number;

  /** Start of the window; null outside every window. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LAST_CELL)
  startCell?: number | null;

  /** The civil date of the establishment. */
  @IsCivilDate()
  onDate!: string;
}

/** Counts of a cell. */
export class CellCountDto extends CountsDto {
  /** Unix seconds / 300. */
  @IsInt()
  @Min(0)
  @Max(LAST_CELL)
  cell!: number;

  /** Code of the department. */
  @Matches(/^[0-9A-Za-z-]{1,20}$/, { message: 'department must be the code of a department' })
  department!: string;

  /** Index of the level; null where it is not known. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LEVELS.length - 1)
  level?: number | null;

  /** What visitors are at the ENT. */
  @IsIn(VISITOR_PROFILES)
  profile!: (typeof VISITOR_PROFILES)[number];
}

/** Counts since the batch before; never a person. */
export class CountBatchDto {
  /** The process. */
  @Matches(/^[A-Za-z0-9._-]{1,60}$/, { message: 'agent must be 1 to 60 letters, digits, dots, dashes or underscores' })
  agent!: string;

  /** Names the batch: sent again, it changes nothing. */
  @IsUUID()
  batchId!: string;

  /** Per owner and window. */
  @IsArray()
  @ArrayMaxSize(MOST_ROWS)
  @ValidateNested({ each: true })
  @Type(() => WindowCountDto)
  windows!: WindowCountDto[];

  /** Per cell, department, level and profile. */
  @IsArray()
  @ArrayMaxSize(MOST_ROWS)
  @ValidateNested({ each: true })
  @Type(() => CellCountDto)
  cells!: CellCountDto[];
}

/** What became of a batch. */
export class CountAnswerDto {
  /** Rows that were added. */
  accepted!: number;
  /** Rows of owners that the platform does not have, and of days that are not counted any more. */
  unknownOwners!: number;
  /** Whether this batch had come before. */
  isRepeated!: boolean;
}

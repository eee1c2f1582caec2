import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
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
import { IsInstant } from '../common/wire-time';
import { AGED_BEHAVIOURS, POSTURES, type AgedBehaviour, type Posture } from '../kernel/decision/bundle-content';

/** A class, or a whole establishment, that enters at any time of a stretch. */
export class ExemptionDto {
  /** Number of the establishment. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  establishmentId!: number;

  /** Number of the class; null for the whole establishment. */
  @ValidateIf((_, value) => value !== null)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  @ApiProperty({ type: 'integer', nullable: true, minimum: 1, description: 'Number of the class; null for all.' })
  classId!: number | null;

  /** The first instant. */
  @IsInstant()
  startsAt!: string;

  /** The end, half open. */
  @IsInstant()
  endsAt!: string;

  /** Why. */
  @IsIn(['exam', 'test'])
  reason!: 'exam' | 'test';
}

/** How the gateways of a platform behave; every field is sent. */
export class GatewaySettingsDto {
  /** `shadow` measures and refuses nobody, `advised` tells and lets in, `enforced` decides. */
  @IsIn(POSTURES)
  posture!: Posture;

  /** A bundle counts as old after this long; it is renewed at a third of it. */
  @IsInt()
  @Min(5)
  @Max(10_080)
  staleAfterMinutes!: number;

  /** A bundle has expired after this long; not before it is old. */
  @IsInt()
  @Min(10)
  @Max(20_160)
  expiresAfterMinutes!: number;

  /** What gateways do with an old plan. */
  @IsIn(AGED_BEHAVIOURS)
  whenStale!: AgedBehaviour;

  /** What gateways do with an expired plan. */
  @IsIn(AGED_BEHAVIOURS)
  whenExpired!: AgedBehaviour;

  /** Those who wait for an opening come back spread over this long. */
  @IsInt()
  @Min(0)
  @Max(1800)
  entrySpreadSeconds!: number;

  /** How long an admission lasts that no window ends. */
  @IsInt()
  @Min(60)
  @Max(86_400)
  openPassSeconds!: number;

  /** Minutes after which an idle session ends. */
  @IsInt()
  @Min(1)
  @Max(240)
  idleMinutes!: number;

  /** Names of what may be switched off at the ENT. */
  @IsArray()
  @ArrayMaxSize(31)
  @IsString({ each: true })
  @Length(1, 40, { each: true })
  @Matches(/^[a-z0-9_-]+$/, { each: true })
  features!: string[];

  /** Visitors outside their window whom one agent lets in within five minutes. */
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  walkInPerCell!: number;

  /** Of whom this many places are kept for those who were not admitted today. */
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  keptPerCell!: number;

  /** Urgent passes of one agent within five minutes. */
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  urgentPerCell!: number;

  /** Exams and tests. */
  @IsArray()
  @ArrayMaxSize(2000)
  @ValidateNested({ each: true })
  @Type(() => ExemptionDto)
  exemptions!: ExemptionDto[];
}

/** A key that was made. */
export class RotatedKeyDto {
  /** Its name. */
  kid!: string;
}

/** An epoch that was begun. */
export class EpochDto {
  /** In force from now on: gateways refuse older ones. */
  epoch!: number;
  /** Revisions go on from here. */
  revision!: number;
}

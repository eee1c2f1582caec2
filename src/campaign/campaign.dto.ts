import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import type { CivilDate } from '../common/civil-time';
import { IsCivilDate, IsInstant } from '../common/wire-time';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from '../directory/directory-rows';
import type { Level } from '../directory/level';
import { PRESET_IDS, type PresetId } from './campaign-presets.rules';
import { CatchUpDto, LoadModelAnswerDto, LoadModelDto, WindowRuleDto } from './campaign-rules.dto';
import { PageQuery } from '../common/page-query.dto';

/** A campaign to be made: a preset and its dates are enough. */
export class CreateCampaignDto {
  /** What people call it. */
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  /** The platform whose capacity it shares out. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId!: number;

  /** First day, a civil date. */
  @IsCivilDate()
  startsOn!: CivilDate;

  /** Last day, included; ten weeks after the first at most. */
  @IsCivilDate()
  endsOn!: CivilDate;

  /** School year whose classes take part, `2026-2027`; the one of the first day where absent. */
  @MayBeLeftOut()
  @Matches(/^20\d{2}-20\d{2}$/)
  schoolYear?: string;

  /** Where everything that is not stated comes from. */
  @MayBeLeftOut()
  @IsIn(PRESET_IDS)
  preset?: PresetId;

  /** Whether a class keeps the same hours each week. */
  @MayBeLeftOut()
  @IsBoolean()
  keepsSameHours?: boolean;

  /** Territories (region, academy, department) that take part; none means all of the platform. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(2_147_483_647, { each: true })
  territoryIds?: number[];

  /** Kinds of establishments that take part; none means all. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  establishmentKinds?: string[];

  /** Levels that take part; none means all. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @IsString({ each: true })
  levels?: Level[];

  /** Windows per audience and level; needed without a preset. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => WindowRuleDto)
  rules?: WindowRuleDto[];

  /** Most fixed windows of an establishment, per mille of its windows (two a week are always allowed); 50 where absent. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(1000)
  fixedWindowsPerMille?: number;

  /** Evening catch-up; null for none, absent for that of the preset. */
  @IsOptional()
  @ValidateNested()
  @Type(() => CatchUpDto)
  catchUp?: CatchUpDto | null;

  /** First instant at which heads may write wishes; from the start where absent. */
  @IsOptional()
  @IsInstant()
  wishesOpenAt?: string | null;

  /** First instant at which they may no more; never where absent. */
  @IsOptional()
  @IsInstant()
  wishesCloseAt?: string | null;

  /** Whether its first plan is published only when the authorities of all establishments that take part have approved; no where absent. */
  @MayBeLeftOut()
  @IsBoolean()
  isApprovalNeeded?: boolean;

  /** The calibration whose proposed load model it begins with, in the place of its preset's. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  calibrationId?: number;

  /** What differs from the load model of the preset, or of the calibration. */
  @MayBeLeftOut()
  @ValidateNested()
  @Type(() => LoadModelDto)
  loadModel?: LoadModelDto;
}

/** A campaign with its rules. */
export class CampaignDto {
  /** Number of the campaign. */
  id!: number;
  /** What people call it. */
  name!: string;
  /** The platform whose capacity it shares out. */
  platformId!: number;
  /** First day. */
  startsOn!: CivilDate;
  /** Last day, included. */
  endsOn!: CivilDate;
  /** School year whose classes take part. */
  schoolYear!: string;
  /** Preset that it was made from. */
  preset!: string | null;
  /** Whether a class keeps the same hours each week. */
  keepsSameHours!: boolean;
  /** Territories that take part; none means all of the platform. */
  territoryIds!: number[];
  /** Kinds of establishments that take part; none means all. */
  establishmentKinds!: string[];
  /** Levels that take part; none means all. */
  levels!: string[];
  /** Windows per audience and level. */
  rules!: WindowRuleDto[];
  /** Most fixed windows of an establishment, per mille of its windows. */
  fixedWindowsPerMille!: number;
  /** Evening catch-up, null for none. */
  catchUp!: CatchUpDto | null;
  /** First instant at which heads may write wishes; null: from the start. */
  wishesOpenAt!: string | null;
  /** First instant at which they may no more; null: no deadline. */
  wishesCloseAt!: string | null;
  /** The complete load model. */
  loadModel!: LoadModelAnswerDto;
  /** Whether its first plan waits for the authorities of the establishments that take part. */
  isApprovalNeeded!: boolean;
  /** The calibration whose load model it began with; null where it was its preset's. */
  calibrationId!: number | null;
  /** Who made it. */
  createdBy!: string;
  /** When it was made, an instant in UTC. */
  createdAt!: string;
}

/** Which campaigns. */
export class CampaignListQuery extends PageQuery {
  /** Only those of this platform. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId?: number;
}

/** Who would take part in a campaign that is not made yet. */
export class ConcernedQuery {
  /** The platform whose capacity it would share out. */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId!: number;

  /** Its first day, which tells the school year. */
  @IsCivilDate()
  startsOn!: CivilDate;

  /** The preset, for the levels that it is for; all levels without one. */
  @MayBeLeftOut()
  @IsIn(PRESET_IDS)
  preset?: PresetId;

  /** Kinds of establishments, repeated or separated by commas; none means all. */
  @MayBeLeftOut()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : (value as unknown)))
  @ArrayMaxSize(8)
  @IsIn(ESTABLISHMENT_KINDS, { each: true })
  kind?: EstablishmentKind[];

  /** Numbers of territories, repeated or separated by commas; none means all of the platform. */
  @MayBeLeftOut()
  @Transform(({ value }) =>
    (typeof value === 'string' ? value.split(',') : Array.isArray(value) ? (value as unknown[]) : [value]).map(Number),
  )
  @ArrayMaxSize(200)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(2_147_483_647, { each: true })
  territoryId?: number[];
}

/** A page of campaigns, the newest first. */
export class CampaignPageDto {
  /** The campaigns. */
  items!: CampaignDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** A campaign ready to be dated. */
export class CampaignPresetDto {
  /** What to state as `preset`. */
  id!: PresetId;
  /** Its name, in French. */
  title!: string;
  /** What it gives to whom. */
  description!: string;
  /** Whether a class keeps the same hours each week. */
  keepsSameHours!: boolean;
  /** Levels that take part; none means all. */
  levels!: string[];
  /** Windows per audience and level. */
  rules!: WindowRuleDto[];
  /** Evening catch-up. */
  catchUp!: CatchUpDto;
  /** Its load model. */
  loadModel!: LoadModelAnswerDto;
}

/** The presets. */
export class CampaignPresetListDto {
  /** All presets. */
  items!: CampaignPresetDto[];
}

/** Who takes part, for one kind of establishment. */
export class ConcernedKindDto {
  /** Kind of the establishments. */
  kind!: string;
  /** Establishments with at least one class that takes part. */
  establishmentCount!: number;
  /** Divisions that take part. */
  classCount!: number;
  /** Teaching groups beside them. */
  groupCount!: number;
  /** Pupils of the divisions. */
  pupilCount!: number;
}

/** Who takes part in a campaign. */
export class ConcernedDto {
  /** Counts per kind of establishment. */
  items!: ConcernedKindDto[];
  /** Establishments in all. */
  establishmentCount!: number;
  /** Divisions in all. */
  classCount!: number;
  /** Teaching groups in all. */
  groupCount!: number;
  /** Pupils in all. */
  pupilCount!: number;
}

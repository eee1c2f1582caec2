import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsUUID,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { AUDIENCES } from '../campaign/window-kind';
import { IsCivilDate } from '../common/wire-time';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from '../directory/directory-rows';
import { LEVELS } from '../directory/level';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';

/** Whose windows are counted; the index is what tables store. */
export const COUNTED_AUDIENCES = [...AUDIENCES, 'school'] as const;

const MOST_ROWS = 4000;
const MOST_COUNT = 10_000_000;
const LAST_CELL = 2_147_483_647;

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
  /** Whose windows; `school`: pupils whose class the plan does not know, with the cell in which a window of their level let them in. */
  @IsIn(COUNTED_AUDIENCES)
  audience!: (typeof COUNTED_AUDIENCES)[number];

  /** Class for `pupils`, establishment otherwise. */
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

  /** Visits that are over, of those that the gateway watches; missing from agents of before. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(MOST_COUNT)
  ended?: number;

  /** How long these were together, from the admission to the last page. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(LAST_CELL)
  staySeconds?: number;
}

/** Counts of a cell. */
export class CellCountDto extends CountsDto {
  /** Unix seconds / 300. */
  @IsInt()
  @Min(0)
  @Max(LAST_CELL)
  cell!: number;

  /** Code of the department; empty where nobody knows the visitors' school. */
  @Matches(/^[0-9A-Za-z-]{0,20}$/, { message: 'department must be the code of a department, or empty' })
  department!: string;

  /** Kind of the visitors' school; null where nobody knows it, missing from agents of before. */
  @IsOptional()
  @IsIn(ESTABLISHMENT_KINDS)
  kind?: EstablishmentKind | null;

  /** Index of the level; null where it is not known. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LEVELS.length - 1)
  level?: number | null;

  /** What visitors are at the ENT; `chosen`: they only chose a class, which shows nothing. */
  @IsIn(COUNTED_PROFILES)
  profile!: (typeof COUNTED_PROFILES)[number];
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

  /** Per cell, department, kind, level and profile. */
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

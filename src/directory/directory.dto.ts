import { Transform, Type } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsInt, IsNumber, IsString, Length, Matches, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import {
  ESTABLISHMENT_KINDS,
  type ClassKind,
  type EstablishmentKind,
  type PriorityEducation,
  type Sector,
} from './directory-rows';
import type { Level, LevelGroup } from './level';
import { PageQuery } from '../common/page-query.dto';

/** Which establishments, and in which order. */
export class EstablishmentQueryDto extends PageQuery {
  /** The code (`R32`, `A09`, `59`) or id of a region, academy or department. */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 20)
  territory?: string;

  /** One kind or several, repeated or separated by commas. */
  @MayBeLeftOut()
  @Transform(({ value }) => (typeof value === 'string' ? value.split(',') : (value as unknown)))
  @ArrayMaxSize(8)
  @IsIn(ESTABLISHMENT_KINDS, { each: true })
  kind?: EstablishmentKind[];

  /** The number of the platform that they are on. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platform?: number;

  /** Words of the name, the commune or the UAI, or parts of them: all must be found; capitals, accents and hyphens do not count. */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 100)
  text?: string;

  /** A point, `latitude,longitude` in degrees: the nearest establishments first; those without a position are left out. */
  @MayBeLeftOut()
  @Matches(/^\s*-?\d{1,2}(\.\d+)?\s*,\s*-?\d{1,3}(\.\d+)?\s*$/, { message: 'near is latitude,longitude in degrees' })
  near?: string;

  /** How far from the point, in kilometres. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsNumber()
  @Min(0.1)
  @Max(20_000)
  radiusKilometres?: number = 20;
}

/** Which classes. */
export class ClassQueryDto extends PageQuery {
  /** The school year, such as 2026-2027; without it the latest of which the establishment has classes. */
  @MayBeLeftOut()
  @IsString()
  @Length(4, 9)
  schoolYear?: string;
}

/** A region, an academy or a department. */
export class TerritoryDto {
  /** The number of the territory. */
  id!: number;
  /** Region `R` and INSEE's code, academy `A` and its national code, department its number. */
  code!: string;
  /** What it is. */
  kind!: 'region' | 'academy' | 'department';
  /** Its name. */
  name!: string;
  /** The territory that it belongs to; null for a region. */
  parentId!: number | null;
  /** The mean of its schools' latitudes, in degrees; null where none is located. */
  latitude!: number | null;
  /** The mean of their longitudes. */
  longitude!: number | null;
}

/** A page of territories. */
export class TerritoryPageDto {
  /** The territories, by number. */
  items!: TerritoryDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

/** A school. */
export class EstablishmentDto {
  /** The number of the establishment. */
  id!: number;
  /** Its national identifier: seven digits and a check letter. */
  uai!: string;
  /** Its name. */
  name!: string;
  /** What kind of school it is. */
  kind!: EstablishmentKind;
  /** Public, or private under contract. */
  sector!: Sector;
  /** Whether it is in a network of priority education. */
  priorityEducation!: PriorityEducation;
  /** The number of its department. */
  departmentId!: number;
  /** The code of its department. */
  departmentCode!: string;
  /** INSEE's code of its commune; null where no file told it. */
  communeCode!: string | null;
  /** The name of its commune. */
  communeName!: string;
  /** The IANA zone in which its civil times stand. */
  timeZone!: string;
  /** The zone of its school holidays. */
  holidayZone!: string;
  /** Degrees north; null where no file told it. */
  latitude!: number | null;
  /** Degrees east; null where no file told it. */
  longitude!: number | null;
  /** Its telephone; null where no file told it. */
  telephone!: string | null;
  /** What the ENT calls it in the keys of its classes; null until a mapping is imported. */
  structureExternalId!: string | null;
  /** Half days of teaching: bit 2 x (weekday - 1) for the morning, the next one for the afternoon, Monday is weekday 1. */
  openHalfDays!: number;
  /** Most windows at once, where its own line is narrow; null for no limit. */
  simultaneousWindowLimit!: number | null;
  /** The platform that it belongs to; null for none. */
  platformId!: number | null;
  /** The file that named it. */
  source!: string;
  /** Great-circle distance to the asked point in metres; null where none was asked. */
  distanceMetres!: number | null;
}

/** A page of establishments. */
export class EstablishmentPageDto {
  /** The establishments, by UAI or by distance. */
  items!: EstablishmentDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

/** A division, or a group whose pupils come from divisions. */
export class ClassDto {
  /** The number of the class. */
  id!: number;
  /** The school year, such as 2026-2027. */
  schoolYear!: string;
  /** Its code in the establishment. */
  code!: string;
  /** A division, or a group. */
  kind!: ClassKind;
  /** Its levels, from the youngest. */
  levels!: Level[];
  /** The group of its oldest level, which rules and load models distinguish. */
  levelGroup!: LevelGroup;
  /** How many pupils it has. */
  headcount!: number;
  /** The key that the ENT knows it by; null until a mapping is imported. */
  entClassKey!: string | null;
  /** The set of parallel options that a group belongs to: groups of one set share no pupil. */
  optionSet!: string | null;
  /** Whether it was made by a stated rule from headcounts. */
  isDerived!: boolean;
  /** The file that it was read from. */
  source!: string;
  /** Codes of the classes that a group draws from; empty for a division. */
  groupSourceCodes!: string[];
  /** How many teachers it has, known by hashed keys only. */
  teacherCount!: number;
}

/** A page of classes. */
export class ClassPageDto {
  /** The classes, by code. */
  items!: ClassDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

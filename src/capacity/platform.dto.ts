import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsString,
  IsUrl,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';

/** A portal of the ENT that stands on a platform. */
export class NewPortalDto {
  /** Its name. */
  @IsString()
  @Length(1, 100)
  name!: string;

  /** Its address. */
  @MayBeLeftOut()
  @IsUrl({ require_tld: false, require_protocol: true, protocols: ['https', 'http'] })
  @MaxLength(500)
  url?: string;
}

/** A platform to register. */
export class NewPlatformDto {
  /** A short code of its own: lower-case letters, digits and hyphens. */
  @Matches(/^[a-z0-9-]{1,40}$/)
  code!: string;

  /** Its name. */
  @IsString()
  @Length(1, 200)
  name!: string;

  /** The IANA time zone of its local day, such as Europe/Paris. */
  @IsString()
  @MaxLength(60)
  timeZone!: string;

  /** The share of the effective capacity that no plan may use, per mille. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(900)
  headroomPerMille?: number = 100;

  /** Levels whose pupils come through their parents' accounts; the pre-elementary ones unless stated. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(30)
  @Matches(/^[A-Z0-9_]{1,20}$/, { each: true })
  parentAccountLevels?: string[];

  /** The portals that stand on it. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(50)
  @ValidateNested({ each: true })
  @Type(() => NewPortalDto)
  portals?: NewPortalDto[];
}

/** A portal of the ENT that stands on a platform. */
export class PortalDto {
  /** Its name. */
  name!: string;
  /** Its address, null where it is not known. */
  url!: string | null;
}

/** The infrastructure that saturates. */
export class PlatformDto {
  /** Its number. */
  id!: number;
  /** Its code. */
  code!: string;
  /** Its name. */
  name!: string;
  /** The IANA time zone of its local day. */
  timeZone!: string;
  /** The share of the effective capacity that no plan may use, per mille. */
  headroomPerMille!: number;
  /** Levels whose pupils come through their parents' accounts. */
  parentAccountLevels!: string[];
  /** The portals that stand on it, by name. */
  portals!: PortalDto[];
}

/** A page of platforms. */
export class PlatformPageDto {
  /** The platforms, in the order of their numbers. */
  items!: PlatformDto[];
  /** The cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

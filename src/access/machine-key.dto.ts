import {
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { KEY_SCOPES, type KeyScope } from './actor';

const LONGEST_DAYS = 731;

/** A key to make. */
export class NewMachineKeyDto {
  /** What uses it: the name of a gateway or a program, never a person's. */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  /** What it is for. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(KEY_SCOPES, { each: true })
  scopes!: KeyScope[];

  /** The platform that it is bound to; a gateway's key needs one. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  platformId?: number;

  /** Days until it expires. */
  @MayBeLeftOut()
  @IsInt()
  @Min(1)
  @Max(LONGEST_DAYS)
  days?: number = 366;
}

/** How a key is replaced. */
export class RotateMachineKeyDto {
  /** Hours for which the old secret still opens. */
  @MayBeLeftOut()
  @IsInt()
  @Min(0)
  @Max(720)
  overlapHours?: number = 24;
}

/** A key, without its secret. */
export class MachineKeyDto {
  /** The number of the key. */
  id!: number;
  /** What uses it. */
  name!: string;
  /** The first characters of its secret. */
  prefix!: string;
  /** What it is for. */
  scopes!: KeyScope[];
  /** The platform that it is bound to; null for none. */
  platformId!: number | null;
  /** Who made it. */
  createdBy!: string;
  /** When it was made. */
  createdAt!: string;
  /** When it ends. */
  expiresAt!: string;
  /** When it was last used, to the minute; null for never. */
  lastUsedAt!: string | null;
  /** When it was revoked; null while it was not. */
  revokedAt!: string | null;
}

/** A new key with its secret, which is shown this once. */
export class MadeMachineKeyDto extends MachineKeyDto {
  /** The secret: `Authorization: Bearer` and this. It cannot be shown again. */
  secret!: string;
}

/** A page of keys. */
export class MachineKeyPageDto {
  /** The keys, by number. */
  items!: MachineKeyDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

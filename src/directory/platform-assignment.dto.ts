import { ArrayMaxSize, IsArray, IsIn, IsString, Length } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from './directory-rows';

/** Which establishments to put on a platform: those for which all that is given holds. */
export class PlatformAssignmentRequestDto {
  /** Codes of regions, academies or departments (`R32`, `A09`, `59`): an establishment of any of them. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @Length(1, 20, { each: true })
  territoryCodes?: string[];

  /** Kinds of establishments: any of them. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(8)
  @IsIn(ESTABLISHMENT_KINDS, { each: true })
  kinds?: EstablishmentKind[];

  /** UAIs; one that is not known refuses the whole request. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMaxSize(20_000)
  @IsString({ each: true })
  @Length(1, 20, { each: true })
  uais?: string[];
}

/** What became of the establishments. */
export class PlatformAssignmentDto {
  /** How many had no platform before. */
  assignedCount!: number;
  /** How many were on the platform already. */
  unchangedCount!: number;
  /** How many came from another platform. */
  movedCount!: number;
}

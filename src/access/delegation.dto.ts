import { IsString, Matches, MaxLength, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsInstant } from '../common/wire-time';

/** Whom an establishment is handed to, and for how long. */
export class NewDelegationDto {
  /** The provider that knows the deputy, as its page after a sign-in shows it; without it the one at which people sign in here. */
  @MayBeLeftOut()
  @Matches(/^https?:\/\/[^\s\0]+$/)
  @MaxLength(500)
  issuer?: string;

  /** What that provider calls the deputy, as the same page shows it; never a name. */
  @IsString()
  @Matches(/^[^\s\0]+$/)
  @MinLength(1)
  @MaxLength(255)
  subject!: string;

  /** From when on, with its offset; at once without it. */
  @MayBeLeftOut()
  @IsInstant()
  startsAt?: string;

  /** Until when, with its offset; within 366 days from now. */
  @IsInstant()
  endsAt!: string;
}

/** An establishment in the hands of a deputy for a time. */
export class DelegationDto {
  /** The number of the delegation. */
  id!: number;
  /** The establishment, by UAI. */
  uai!: string;
  /** The provider that knows the deputy. */
  issuer!: string;
  /** What the provider calls the deputy. */
  subject!: string;
  /** Who handed it over. */
  delegatedBy!: string;
  /** From when on. */
  startsAt!: string;
  /** Until when. */
  endsAt!: string;
}

/** A page of delegations. */
export class DelegationPageDto {
  /** The delegations that run or will, the latest first. */
  items!: DelegationDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

import { Type } from 'class-transformer';
import { IsInt, IsString, Matches, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';

/** How long a request may wait for something new. */
export class WaitQuery {
  /** Seconds to wait for something new, at most 30. */
  @MayBeLeftOut()
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
  @MayBeLeftOut()
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

import { IsIn } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { type Language, LANGUAGES } from '../common/language.rules';

/** A feed's address: shown once, kept as a hash. */
export class FeedAddressDto {
  /** Path of the iCalendar feed on this server; whoever knows it may read the feed. */
  path!: string;
}

/** How a feed is read. */
export class FeedQuery {
  /** Language of the texts; French where it is not said. */
  @MayBeLeftOut()
  @IsIn(LANGUAGES)
  lang?: Language;
}

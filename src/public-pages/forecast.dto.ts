import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IsCivilDate } from '../common/wire-time';
import type { TrafficLevel } from './forecast.rules';

/** Which days. */
export class ForecastQuery {
  /** First civil date of the platform's zone; default: today while a published campaign is under way, else the first day of the next one. */
  @MayBeLeftOut()
  @IsCivilDate()
  from?: string;

  /** How many days. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(14)
  days?: number = 7;
}

/** One hour on the platform's clock. */
export class ForecastHourDto {
  /** From this hour to the next one, 0 to 23. */
  hour!: number;
  /** Its first instant, with the offset of the platform's zone. */
  startsAt!: string;
  /** `calm` below 500 per mille, `busy` below 750, `very_busy` below 950, `full` from there on; null where nothing is planned or declared. */
  level!: TrafficLevel | null;
  /** Share of the usable capacity (less headroom) that is taken on average, per mille, sessions or logins, whichever is tighter at each time. */
  takenPerMille!: number | null;
}

/** One day. */
export class ForecastDayDto {
  /** The civil date of the platform's zone. */
  date!: string;
  /** Whether a published campaign covers it; of other days no level is told. */
  isPlanned!: boolean;
  /** Its hours; one that the clock skips is missing. */
  hours!: ForecastHourDto[];
}

/** What is said beforehand about capacity. */
export class ForecastAnnouncementDto {
  /** `capacity_step`: another capacity from then on; `regulation`: less of it for a time. */
  kind!: 'capacity_step' | 'regulation';
  /** From when, with the offset of the platform's zone. */
  startsAt!: string;
  /** Until when; null: until further notice. */
  endsAt!: string | null;
  /** What there is then of the capacity that stood before, per mille. */
  capacityPerMille!: number;
  /** Why, in the operator's words. */
  reason!: string;
}

/** The coming days of a platform as a traffic bulletin. */
export class ForecastDto {
  /** The platform. */
  platformId!: number;
  /** Its name. */
  platformName!: string;
  /** The IANA time zone of its local day. */
  timeZone!: string;
  /** The days, without gaps. */
  days!: ForecastDayDto[];
  /** Steps that begin within these days and regulations that touch them, by their start. */
  announcements!: ForecastAnnouncementDto[];
}

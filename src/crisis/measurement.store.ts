import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';

/** What a source says of a minute. */
export interface Measurement {
  measuredAt: Date;
  sessions: number | null;
  loginsPerMinute: number | null;
  latencyMilliseconds: number | null;
  errorsPerMille: number | null;
}

/** A minute with the largest of what its sources say. */
export type MinuteRow = Omit<Measurement, 'measuredAt'> & { at: Date };

/** Measurements of platforms, minute by minute. */
@Injectable()
export class MeasurementStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The last word of a source on a minute stands. */
  async put(platformId: number, source: string, measurements: readonly Measurement[]): Promise<void> {
    await this.database.query(
      `insert into measurement (platform_id, source, minute_at, sessions, logins_per_minute, latency_milliseconds, errors_per_mille)
       select distinct on (date_trunc('minute', m.at)) $1, $2, date_trunc('minute', m.at), m.sessions, m.logins, m.latency, m.errors
         from unnest($3::timestamptz[], $4::int[], $5::int[], $6::int[], $7::int[])
              with ordinality as m (at, sessions, logins, latency, errors, n)
        order by date_trunc('minute', m.at), m.at desc, n desc
       on conflict (platform_id, minute_at, source) do update set sessions = excluded.sessions,
         logins_per_minute = excluded.logins_per_minute, latency_milliseconds = excluded.latency_milliseconds,
         errors_per_mille = excluded.errors_per_mille`,
      [
        platformId,
        source,
        measurements.map(({ measuredAt }) => measuredAt),
        measurements.map(({ sessions }) => sessions),
        measurements.map(({ loginsPerMinute }) => loginsPerMinute),
        measurements.map(({ latencyMilliseconds }) => latencyMilliseconds),
        measurements.map(({ errorsPerMille }) => errorsPerMille),
      ],
    );
  }

  /** Minutes in [from, to), the oldest first. */
  minutes(platformId: number, from: Date, to: Date): Promise<MinuteRow[]> {
    return this.database.query(
      `select minute_at as at, max(sessions) as sessions, max(logins_per_minute) as "loginsPerMinute",
              max(latency_milliseconds) as "latencyMilliseconds", max(errors_per_mille) as "errorsPerMille"
         from measurement where platform_id = $1 and minute_at >= $2 and minute_at < $3 group by 1 order by 1`,
      [platformId, from, to],
    );
  }
}

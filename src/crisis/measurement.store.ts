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
  /** Requests that latency and errors were taken from. */
  requestCount: number | null;
}

export interface MeasurementSource {
  source: string;
  /** One of several gateways, which sees its own visitors only. */
  isShare: boolean;
}

/** A minute of the whole platform, put together from its sources (the view `measured_minute`). */
export type MinuteRow = Omit<Measurement, 'measuredAt' | 'requestCount'> & { at: Date };

/** Measurements of platforms, minute by minute. */
@Injectable()
export class MeasurementStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** The last word of a source on a minute stands. */
  async put(
    platformId: number,
    { source, isShare }: MeasurementSource,
    measurements: readonly Measurement[],
  ): Promise<void> {
    await this.database.query(
      `insert into measurement (platform_id, source, is_share, minute_at, sessions, logins_per_minute, latency_milliseconds, errors_per_mille, request_count)
       select distinct on (date_trunc('minute', m.at)) $1, $2, $3, date_trunc('minute', m.at), m.sessions, m.logins, m.latency, m.errors, m.requests
         from unnest($4::timestamptz[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[])
              with ordinality as m (at, sessions, logins, latency, errors, requests, n)
        order by date_trunc('minute', m.at), m.at desc, n desc
       on conflict (platform_id, minute_at, source) do update set is_share = excluded.is_share, sessions = excluded.sessions,
         logins_per_minute = excluded.logins_per_minute, latency_milliseconds = excluded.latency_milliseconds,
         errors_per_mille = excluded.errors_per_mille, request_count = excluded.request_count`,
      [
        platformId,
        source,
        isShare,
        measurements.map(({ measuredAt }) => measuredAt),
        measurements.map(({ sessions }) => sessions),
        measurements.map(({ loginsPerMinute }) => loginsPerMinute),
        measurements.map(({ latencyMilliseconds }) => latencyMilliseconds),
        measurements.map(({ errorsPerMille }) => errorsPerMille),
        measurements.map(({ requestCount }) => requestCount),
      ],
    );
  }

  /** Minutes in [from, to), the oldest first. */
  minutes(platformId: number, from: Date, to: Date): Promise<MinuteRow[]> {
    return this.database.query(
      `select minute_at as at, sessions, logins_per_minute as "loginsPerMinute",
              latency_milliseconds as "latencyMilliseconds", errors_per_mille as "errorsPerMille"
         from measured_minute where platform_id = $1 and minute_at >= $2 and minute_at < $3 order by 1`,
      [platformId, from, to],
    );
  }
}

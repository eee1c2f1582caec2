import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The shares of a minute together, no more than what the column holds. */
const shares = (column: string): string =>
  `case when sum(${column}) filter (where is_share) > 2147483647 then 2147483647 else sum(${column}) filter (where is_share) end::int`;
const weighed = (column: string): string => `
  (sum(${column}::numeric * coalesce(request_count, 1)) filter (where is_share)
    / sum(coalesce(request_count, 1)) filter (where is_share and ${column} is not null))::int`;
const largest = (column: string, ofShares: (column: string) => string): string =>
  `greatest(max(${column}) filter (where not is_share), ${ofShares(column)}) as ${column}`;

/** Gateways measure their share of a platform each: shares add up to one source, and one view says what a minute was. */
export class MeasuredShares1764000191000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table measurement
        -- of one gateway, which sees its own visitors only
        add column is_share boolean not null default false,
        -- that latency and errors were taken from
        add column request_count int;
      -- of several sources the largest figure counts, shares together being one: their sums, or their mean by requests
      create view measured_minute as
        select platform_id, minute_at, ${largest('sessions', shares)}, ${largest('logins_per_minute', shares)},
               ${largest('latency_milliseconds', weighed)}, ${largest('errors_per_mille', weighed)}
          from measurement group by platform_id, minute_at;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view measured_minute;
      alter table measurement drop column is_share, drop column request_count;
    `);
  }
}

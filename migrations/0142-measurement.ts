import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the ENT and its gateways say of a platform, minute by minute: the live capacity. */
export class Measurement1764000142000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table measurement (
        platform_id int not null constraint measurement_platform_fkey references platform on delete cascade,
        -- whole minutes
        minute_at timestamptz not null,
        source text not null,
        -- of the whole platform; null for what the source does not know
        sessions int,
        logins_per_minute int,
        latency_milliseconds int,
        errors_per_mille int,
        constraint measurement_pkey primary key (platform_id, minute_at, source),
        constraint measurement_something_check check
          (coalesce(sessions, logins_per_minute, latency_milliseconds, errors_per_mille) is not null)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table measurement');
  }
}

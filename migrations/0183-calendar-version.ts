import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['territory', 'holiday_period', 'calendar_exception'];

/**
 * A mark that is another one after every change of what the calendar is worked out from: who has read it together with a booking's
 * other facts knows whether the open days that it remembers still hold. Drawn rather than counted, so that it does not come back
 * when a database is restored.
 */
export class CalendarVersion1764000183000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table calendar_version (
        is_only boolean not null default true constraint calendar_version_pkey primary key constraint calendar_version_only_check check (is_only),
        version uuid not null default gen_random_uuid()
      );
      insert into calendar_version default values;

      create function renew_calendar_version() returns trigger
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        update calendar_version set version = gen_random_uuid();
        return null;
      end $$;
      revoke execute on function renew_calendar_version() from public;

      ${TABLES.map(
        (table) => `create trigger ${table}_version after insert or update or delete or truncate on ${table}
        for each statement execute function renew_calendar_version();`,
      ).join('\n')}
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ${TABLES.map((table) => `drop trigger ${table}_version on ${table};`).join('\n')}
      drop function renew_calendar_version();
      drop table calendar_version;
    `);
  }
}

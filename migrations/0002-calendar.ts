import type { MigrationInterface, QueryRunner } from 'typeorm';

/** School holidays by zone, and the days that a territory or an establishment opens or closes against its pattern. */
export class Calendar1764000002000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table holiday_period (
        id int generated always as identity constraint holiday_period_pkey primary key,
        holiday_zone text not null,
        school_year text not null,
        label text not null,
        first_day_off_on date not null,
        -- the day of return: the first day that is open again
        resume_on date not null,
        source text not null,
        constraint holiday_period_key unique (holiday_zone, first_day_off_on, label),
        constraint holiday_period_order_check check (first_day_off_on < resume_on)
      );
      create index holiday_period_zone_idx on holiday_period (holiday_zone, resume_on);

      create table calendar_exception (
        id int generated always as identity constraint calendar_exception_pkey primary key,
        territory_id int constraint calendar_exception_territory_fkey references territory on delete cascade,
        establishment_id int constraint calendar_exception_establishment_fkey references establishment on delete cascade,
        first_on date not null,
        last_on date not null,
        -- half days of teaching on these dates (bit 0 morning, bit 1 afternoon): 0 closes a bridge, 3 opens a Saturday
        open_half_days int not null constraint calendar_exception_half_days_check check (open_half_days between 0 and 3),
        reason text not null constraint calendar_exception_reason_check check (reason <> ''),
        constraint calendar_exception_order_check check (first_on <= last_on),
        constraint calendar_exception_place_check check ((territory_id is null) <> (establishment_id is null))
      );
      create index calendar_exception_territory_idx on calendar_exception (territory_id);
      create index calendar_exception_establishment_idx on calendar_exception (establishment_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table calendar_exception, holiday_period;`);
  }
}

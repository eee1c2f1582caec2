import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Platforms with their portals, declared steps, regulations and background load. */
export class Capacity1764000003000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table platform (
        id int generated always as identity constraint platform_pkey primary key,
        code text not null constraint platform_code_key unique
          constraint platform_code_check check (code ~ '^[a-z0-9-]{1,40}$'),
        name text not null,
        time_zone text not null,
        -- the share of capacity that a plan may not use
        headroom_per_mille int not null constraint platform_headroom_check check (headroom_per_mille between 0 and 900),
        -- pupils up to this level come through their parents' accounts
        parent_account_levels text[] not null default '{PS,MS,GS,MAT}'
      );

      create table portal (
        id int generated always as identity constraint portal_pkey primary key,
        platform_id int not null constraint portal_platform_fkey references platform on delete cascade,
        name text not null,
        url text,
        constraint portal_key unique (platform_id, name)
      );

      create table capacity_step (
        id int generated always as identity constraint capacity_step_pkey primary key,
        platform_id int not null constraint capacity_step_platform_fkey references platform on delete cascade,
        -- in force from this instant until the next step
        starts_at timestamptz not null,
        concurrent_sessions int not null constraint capacity_step_sessions_check check (concurrent_sessions > 0),
        logins_per_minute int not null constraint capacity_step_logins_check check (logins_per_minute > 0),
        reason text not null constraint capacity_step_reason_check check (reason <> ''),
        constraint capacity_step_key unique (platform_id, starts_at)
      );

      create table regulation (
        id int generated always as identity constraint regulation_pkey primary key,
        platform_id int not null constraint regulation_platform_fkey references platform on delete cascade,
        starts_at timestamptz not null,
        ends_at timestamptz not null,
        -- what is left of the planned capacity
        sessions_per_mille int not null constraint regulation_sessions_check check (sessions_per_mille between 0 and 1000),
        logins_per_mille int not null constraint regulation_logins_check check (logins_per_mille between 0 and 1000),
        reason text not null constraint regulation_reason_check check (reason <> ''),
        constraint regulation_order_check check (starts_at < ends_at)
      );
      create index regulation_platform_idx on regulation (platform_id, ends_at);

      -- connections of those who have no window, in people per cell of the platform's local day
      create table background_load (
        platform_id int not null constraint background_load_platform_fkey references platform on delete cascade,
        department_id int not null constraint background_load_department_fkey references territory on delete cascade,
        day_type text not null constraint background_load_day_type_check check
          (day_type in ('school_day', 'wednesday', 'saturday', 'day_off')),
        -- 288 whole thousandths, one per cell of the local day
        sessions_thousandths bigint[] not null constraint background_load_sessions_check check (cardinality(sessions_thousandths) = 288),
        logins_thousandths bigint[] not null constraint background_load_logins_check check (cardinality(logins_thousandths) = 288),
        constraint background_load_pkey primary key (platform_id, department_id, day_type)
      );
      create index background_load_department_idx on background_load (department_id);

      alter table establishment add constraint establishment_platform_fkey foreign key (platform_id) references platform;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table establishment drop constraint establishment_platform_fkey;
      drop table background_load, regulation, capacity_step, portal, platform;
    `);
  }
}

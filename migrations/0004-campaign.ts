import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Campaigns with their rules, and the wishes of classes. */
export class Campaign1764000004000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table campaign (
        id int generated always as identity constraint campaign_pkey primary key,
        name text not null,
        platform_id int not null constraint campaign_platform_fkey references platform,
        starts_on date not null,
        ends_on date not null,
        school_year text not null,
        preset text,
        keeps_same_hours boolean not null,
        -- empty: all of the platform
        territory_ids int[] not null default '{}',
        establishment_kinds text[] not null default '{}',
        levels text[] not null default '{}',
        -- per audience and level: windows, minutes, activity, hours, gap (campaign-rules.ts)
        rules jsonb not null,
        -- evening catch-up and its reserved share
        catch_up jsonb,
        -- parameters of the load model per audience, level group and activity (load-model.ts)
        load_model jsonb not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        constraint campaign_order_check check (starts_on <= ends_on)
      );
      create index campaign_platform_idx on campaign (platform_id, starts_on);

      create table wish (
        id bigint generated always as identity constraint wish_pkey primary key,
        campaign_id int not null constraint wish_campaign_fkey references campaign on delete cascade,
        class_id int not null constraint wish_class_fkey references class on delete cascade,
        kind text not null constraint wish_kind_check check (kind in ('wished', 'closed', 'fixed')),
        -- a weekday of every week, or one date
        weekday smallint constraint wish_weekday_check check (weekday between 1 and 7),
        local_date date,
        start_minute smallint not null constraint wish_start_check check (start_minute between 0 and 1435 and start_minute % 5 = 0),
        -- the end of a closed time
        end_minute smallint constraint wish_end_check check (end_minute between 5 and 1440 and end_minute % 5 = 0 and end_minute > start_minute),
        teacher_key_id int constraint wish_teacher_fkey references teacher_key on delete set null,
        reason text,
        origin text not null constraint wish_origin_check check (origin in ('timetable', 'head', 'demo')),
        constraint wish_day_check check ((weekday is null) <> (local_date is null)),
        constraint wish_closed_check check ((kind = 'closed') = (end_minute is not null)),
        constraint wish_fixed_check check (kind <> 'fixed' or reason is not null)
      );
      create index wish_campaign_idx on wish (campaign_id, class_id);
      create index wish_class_idx on wish (class_id);
      create index wish_teacher_idx on wish (teacher_key_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table wish, campaign;`);
  }
}

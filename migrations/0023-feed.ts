import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The windows that a publication moved, feeds with an address of their own, and how far an establishment has read its notices. */
export class Feed1764000023000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- what a publication or rollback changed of single windows that were still to come: both plans go on changing, so that
      -- nothing else tells it later
      create table plan_change_window (
        platform_id int not null,
        epoch int not null,
        revision bigint not null,
        window_id bigint not null,
        establishment_id int not null,
        class_id int,
        audience smallint not null,
        activity smallint not null,
        before_start_cell int,
        before_cell_count smallint,
        after_start_cell int,
        after_cell_count smallint,
        constraint plan_change_window_pkey primary key (platform_id, epoch, revision, window_id),
        constraint plan_change_window_change_fkey foreign key (platform_id, epoch, revision) references plan_change on delete cascade,
        constraint plan_change_window_place_check check (before_start_cell is not null or after_start_cell is not null)
      );
      create index plan_change_window_establishment_idx on plan_change_window (establishment_id, platform_id, epoch, revision, window_id);
      create index plan_change_establishment_idx
        on plan_change (((coalesce(after, before) ->> 'establishmentId')::int), platform_id, epoch, revision) where window_id is not null;

      create table feed (
        id int generated always as identity constraint feed_pkey primary key,
        establishment_id int not null constraint feed_establishment_fkey references establishment on delete cascade,
        -- null for the feed of the whole establishment
        class_id int constraint feed_class_fkey references class on delete cascade,
        token_sha256 bytea not null constraint feed_token_key unique constraint feed_token_check check (length(token_sha256) = 32),
        created_by text not null,
        created_at timestamptz not null default now(),
        constraint feed_owner_key unique nulls not distinct (establishment_id, class_id)
      );
      create index feed_class_idx on feed (class_id);

      create table notice_acknowledgement (
        establishment_id int constraint notice_acknowledgement_pkey primary key
          constraint notice_acknowledgement_establishment_fkey references establishment on delete cascade,
        platform_id int not null constraint notice_acknowledgement_platform_fkey references platform on delete cascade,
        epoch int not null,
        revision bigint not null,
        acknowledged_by text not null,
        acknowledged_at timestamptz not null default now()
      );
      create index notice_acknowledgement_platform_idx on notice_acknowledgement (platform_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table notice_acknowledgement, feed, plan_change_window;
      drop index plan_change_establishment_idx;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The agreed ladder of each platform, and the protection steps that were put in force. */
export class Protection1764000141000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table protection_ladder (
        platform_id int constraint protection_ladder_pkey primary key
          constraint protection_ladder_platform_fkey references platform on delete cascade,
        -- [{code, name, arms, insiders, scope, measures, minutes, words, climbs, leaves}] from the mildest on (ladder.rules.ts)
        rungs jsonb not null,
        changed_by text not null,
        changed_at timestamptz not null default now(),
        -- by somebody else: from then on one person climbs; a change takes it away
        approved_by text,
        approved_at timestamptz,
        -- what the rungs were last simulated to do
        simulation_id int,
        constraint protection_ladder_approval_check check ((approved_by is null) = (approved_at is null)),
        constraint protection_ladder_two_check check (approved_by <> changed_by)
      );

      create table protection_step (
        id int generated always as identity constraint protection_step_pkey primary key,
        platform_id int not null constraint protection_step_platform_fkey references platform on delete cascade,
        -- code of the rung of the ladder that it was, null for one of its own
        rung text,
        name text not null,
        scope jsonb not null,
        measures jsonb not null,
        arms jsonb not null,
        words jsonb not null,
        starts_at timestamptz not null,
        -- the end that was asked for; of a break-glass it holds once it is confirmed
        asked_ends_at timestamptz not null,
        ends_at timestamptz not null,
        reason text not null constraint protection_step_reason_check check (reason <> ''),
        state text not null constraint protection_step_state_check check (state in ('proposed', 'in_force', 'undone')),
        is_regional boolean not null,
        is_break_glass boolean not null,
        -- what the simulator expected before the button, where it was asked
        simulation_id int,
        regulation_id int,
        proposed_by text not null,
        proposed_at timestamptz not null default now(),
        approved_by text,
        approved_at timestamptz,
        undone_by text,
        undone_at timestamptz,
        undo_reason text,
        constraint protection_step_order_check check (starts_at < asked_ends_at and ends_at <= asked_ends_at),
        constraint protection_step_two_check check (approved_by <> proposed_by),
        constraint protection_step_undone_check check ((state = 'undone') = (undone_at is not null))
      );
      create index protection_step_platform_idx on protection_step (platform_id, ends_at);

      alter table plan_change
        alter column plan_id drop not null,
        drop constraint plan_change_kind_check,
        drop constraint plan_change_window_check,
        add constraint plan_change_kind_check check
          (kind in ('publication', 'rollback', 'move', 'add', 'release', 'protection')),
        add constraint plan_change_window_check check ((kind in ('publication', 'rollback', 'protection')) = (window_id is null)),
        add constraint plan_change_plan_check check ((kind = 'protection') = (plan_id is null));
    `);
  }

  /** Revisions that were of protection alone leave gaps: begin a new epoch afterwards. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from plan_change where kind = 'protection';
      alter table plan_change
        drop constraint plan_change_plan_check,
        drop constraint plan_change_kind_check,
        drop constraint plan_change_window_check,
        alter column plan_id set not null,
        add constraint plan_change_kind_check check (kind in ('publication', 'rollback', 'move', 'add', 'release')),
        add constraint plan_change_window_check check ((kind in ('publication', 'rollback')) = (window_id is null));
      drop table protection_step, protection_ladder;
    `);
  }
}

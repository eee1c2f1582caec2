import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Room that is kept in the ledger for somebody before it is a window. */
export class Hold1764000017000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table hold (
        id uuid constraint hold_pkey primary key,
        platform_id int not null constraint hold_platform_fkey references platform,
        -- whose limit of live holds it counts for; no key, because room in the ledger must not go with a row of the directory
        establishment_id int not null,
        state text not null default 'held' constraint hold_state_check check (state in ('held', 'confirmed', 'cancelled', 'lapsed')),
        expires_at timestamptz not null,
        held_at timestamptz not null default now(),
        ended_at timestamptz,
        constraint hold_ended_check check ((state = 'held') = (ended_at is null))
      );
      create index hold_live_idx on hold (platform_id, expires_at) where state = 'held';

      -- what a live hold adds to the ledger, in thousandths; the rows go when the hold ends, in the same transaction
      create table hold_cell (
        hold_id uuid not null constraint hold_cell_hold_fkey references hold,
        platform_id int not null,
        cell int not null,
        sessions bigint not null constraint hold_cell_sessions_check check (sessions >= 0),
        logins bigint not null constraint hold_cell_logins_check check (logins >= 0),
        constraint hold_cell_pkey primary key (hold_id, cell)
      );
      create index hold_cell_platform_idx on hold_cell (platform_id, cell);

      -- ledger_cell = load of the published windows + this
      create view hold_load as
        select platform_id, cell, sum(sessions)::bigint as sessions, sum(logins)::bigint as logins
          from hold_cell group by platform_id, cell;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop view hold_load; drop table hold_cell, hold;');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What heads settle among themselves: swaps that wait for consent, wishes that wait for room. */
export class Exchange1764000019000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table swap_proposal (
        id uuid constraint swap_proposal_pkey primary key,
        platform_id int not null constraint swap_proposal_platform_fkey references platform,
        plan_id int not null constraint swap_proposal_plan_fkey references plan on delete cascade,
        -- whose window is given, and whose is asked for
        establishment_id int not null,
        with_establishment_id int not null,
        window_id bigint not null,
        with_window_id bigint not null,
        -- the request as it was made: decided again when it is accepted
        request jsonb not null,
        -- [{kind, windowId, before, after}]
        changes jsonb not null,
        state text not null constraint swap_proposal_state_check check
          (state in ('proposed', 'accepted', 'declined', 'withdrawn', 'lapsed')),
        expires_at timestamptz not null,
        proposed_by text not null,
        reason text not null,
        proposed_at timestamptz not null default now(),
        settled_by text,
        settled_at timestamptz,
        booking_id uuid constraint swap_proposal_booking_fkey references booking on delete cascade,
        constraint swap_proposal_settled_check check ((state = 'proposed') = (settled_at is null)),
        constraint swap_proposal_booking_check check ((state = 'accepted') = (booking_id is not null))
      );
      create unique index swap_proposal_open_idx on swap_proposal (window_id, with_window_id) where state = 'proposed';
      create index swap_proposal_made_idx on swap_proposal (establishment_id, proposed_at);
      create index swap_proposal_received_idx on swap_proposal (with_establishment_id, proposed_at);
      create index swap_proposal_platform_idx on swap_proposal (platform_id);
      create index swap_proposal_plan_idx on swap_proposal (plan_id);
      create index swap_proposal_booking_idx on swap_proposal (booking_id);

      create table waiting_entry (
        id uuid constraint waiting_entry_pkey primary key,
        platform_id int not null constraint waiting_entry_platform_fkey references platform,
        establishment_id int not null,
        -- the order of the list: that in which the wishes came
        arrival bigint generated always as identity constraint waiting_entry_arrival_key unique,
        request jsonb not null,
        takes_automatically boolean not null,
        -- null: only the wanted start will do; else any that is nearer to it than the window's own by this much
        improvement_minutes int constraint waiting_entry_improvement_check check (improvement_minutes >= 5),
        -- the cells in which room is waited for
        cells int4multirange not null,
        -- an entry that was offered a hold ends as the hold does: confirmed, cancelled or lapsed
        state text not null default 'waiting' constraint waiting_entry_state_check check
          (state in ('waiting', 'offered', 'taken', 'withdrawn')),
        hold_id uuid constraint waiting_entry_hold_fkey references hold,
        booking_id uuid constraint waiting_entry_booking_fkey references booking on delete cascade,
        asked_by text not null,
        reason text not null,
        asked_at timestamptz not null default now(),
        -- the last moment at which it could be booked
        waits_until timestamptz not null,
        constraint waiting_entry_hold_check check (state <> 'offered' or hold_id is not null),
        constraint waiting_entry_booking_check check ((state = 'taken') = (booking_id is not null))
      );
      create index waiting_entry_live_idx on waiting_entry (platform_id, arrival) where state = 'waiting';
      create index waiting_entry_establishment_idx on waiting_entry (establishment_id, arrival);
      create unique index waiting_entry_once_idx on waiting_entry
        (establishment_id, (request ->> 'windowId'), (request ->> 'classId'), (request ->> 'startsAt')) nulls not distinct
        where state = 'waiting';
      create index waiting_entry_hold_idx on waiting_entry (hold_id);
      create index waiting_entry_booking_idx on waiting_entry (booking_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table waiting_entry, swap_proposal;');
  }
}

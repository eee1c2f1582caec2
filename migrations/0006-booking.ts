import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Bookings: changes of single windows among the numbered changes, who asked for them, and the answers that were given. */
export class Booking1764000006000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table plan_change
        drop constraint plan_change_kind_check,
        add column window_id bigint,
        -- the row of the window before and after the change, null where there was or is none
        add column before jsonb,
        add column after jsonb,
        add column booking_id uuid,
        add constraint plan_change_kind_check check (kind in ('publication', 'rollback', 'move', 'add', 'release')),
        add constraint plan_change_window_check check ((kind in ('publication', 'rollback')) = (window_id is null)),
        add constraint plan_change_before_check check ((kind in ('move', 'release')) = (before is not null)),
        add constraint plan_change_after_check check ((kind in ('move', 'add')) = (after is not null));
      create index plan_change_booking_idx on plan_change (booking_id) where booking_id is not null;
      create index plan_change_plan_idx on plan_change (plan_id, epoch, revision);

      -- who else a teacher of live windows meets at an hour
      create index plan_window_teacher_idx on plan_window (teacher_key_id, start_cell) where teacher_key_id is not null;

      create table booking (
        id uuid constraint booking_pkey primary key,
        platform_id int not null constraint booking_platform_fkey references platform,
        plan_id int not null constraint booking_plan_fkey references plan on delete cascade,
        operation text not null constraint booking_operation_check check
          (operation in ('move', 'add', 'release', 'swap', 'undo')),
        undoes_booking_id uuid constraint booking_undoes_fkey references booking on delete cascade,
        booked_by text not null,
        reason text not null,
        booked_at timestamptz not null default now(),
        constraint booking_undo_check check ((operation = 'undo') = (undoes_booking_id is not null))
      );
      create index booking_platform_idx on booking (platform_id, booked_at);
      create index booking_plan_idx on booking (plan_id);
      create index booking_undoes_idx on booking (undoes_booking_id);

      -- the answer to a request that named itself, written with what it changed: a repeated request gets it again
      create table idempotency_key (
        platform_id int not null constraint idempotency_key_platform_fkey references platform,
        subject text not null,
        key text not null constraint idempotency_key_key_check check (length(key) between 1 and 200),
        payload_sha256 bytea not null constraint idempotency_key_payload_check check (length(payload_sha256) = 32),
        -- as text, so that it is given again byte for byte
        answer json not null,
        answered_at timestamptz not null default now(),
        constraint idempotency_key_pkey primary key (subject, key, platform_id)
      );
      create index idempotency_key_platform_idx on idempotency_key (platform_id);
      create index idempotency_key_answered_idx on idempotency_key (answered_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table idempotency_key, booking;
      drop index plan_window_teacher_idx;
      delete from plan_change where window_id is not null;
      drop index plan_change_booking_idx, plan_change_plan_idx;
      alter table plan_change
        drop constraint plan_change_kind_check, drop constraint plan_change_window_check,
        drop constraint plan_change_before_check, drop constraint plan_change_after_check,
        drop column window_id, drop column before, drop column after, drop column booking_id,
        add constraint plan_change_kind_check check (kind in ('publication', 'rollback'));
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What holds are for: bookings that wait to be confirmed. */
export class HeldBooking1764000018000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table held_booking (
        hold_id uuid constraint held_booking_pkey primary key constraint held_booking_hold_fkey references hold,
        plan_id int not null constraint held_booking_plan_fkey references plan on delete cascade,
        -- the request as it was made: decided again when it is confirmed
        request jsonb not null,
        -- [{kind, windowId, before, after}]: where its windows stood, and where they would
        changes jsonb not null,
        held_by text not null,
        reason text not null,
        -- the booking that it became
        booking_id uuid constraint held_booking_booking_fkey references booking on delete cascade
      );
      create index held_booking_plan_idx on held_booking (plan_id);
      create index held_booking_booking_idx on held_booking (booking_id);
      create index hold_establishment_idx on hold (establishment_id, held_at);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index hold_establishment_idx; drop table held_booking;');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What each booking writes beside its window, made lighter. A booking names its plan, whose campaign names the platform: the second
 * reference was checked and indexed for nothing (the audit trail is read by time), as was that of an answer, which is kept for days only.
 * Hardly a booking undoes another one: only those that do are indexed by it.
 */
export class BookingWrites1764000184000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table booking drop constraint booking_platform_fkey;
      drop index booking_platform_idx, booking_undoes_idx;
      create index booking_undoes_idx on booking (undoes_booking_id) where undoes_booking_id is not null;
      alter table idempotency_key drop constraint idempotency_key_platform_fkey;
      drop index idempotency_key_platform_idx;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index idempotency_key_platform_idx on idempotency_key (platform_id);
      alter table idempotency_key add constraint idempotency_key_platform_fkey foreign key (platform_id) references platform;
      drop index booking_undoes_idx;
      create index booking_undoes_idx on booking (undoes_booking_id);
      create index booking_platform_idx on booking (platform_id, booked_at);
      alter table booking add constraint booking_platform_fkey foreign key (platform_id) references platform;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** An offer of the waiting list gives way to a publication that needs its room, and its entry waits on in its place, which is told. */
export class OfferEnded1764000220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table waiting_entry add column offer_ended_at timestamptz');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table waiting_entry drop column offer_ended_at');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A wish on the waiting list may come true by another way, and ends by it. */
export class WaitingMet1764000185000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table waiting_entry
        drop constraint waiting_entry_state_check,
        add constraint waiting_entry_state_check check (state in ('waiting', 'offered', 'taken', 'withdrawn', 'met'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update waiting_entry set state = 'withdrawn' where state = 'met';
      alter table waiting_entry
        drop constraint waiting_entry_state_check,
        add constraint waiting_entry_state_check check (state in ('waiting', 'offered', 'taken', 'withdrawn'));
    `);
  }
}

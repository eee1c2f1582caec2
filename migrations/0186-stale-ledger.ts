import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Platforms whose limits have to follow the calendar yet: noted in the transaction that changes it, followed one by one after it. */
export class StaleLedger1764000186000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table stale_ledger (
        platform_id int not null constraint stale_ledger_pkey primary key
          constraint stale_ledger_platform_fkey references platform on delete cascade,
        -- another one with each change: who followed one leaves the next one noted
        mark uuid not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table stale_ledger');
  }
}

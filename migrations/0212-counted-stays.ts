import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long visits were that gateways watched, with the counts of the window that let in. */
export class CountedStays1764000212000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway_window_count add column ended int not null default 0, add column stay_seconds bigint not null default 0;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway_window_count drop column ended, drop column stay_seconds');
  }
}

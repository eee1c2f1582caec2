import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Windows that somebody booked onto another day than was wished stand beside the minutes of the sheet: a day is no number of minutes. */
export class FairnessOtherDay1764000189000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plan_fairness add column other_day_count int not null default 0');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table plan_fairness drop column other_day_count');
  }
}

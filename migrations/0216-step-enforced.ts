import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a step came to count: a proposal that was taken back never did. Of those of before it follows from who approved or could act alone. */
export class StepEnforced1764000216000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table protection_step add column enforced_at timestamptz;
      update protection_step set enforced_at = coalesce(approved_at, proposed_at)
       where state = 'in_force' or approved_at is not null or is_break_glass or not is_regional or (state = 'undone' and rung is not null);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table protection_step drop column enforced_at');
  }
}

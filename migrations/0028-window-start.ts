import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who stands at a place: what a refusal names to swap with. */
export class WindowStart1764000028000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create index plan_window_start_idx on plan_window (start_cell, headcount)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index plan_window_start_idx');
  }
}

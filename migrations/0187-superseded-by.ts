import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who follows a plan looks each time whether another one has taken its place. */
export class SupersededBy1764000187000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `create index plan_change_superseded_idx on plan_change (superseded_plan_id, epoch, revision) where superseded_plan_id is not null`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index plan_change_superseded_idx');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A job that must come after the one of its kind that is under way: what it reads has changed since that one began. */
export class FollowedJobs1764000210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table job_run add column followed_by jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table job_run drop column followed_by');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Storms that were asked for on the day of a platform: what came out. */
export class Simulation1764000140000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table simulation (
        job_id int constraint simulation_pkey primary key constraint simulation_job_fkey references job_run on delete cascade,
        platform_id int not null constraint simulation_platform_fkey references platform on delete cascade,
        -- one per variant, in the order of the request, which stands with the job
        variants jsonb not null
      );
      create index simulation_platform_idx on simulation (platform_id, job_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table simulation');
  }
}

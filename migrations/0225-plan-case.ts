import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The case of each plan: exact starts, laws and prices, of a replan where everybody stood, so that an outsider derives every bound. */
export class PlanCase1764000225000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table plan_case (
        plan_id int constraint plan_case_pkey primary key constraint plan_case_plan_fkey references plan on delete cascade,
        -- the lines of docs/allocation-dump.md
        gzipped bytea not null
      );
      -- compressed already
      alter table plan_case alter column gzipped set storage external;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table plan_case');
  }
}

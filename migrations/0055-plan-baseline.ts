import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The load that a plan's classes would cause without it, per cell: everybody at the wished hour, and the letter by level. */
export class PlanBaseline1764000055000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table plan_baseline (
        plan_id int constraint plan_baseline_pkey primary key
          constraint plan_baseline_plan_fkey references plan on delete cascade,
        first_cell int not null,
        -- thousandths, one entry a cell
        wish_sessions bigint[] not null,
        wish_logins bigint[] not null,
        letter_sessions bigint[] not null,
        letter_logins bigint[] not null,
        constraint plan_baseline_length_check check (
          cardinality(wish_sessions) = cardinality(wish_logins) and cardinality(wish_sessions) = cardinality(letter_sessions)
          and cardinality(wish_sessions) = cardinality(letter_logins))
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table plan_baseline');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a plan remembered of the weeks before it: the weights of its objective, and limits of their own for those who were among the worst. */
export class PlanMemory1764000010000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- only classes with a weight above 1 or a limit; a class may be gone while its plan remains
      create table plan_memory (
        plan_id int not null constraint plan_memory_plan_fkey references plan on delete cascade,
        class_id int not null,
        weight double precision not null constraint plan_memory_weight_check check (weight >= 1),
        limit_minutes smallint constraint plan_memory_limit_check check (limit_minutes >= 0),
        constraint plan_memory_pkey primary key (plan_id, class_id)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table plan_memory;`);
  }
}

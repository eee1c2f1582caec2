import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What proves a plan beside its windows: the prices behind its bounds, and how it treats whom. */
export class PlanEvidence1764000007000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- columns as arrays: some thousand cells and up to some hundred thousand local prices, always read whole (plan-evidence.ts)
      create table plan_price (
        plan_id int constraint plan_price_pkey primary key constraint plan_price_plan_fkey references plan on delete cascade,
        first_cell int not null,
        peak_sessions bigint[] not null,
        peak_logins bigint[] not null,
        -- whole multiples of 2^-32 of displacement cost per thousandth
        objective_sessions bigint[] not null,
        objective_logins bigint[] not null,
        -- index into LOCAL_LAWS; teacher key, class or establishment; absolute cell; whole multiples of 2^-10
        local_law smallint[] not null,
        local_owner_id int[] not null,
        local_cell int[] not null,
        local_price bigint[] not null
      );

      -- distribution of displacement of the windows of classes, as the plan was when it was stored
      create table plan_fairness (
        plan_id int not null constraint plan_fairness_plan_fkey references plan on delete cascade,
        dimension text not null,
        value text not null,
        window_count int not null,
        wished_count int not null,
        at_wish_count int not null,
        -- null where nobody wished
        mean_minutes double precision,
        median_minutes int,
        p90_minutes int,
        p95_minutes int,
        worst_minutes int,
        bad_hour_count int not null,
        constraint plan_fairness_pkey primary key (plan_id, dimension, value)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table plan_fairness, plan_price;`);
  }
}

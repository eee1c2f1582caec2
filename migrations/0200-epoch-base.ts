import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The revision at which the present epoch of a platform began: its own are those after it, so that a proof can count them. Revisions go
 * on counting in a new epoch.
 */
export class EpochBase1764000200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table platform_revision add column epoch_base_revision bigint not null default 0
        constraint platform_revision_base_check check (epoch_base_revision between 0 and revision);
      update platform_revision r set epoch_base_revision = coalesce(
          (select min(c.revision) - 1 from plan_change c where c.platform_id = r.platform_id and c.epoch = r.epoch), r.revision)
       where epoch > 1;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table platform_revision drop column epoch_base_revision`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Counts of cells by the kind of the establishment too; empty where nobody knows it, and for what was counted before. */
export class CountKinds1764000195000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table gateway_cell_count add column kind text not null default '';
      alter table gateway_cell_count drop constraint gateway_cell_count_pkey;
      alter table gateway_cell_count add constraint gateway_cell_count_pkey
        primary key (on_date, platform_id, cell, department, kind, level, profile);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create temporary table kept on commit drop as
        select on_date, platform_id, cell, department, level, profile, sum(admitted)::int as admitted, sum(deferred)::int as deferred,
               sum(refused)::int as refused, sum(attempts)::int as attempts, sum(would_refuse)::int as would_refuse
          from gateway_cell_count group by 1, 2, 3, 4, 5, 6;
      delete from gateway_cell_count;
      alter table gateway_cell_count drop constraint gateway_cell_count_pkey;
      alter table gateway_cell_count drop column kind;
      alter table gateway_cell_count add constraint gateway_cell_count_pkey
        primary key (on_date, platform_id, cell, department, level, profile);
      insert into gateway_cell_count (on_date, platform_id, cell, department, level, profile, admitted, deferred, refused, attempts,
                                      would_refuse)
        select * from kept;
    `);
  }
}

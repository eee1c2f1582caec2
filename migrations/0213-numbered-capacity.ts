import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A change of the capacity is a revision of the platform as well: what is left for waiting rooms is other from then on. */
export class NumberedCapacity1764000213000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table plan_change
        -- cells whose limits moved: the first, and the one after the last
        add column first_cell int,
        add column end_cell int,
        drop constraint plan_change_kind_check,
        drop constraint plan_change_window_check,
        drop constraint plan_change_plan_check,
        add constraint plan_change_kind_check check
          (kind in ('publication', 'rollback', 'move', 'add', 'release', 'protection', 'capacity')),
        add constraint plan_change_window_check check
          ((kind in ('publication', 'rollback', 'protection', 'capacity')) = (window_id is null)),
        add constraint plan_change_plan_check check ((kind in ('protection', 'capacity')) = (plan_id is null)),
        add constraint plan_change_cells_check check
          (case when kind = 'capacity' then first_cell is not null and end_cell is not null and first_cell < end_cell
                else first_cell is null and end_cell is null end);
    `);
  }

  /** Revisions that were of capacity alone leave gaps: begin a new epoch afterwards. */
  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      delete from plan_change where kind = 'capacity';
      alter table plan_change
        drop constraint plan_change_cells_check,
        drop constraint plan_change_plan_check,
        drop constraint plan_change_window_check,
        drop constraint plan_change_kind_check,
        add constraint plan_change_kind_check check
          (kind in ('publication', 'rollback', 'move', 'add', 'release', 'protection')),
        add constraint plan_change_window_check check ((kind in ('publication', 'rollback', 'protection')) = (window_id is null)),
        add constraint plan_change_plan_check check ((kind = 'protection') = (plan_id is null)),
        drop column first_cell,
        drop column end_cell;
    `);
  }
}

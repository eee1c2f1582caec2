import type { MigrationInterface, QueryRunner } from 'typeorm';

const CELL =
  'plan_id int not null, department_id int not null, cell int not null, sessions bigint not null, logins bigint not null';
/** One list with the sums of a column of plan_load in the twelve cells of an hour. */
const hourOf = (column: string): string =>
  `array[${Array.from({ length: 12 }, (_, k) => `coalesce(sum(${column}) filter (where cell % 12 = ${k}), 0)::bigint`).join(', ')}]`;

/** A batch of bookings changes hundreds of cells of the load by department: written by the hour they are a tenth of the rows. */
export class LoadHours1764000231000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table plan_load rename to plan_load_cell;
      alter table plan_load_cell rename constraint plan_load_pkey to plan_load_cell_pkey;
      create table plan_load_hour (
        plan_id int not null constraint plan_load_hour_plan_fkey references plan on delete cascade,
        department_id int not null,
        -- its first cell / 12
        hour int not null,
        sessions bigint[] not null,
        logins bigint[] not null,
        constraint plan_load_hour_pkey primary key (plan_id, department_id, hour),
        constraint plan_load_hour_cells_check check (cardinality(sessions) = 12 and cardinality(logins) = 12)
      ) with (fillfactor = 70);
      insert into plan_load_hour (plan_id, department_id, hour, sessions, logins)
        select plan_id, department_id, cell / 12, ${hourOf('sessions')}, ${hourOf('logins')} from plan_load_cell group by 1, 2, 3;
      drop table plan_load_cell;
      create view plan_load as
        select plan_id, department_id, hour, hour * 12 + k::int - 1 as cell, l.sessions, l.logins
          from plan_load_hour h, unnest(h.sessions, h.logins) with ordinality l (sessions, logins, k)
         where l.sessions <> 0 or l.logins <> 0`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table plan_load_cell (${CELL});
      insert into plan_load_cell select plan_id, department_id, cell, sessions, logins from plan_load;
      drop view plan_load;
      drop table plan_load_hour;
      alter table plan_load_cell rename to plan_load;
      alter table plan_load add constraint plan_load_pkey primary key (plan_id, department_id, cell),
        add constraint plan_load_plan_fkey foreign key (plan_id) references plan on delete cascade`);
  }
}

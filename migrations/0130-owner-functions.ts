import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What the application needs of the owner of the schema, as functions with the owner's rights: partitions made and dropped, tables
 * counted for the planner. The application's own role can then be without any right to define or drop (common/database-rights.ts).
 * Names are built from numbers and dates alone, and each function does one thing.
 */
export class OwnerFunctions1764000130000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create function create_plan_partition(given_plan_id int) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        execute format('create table plan_window_%s (like plan_window including defaults including constraints)', given_plan_id);
        execute format('alter table plan_window_%1$s add constraint plan_window_%1$s_plan_check check (plan_id = %1$s)', given_plan_id);
      end $$;

      create function index_plan_partition(given_plan_id int) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      declare
        partition text := 'plan_window_' || given_plan_id;
      begin
        execute format('alter table %1$s add constraint %1$s_pkey primary key (plan_id, window_id)', partition);
        execute format('create index %1$s_class_idx on %1$s (class_id, start_cell)', partition);
        execute format('create index %1$s_establishment_idx on %1$s (establishment_id, start_cell)', partition);
        execute format('create index %1$s_start_idx on %1$s (start_cell, headcount)', partition);
        execute format('create index %1$s_teacher_idx on %1$s (teacher_key_id, start_cell) where teacher_key_id is not null', partition);
        execute format('analyze %s', partition);
      end $$;

      create function attach_plan_partition(given_plan_id int) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        execute format('alter table plan_window attach partition plan_window_%1$s for values in (%1$s)', given_plan_id);
        execute format('alter table plan_window_%1$s drop constraint plan_window_%1$s_plan_check', given_plan_id);
      end $$;

      -- nobody is in need of dropping the windows that are in force
      create function drop_plan_partition(given_plan_id int) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        if exists (select from plan where id = given_plan_id and state = 'published') then
          raise exception 'plan % is published: its windows stay', given_plan_id using errcode = 'insufficient_privilege';
        end if;
        execute format('drop table if exists plan_window_%s', given_plan_id);
      end $$;

      create function create_count_partitions(given_on date) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      declare
        counted text;
      begin
        foreach counted in array array['gateway_window_count', 'gateway_cell_count'] loop
          execute format('create table if not exists %1$s_%2$s partition of %1$s for values from (%3$L) to (%4$L)',
            counted, to_char(given_on, 'YYYY_MM_DD'), given_on, given_on + 1);
        end loop;
      end $$;

      create function drop_count_partitions(given_on date) returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        execute format('drop table if exists gateway_window_count_%1$s, gateway_cell_count_%1$s', to_char(given_on, 'YYYY_MM_DD'));
      end $$;

      create function count_allocation_facts() returns void
        language plpgsql security definer set search_path = public, pg_temp as $$
      begin
        analyze establishment, class, class_group_source, class_teacher, wish;
      end $$;

      revoke execute on function create_plan_partition(int), index_plan_partition(int), attach_plan_partition(int),
        drop_plan_partition(int), create_count_partitions(date), drop_count_partitions(date), count_allocation_facts(),
        remove_audit_entries(int) from public;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      grant execute on function remove_audit_entries(int) to public;
      drop function create_plan_partition(int), index_plan_partition(int), attach_plan_partition(int), drop_plan_partition(int),
        create_count_partitions(date), drop_count_partitions(date), count_allocation_facts();
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const CHANGED = 'update establishment set shown_changed_at = clock_timestamp() where id in';

/**
 * When what a calendar feed shows of an establishment besides its windows changed last: its name, zone and platform, the codes of its classes,
 * the groups drawn from them. Kept by the tables themselves, whoever writes them: who keeps a date instead of an ETag must hear of it.
 */
export class ShownNames1764000222000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table establishment add column shown_changed_at timestamptz not null default now();

      create function establishment_shown_changed() returns trigger language plpgsql as $$
      begin
        if (old.name, old.time_zone, old.platform_id) is distinct from (new.name, new.time_zone, new.platform_id) then
          new.shown_changed_at := clock_timestamp();
        end if;
        return new;
      end $$;
      create trigger establishment_shown before update of name, time_zone, platform_id on establishment
        for each row execute function establishment_shown_changed();

      create function class_shown_changed() returns trigger language plpgsql as $$
      begin
        ${CHANGED} (select o.establishment_id from before o left join after n on n.id = o.id where n.code is distinct from o.code);
        return null;
      end $$;
      create trigger class_shown after update on class referencing old table as before new table as after
        for each statement execute function class_shown_changed();

      create function class_shown_gone() returns trigger language plpgsql as $$
      begin
        ${CHANGED} (select establishment_id from before);
        return null;
      end $$;
      create trigger class_gone after delete on class referencing old table as before
        for each statement execute function class_shown_gone();

      create function class_groups_changed() returns trigger language plpgsql as $$
      begin
        ${CHANGED} (select c.establishment_id from changed g join class c on c.id = g.class_id);
        return null;
      end $$;
      create trigger class_group_come after insert on class_group_source referencing new table as changed
        for each statement execute function class_groups_changed();
      create trigger class_group_gone after delete on class_group_source referencing old table as changed
        for each statement execute function class_groups_changed();
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop trigger class_group_gone on class_group_source;
      drop trigger class_group_come on class_group_source;
      drop trigger class_gone on class;
      drop trigger class_shown on class;
      drop trigger establishment_shown on establishment;
      drop function class_groups_changed();
      drop function class_shown_gone();
      drop function class_shown_changed();
      drop function establishment_shown_changed();
      alter table establishment drop column shown_changed_at;
    `);
  }
}

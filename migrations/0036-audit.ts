import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The audit trail: who did what, when, on what, from which value to which, and why. Rows are added and never changed; bookings stand
 * in it through their change log. Triggers hold whoever connects, rights (see common/database-rights.ts) hold the application besides.
 */
export class Audit1764000036000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table audit_entry (
        id uuid default gen_random_uuid() constraint audit_entry_pkey primary key,
        recorded_at timestamptz not null default now(),
        role text not null,
        -- the number of an account or a key, or what the service does by itself; never a name
        subject text not null constraint audit_entry_subject_check check (length(subject) between 1 and 200),
        -- <thing>.<what was done>
        action text not null constraint audit_entry_action_check check (action ~ '^[a-z_]+\\.[a-z_]+$'),
        thing text not null,
        thing_key text not null constraint audit_entry_key_check check (length(thing_key) between 1 and 300),
        platform_id int,
        uai text,
        before jsonb,
        after jsonb,
        reason text
      );
      create index audit_entry_recorded_idx on audit_entry (recorded_at, id);
      create index audit_entry_subject_idx on audit_entry (subject, recorded_at, id);
      create index audit_entry_uai_idx on audit_entry (uai, recorded_at, id) where uai is not null;
      create index booking_booked_idx on booking (booked_at, id);

      -- one row; a hundred and eighty days are kept whatever is configured and whoever asks
      create table audit_floor (
        is_only boolean default true constraint audit_floor_pkey primary key constraint audit_floor_only_check check (is_only),
        least_days int not null constraint audit_floor_days_check check (least_days >= 180)
      );
      insert into audit_floor (least_days) values (180);

      create function audit_entry_is_kept() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and old.recorded_at < now() - make_interval(days => (select least_days from audit_floor)) then
          return old;
        end if;
        raise exception 'the audit trail is only added to' using errcode = 'insufficient_privilege';
      end $$;
      create trigger audit_entry_kept before update or delete on audit_entry
        for each row execute function audit_entry_is_kept();
      create trigger audit_entry_not_truncated before truncate on audit_entry
        for each statement execute function audit_entry_is_kept();

      -- what the application may do to old entries, and all that it may do: with the rights of the owner, and under the floor
      create function remove_audit_entries(older_than_days int) returns bigint
        language sql security definer set search_path = public, pg_temp as $$
        with removed as (
          delete from audit_entry
            where recorded_at < now() - make_interval(days => greatest(older_than_days, (select least_days from audit_floor)))
            returning 1)
        select count(*) from removed $$;

      create view audit_trail as
        select id, recorded_at, role, subject, action, thing, thing_key, platform_id, uai, before, after, reason from audit_entry
        union all
        select b.id, b.booked_at, null, b.booked_by, 'booking.' || b.operation, 'plan', b.plan_id::text, b.platform_id, e.uai,
          c.before, c.after, b.reason
        from booking b
          cross join lateral (select jsonb_agg(p.before order by p.revision) filter (where p.before is not null) as before,
              jsonb_agg(p.after order by p.revision) filter (where p.after is not null) as after,
              min((coalesce(p.after, p.before) ->> 'establishmentId')::int) as establishment_id
            from plan_change p where p.booking_id = b.id) c
          left join establishment e on e.id = c.establishment_id;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop view audit_trail;
      drop function remove_audit_entries(int);
      drop table audit_entry, audit_floor;
      drop function audit_entry_is_kept();
      drop index booking_booked_idx;
    `);
  }
}

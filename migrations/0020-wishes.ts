import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a campaign is open for wishes, wishes of whole establishments, the authority's word on fixed windows beyond the cap. */
export class Wishes1764000020000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table campaign
        -- heads may write wishes from ... until; null: no bound on that side
        add column wishes_open_at timestamptz,
        add column wishes_close_at timestamptz,
        add constraint campaign_wishes_check check (wishes_open_at < wishes_close_at);

      alter table wish
        alter column class_id drop not null,
        -- of a wish for a whole establishment, with whom it is for: all of its classes, its relatives, its staff
        add column establishment_id int constraint wish_establishment_fkey references establishment on delete cascade,
        add column audience text constraint wish_audience_check check (audience in ('pupils', 'relatives', 'staff')),
        -- a fixed window beyond the cap waits for the authority; until approved it counts as a wished start
        add column approval text not null default 'not_needed' constraint wish_approval_check check
          (approval in ('not_needed', 'pending', 'approved', 'refused')),
        add column approval_reason text,
        -- the role that decided, never a name
        add column decided_by text,
        add column decided_at timestamptz,
        drop constraint wish_origin_check,
        add constraint wish_origin_check check (origin in ('timetable', 'head', 'demo', 'copy')),
        add constraint wish_owner_check check
          ((class_id is null) = (establishment_id is not null) and (class_id is null) = (audience is not null)),
        add constraint wish_whole_check check (class_id is not null or teacher_key_id is null),
        add constraint wish_fixed_approval_check check (approval = 'not_needed' or kind = 'fixed'),
        add constraint wish_decided_check check
          ((approval in ('approved', 'refused')) = (decided_at is not null)
            and (decided_at is null) = (decided_by is null) and (decided_at is null) = (approval_reason is null));
      create index wish_establishment_idx on wish (establishment_id, campaign_id) where establishment_id is not null;
      create index wish_asked_idx on wish (campaign_id, id) where approval <> 'not_needed';

      -- who wrote wishes when; after the deadline also why
      create table wish_change (
        id bigint generated always as identity constraint wish_change_pkey primary key,
        campaign_id int not null constraint wish_change_campaign_fkey references campaign on delete cascade,
        establishment_id int not null constraint wish_change_establishment_fkey references establishment on delete cascade,
        -- null where the wishes of the whole establishment were written
        class_id int constraint wish_change_class_fkey references class on delete cascade,
        changed_by text not null,
        late_reason text,
        changed_at timestamptz not null default now()
      );
      create index wish_change_campaign_idx on wish_change (campaign_id, establishment_id, id);
      create index wish_change_establishment_idx on wish_change (establishment_id);
      create index wish_change_class_idx on wish_change (class_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table wish_change;
      delete from wish where class_id is null or origin = 'copy';
      alter table wish
        drop constraint wish_owner_check, drop constraint wish_whole_check, drop constraint wish_fixed_approval_check,
        drop constraint wish_decided_check, drop constraint wish_origin_check,
        add constraint wish_origin_check check (origin in ('timetable', 'head', 'demo')),
        alter column class_id set not null,
        drop column establishment_id, drop column audience, drop column approval, drop column approval_reason,
        drop column decided_by, drop column decided_at;
      alter table campaign drop constraint campaign_wishes_check, drop column wishes_open_at, drop column wishes_close_at;
    `);
  }
}

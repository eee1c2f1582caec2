import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Plans and their windows, load by department, the ledger of each platform, its revisions and changes. */
export class Plan1764000005000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table platform_revision (
        platform_id int constraint platform_revision_pkey primary key constraint platform_revision_platform_fkey references platform on delete cascade,
        epoch int not null default 1 constraint platform_revision_epoch_check check (epoch > 0),
        revision bigint not null default 0 constraint platform_revision_revision_check check (revision >= 0)
      );

      create table plan (
        id int generated always as identity constraint plan_pkey primary key,
        campaign_id int not null constraint plan_campaign_fkey references campaign on delete cascade,
        state text not null constraint plan_state_check check (state in ('draft', 'published', 'superseded')),
        -- the revision of the platform that the plan was computed at
        base_epoch int not null,
        base_revision bigint not null,
        seed int not null,
        window_count int not null,
        -- everything that certifies the plan when it is computed (plan-certificate.ts)
        certificate jsonb not null,
        -- the profiles of its windows: [{profileId, audience, levelGroup, activity, windowCells, participationPerMille, sessionsPerMille, loginsPerMille}]
        profiles jsonb not null,
        -- demands without a window: [{classId | establishmentId, audience, on, reason, neededSessions, neededLogins}]
        unplaced jsonb not null default '[]',
        created_by text not null,
        created_at timestamptz not null default now(),
        published_at timestamptz,
        -- revision of the platform at its last publication
        published_epoch int,
        published_revision bigint,
        superseded_at timestamptz,
        -- counts every change of plan_load and plan_cell: what copies of the load curve are keyed by
        curve_version int not null default 1,
        constraint plan_published_check check
          ((state = 'draft') = (published_at is null) and (state = 'draft') = (published_revision is null)
            and (published_epoch is null) = (published_revision is null))
      );
      create unique index plan_one_published_idx on plan (campaign_id) where state = 'published';
      create index plan_campaign_idx on plan (campaign_id, id);

      create sequence window_id_seq as bigint;

      -- one partition per plan, made by the plan store; small types first, so that a row stays narrow
      create table plan_window (
        plan_id int not null,
        window_id bigint not null,
        establishment_id int not null,
        -- null for an establishment's own window (relatives, staff)
        class_id int,
        audience smallint not null,
        activity smallint not null,
        origin smallint not null,
        cell_count smallint not null,
        -- the nth window of its class (or audience) on its day, from 0: with class or establishment, audience and date the
        -- identity that maps a draft onto the ids of the windows that exist
        ordinal smallint not null,
        profile_id smallint not null,
        local_date date not null,
        start_cell int not null,
        -- start that was wished, null for none
        wish_cell int,
        headcount int not null,
        teacher_key_id int,
        -- windows that keep the same hours: the id of the earliest of them
        series_id bigint,
        -- revision of the window's own last change, 0 for none since its plan was published
        revision bigint not null,
        constraint plan_window_pkey primary key (plan_id, window_id)
      ) partition by list (plan_id);
      create index plan_window_class_idx on plan_window (class_id, start_cell);
      create index plan_window_establishment_idx on plan_window (establishment_id, start_cell);

      -- planned load of a plan by department: what the load curve of a territory is summed from, in thousandths
      create table plan_load (
        plan_id int not null constraint plan_load_plan_fkey references plan on delete cascade,
        department_id int not null,
        cell int not null,
        sessions bigint not null,
        logins bigint not null,
        constraint plan_load_pkey primary key (plan_id, department_id, cell)
      );

      -- what a plan was computed against, per cell of its horizon, in thousandths: how its limit came about
      create table plan_cell (
        plan_id int not null constraint plan_cell_plan_fkey references plan on delete cascade,
        cell int not null,
        capacity_sessions bigint not null,
        capacity_logins bigint not null,
        headroom_sessions bigint not null,
        headroom_logins bigint not null,
        background_sessions bigint not null,
        background_logins bigint not null,
        reserved_sessions bigint not null,
        reserved_logins bigint not null,
        -- windows of other published plans of the platform
        other_sessions bigint not null,
        other_logins bigint not null,
        constraint plan_cell_pkey primary key (plan_id, cell)
      );

      -- one row per platform and cell for published windows and live holds, in thousandths; the database itself refuses a cell
      -- over its ceiling. A capacity below what is planned sets the ceiling to what is planned: nothing can make it worse.
      create table ledger_cell (
        platform_id int not null constraint ledger_cell_platform_fkey references platform,
        cell int not null,
        session_limit bigint not null,
        session_planned bigint not null,
        session_ceiling bigint not null,
        login_limit bigint not null,
        login_planned bigint not null,
        login_ceiling bigint not null,
        constraint ledger_cell_pkey primary key (platform_id, cell),
        constraint ledger_cell_sessions_check check (session_planned between 0 and session_ceiling),
        constraint ledger_cell_logins_check check (login_planned between 0 and login_ceiling)
      ) with (fillfactor = 70);

      -- every change of a platform's windows, numbered without gaps in commit order
      create table plan_change (
        platform_id int not null constraint plan_change_platform_fkey references platform,
        epoch int not null,
        revision bigint not null,
        kind text not null constraint plan_change_kind_check check (kind in ('publication', 'rollback')),
        plan_id int not null,
        superseded_plan_id int,
        changed_by text not null,
        reason text not null,
        changed_at timestamptz not null default now(),
        constraint plan_change_pkey primary key (platform_id, epoch, revision)
      );

      create table job_run (
        id int generated always as identity constraint job_run_pkey primary key,
        kind text not null,
        campaign_id int constraint job_run_campaign_fkey references campaign on delete cascade,
        state text not null constraint job_run_state_check check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
        parameters jsonb not null,
        progress jsonb not null default '{}',
        plan_id int,
        -- of a failed job: {code, message, facts}
        error jsonb,
        attempt_count int not null default 0,
        is_cancel_requested boolean not null default false,
        requested_by text not null,
        created_at timestamptz not null default now(),
        started_at timestamptz,
        ended_at timestamptz
      );
      create index job_run_campaign_idx on job_run (campaign_id, id);
      -- one at a time of a kind for a campaign, whatever the number of requests and replicas
      create unique index job_run_one_active_idx on job_run (kind, campaign_id) where state in ('queued', 'running');
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table job_run, plan_change, ledger_cell, plan_cell, plan_load, plan_window;
      drop sequence window_id_seq;
      drop table plan, platform_revision;
    `);
  }
}

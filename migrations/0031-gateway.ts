import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The service's side of the gateways: settings, keys, the signed bundle and deltas of each platform, agents, and counts by day. */
export class Gateway1764000031000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table gateway_settings (
        platform_id int constraint gateway_settings_pkey primary key
          constraint gateway_settings_platform_fkey references platform on delete cascade,
        -- gateway-settings.rules.ts
        settings jsonb not null,
        changed_by text not null,
        changed_at timestamptz not null default now()
      );

      create table gateway_signing_key (
        kid text constraint gateway_signing_key_pkey primary key,
        private_jwk jsonb not null,
        signs_from timestamptz not null,
        -- null while it is the newest
        verifies_until timestamptz
      );

      create table gateway_pass_key (
        platform_id int not null constraint gateway_pass_key_platform_fkey references platform on delete cascade,
        kid text not null,
        secret bytea not null constraint gateway_pass_key_secret_check check (length(secret) = 32),
        signs_from timestamptz not null,
        verifies_until timestamptz,
        constraint gateway_pass_key_pkey primary key (platform_id, kid)
      );

      -- the newest bundle of a platform, the same bytes for every replica
      create table gateway_bundle (
        platform_id int constraint gateway_bundle_pkey primary key
          constraint gateway_bundle_platform_fkey references platform on delete cascade,
        epoch int not null,
        revision bigint not null,
        edition int not null,
        -- gateways that run an older edition than this fetch the whole bundle
        needed_edition int not null,
        needed_issued_at timestamptz not null,
        -- of everything but windows, revision and time
        facts_sha256 bytea not null,
        issued_at timestamptz not null,
        stale_after timestamptz not null,
        chain text not null,
        signature text not null,
        gzipped bytea not null
      );
      alter table gateway_bundle alter column gzipped set storage external;

      -- where the deltas of a platform have come to
      create table gateway_head (
        platform_id int constraint gateway_head_pkey primary key
          constraint gateway_head_platform_fkey references platform on delete cascade,
        epoch int not null,
        revision bigint not null,
        chain text not null,
        moved_at timestamptz not null
      );

      create table gateway_delta (
        platform_id int not null constraint gateway_delta_platform_fkey references platform on delete cascade,
        epoch int not null,
        from_revision bigint not null,
        to_revision bigint not null,
        bytes text not null,
        signature text not null,
        chain text not null,
        constraint gateway_delta_pkey primary key (platform_id, epoch, to_revision),
        constraint gateway_delta_order_check check (from_revision < to_revision)
      );

      create table gateway_agent (
        key_id int not null constraint gateway_agent_key_fkey references machine_key on delete cascade,
        agent text not null,
        platform_id int not null constraint gateway_agent_platform_fkey references platform on delete cascade,
        version text not null,
        state text not null,
        posture text,
        epoch int,
        revision bigint,
        edition int,
        chain text,
        plan_issued_at timestamptz,
        refused jsonb,
        clock_offset_seconds double precision not null,
        reported_at timestamptz not null,
        constraint gateway_agent_pkey primary key (key_id, agent)
      );
      create index gateway_agent_platform_idx on gateway_agent (platform_id);

      create table gateway_batch (
        key_id int not null constraint gateway_batch_key_fkey references machine_key on delete cascade,
        batch_id uuid not null,
        received_at timestamptz not null default now(),
        constraint gateway_batch_pkey primary key (key_id, batch_id)
      );
      create index gateway_batch_received_idx on gateway_batch (received_at);

      -- totals per window of an owner, start_cell -1 outside every window; one partition a day, dropped after 14 days
      create table gateway_window_count (
        on_date date not null,
        platform_id int not null,
        audience smallint not null,
        owner_id int not null,
        establishment_id int not null,
        start_cell int not null,
        admitted int not null,
        deferred int not null,
        refused int not null,
        attempts int not null,
        would_refuse int not null,
        constraint gateway_window_count_pkey primary key (on_date, platform_id, audience, owner_id, start_cell)
      ) partition by range (on_date);
      create index gateway_window_count_establishment_idx on gateway_window_count (establishment_id, on_date);

      -- per cell by department, level and profile; one partition a day
      create table gateway_cell_count (
        on_date date not null,
        platform_id int not null,
        cell int not null,
        department text not null,
        -- index of the level, -1 where it is not known
        level smallint not null,
        profile smallint not null,
        admitted int not null,
        deferred int not null,
        refused int not null,
        attempts int not null,
        would_refuse int not null,
        constraint gateway_cell_count_pkey primary key (on_date, platform_id, cell, department, level, profile)
      ) partition by range (on_date);

      -- what is kept of a day beyond 14 days: by establishment and audience
      create table gateway_day_count (
        on_date date not null,
        platform_id int not null constraint gateway_day_count_platform_fkey references platform on delete cascade,
        establishment_id int not null constraint gateway_day_count_establishment_fkey references establishment on delete cascade,
        audience smallint not null,
        admitted int not null,
        admitted_in_window int not null,
        deferred int not null,
        refused int not null,
        attempts int not null,
        would_refuse int not null,
        constraint gateway_day_count_pkey primary key (platform_id, on_date, establishment_id, audience)
      );
      create index gateway_day_count_establishment_idx on gateway_day_count (establishment_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table gateway_day_count, gateway_cell_count, gateway_window_count, gateway_batch, gateway_agent, gateway_delta,
                 gateway_head, gateway_bundle, gateway_pass_key, gateway_signing_key, gateway_settings;
    `);
  }
}

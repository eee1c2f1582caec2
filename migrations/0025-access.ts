import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts, sessions, sign-ins under way, keys of machines, delegations. No name, no address, no telephone of anybody. */
export class Access1764000025000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table account (
        id int generated always as identity constraint account_pkey primary key,
        issuer text not null constraint account_issuer_check check (length(issuer) between 1 and 500),
        -- what the provider calls the person; pairwise where the provider can
        subject text not null constraint account_subject_check check (length(subject) between 1 and 255),
        -- null: signed in, and nobody gave a role yet
        role text constraint account_role_check check (role in ('head', 'inspector', 'authority', 'auditor', 'operator')),
        uais text[] not null default '{}',
        territories jsonb not null default '[]',
        -- 'claims': read again at each sign-in; 'granted': by an operator, kept as it is
        origin text not null constraint account_origin_check check (origin in ('claims', 'granted')),
        created_at timestamptz not null default now(),
        last_signed_in_at timestamptz,
        constraint account_key unique (issuer, subject)
      );

      create table session (
        id_sha256 bytea constraint session_pkey primary key constraint session_id_check check (length(id_sha256) = 32),
        account_id int not null constraint session_account_fkey references account on delete cascade,
        signed_in_at timestamptz not null default now(),
        expires_at timestamptz not null
      );
      create index session_account_idx on session (account_id);
      create index session_expires_idx on session (expires_at);

      create table sign_in (
        state_sha256 bytea constraint sign_in_pkey primary key,
        -- a cookie of the browser that began: nobody else may finish
        browser_sha256 bytea not null,
        nonce text not null,
        code_verifier text not null,
        return_to text not null,
        expires_at timestamptz not null
      );
      create index sign_in_expires_idx on sign_in (expires_at);

      create table machine_key (
        id int generated always as identity constraint machine_key_pkey primary key,
        name text not null constraint machine_key_name_check check (length(name) between 1 and 100),
        secret_sha256 bytea not null constraint machine_key_secret_key unique,
        -- its first characters, by which people tell keys apart
        prefix text not null,
        scopes text[] not null constraint machine_key_scopes_check check
          (cardinality(scopes) > 0 and scopes <@ array['roster', 'windows', 'gateway', 'metrics']),
        platform_id int constraint machine_key_platform_fkey references platform,
        created_by text not null,
        created_at timestamptz not null default now(),
        expires_at timestamptz not null,
        last_used_at timestamptz,
        revoked_at timestamptz
      );
      create index machine_key_platform_idx on machine_key (platform_id);

      create table delegation (
        id int generated always as identity constraint delegation_pkey primary key,
        uai text not null constraint delegation_uai_fkey references establishment (uai) on delete cascade,
        issuer text not null,
        subject text not null,
        delegated_by text not null,
        starts_at timestamptz not null default now(),
        ends_at timestamptz not null,
        constraint delegation_time_check check (ends_at > starts_at)
      );
      create index delegation_person_idx on delegation (issuer, subject);
      create index delegation_uai_idx on delegation (uai);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table delegation, machine_key, sign_in, session, account');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A plan shown to heads as a proposal, their answers, and the links that answer. */
export class Proposal1764000021000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table proposal (
        id int generated always as identity constraint proposal_pkey primary key,
        campaign_id int not null constraint proposal_campaign_fkey references campaign on delete cascade,
        plan_id int not null constraint proposal_plan_fkey references plan,
        -- from then on silence accepts
        answers_until timestamptz not null,
        opened_by text not null,
        opened_at timestamptz not null default now(),
        -- when a proposal of another plan took its place
        superseded_at timestamptz
      );
      create unique index proposal_one_open_idx on proposal (campaign_id) where superseded_at is null;
      create index proposal_campaign_idx on proposal (campaign_id, id);
      create index proposal_plan_idx on proposal (plan_id);

      -- every answer that was given; the last one for a class, or for the whole establishment, holds
      create table proposal_answer (
        id bigint generated always as identity constraint proposal_answer_pkey primary key,
        proposal_id int not null constraint proposal_answer_proposal_fkey references proposal on delete cascade,
        establishment_id int not null constraint proposal_answer_establishment_fkey references establishment on delete cascade,
        -- null: for all of its classes
        class_id int constraint proposal_answer_class_fkey references class on delete cascade,
        verdict text not null constraint proposal_answer_verdict_check check (verdict in ('accept', 'change')),
        comment text constraint proposal_answer_comment_check check (length(comment) <= 1000),
        -- in which quality it was given: a role, never a name
        quality text not null constraint proposal_answer_quality_check check
          (quality in ('head', 'deputy', 'inspector', 'authority', 'operator')),
        late_reason text,
        answered_at timestamptz not null default now(),
        constraint proposal_answer_change_check check (verdict <> 'change' or comment is not null)
      );
      create index proposal_answer_idx on proposal_answer (proposal_id, establishment_id, class_id, id desc);
      create index proposal_answer_establishment_idx on proposal_answer (establishment_id);
      create index proposal_answer_class_idx on proposal_answer (class_id);

      create table answer_link (
        id bigint generated always as identity constraint answer_link_pkey primary key,
        proposal_id int not null constraint answer_link_proposal_fkey references proposal on delete cascade,
        establishment_id int not null constraint answer_link_establishment_fkey references establishment on delete cascade,
        -- in which quality its answers are given
        quality text not null constraint answer_link_quality_check check (quality in ('head', 'deputy', 'inspector')),
        -- the token itself is told once and kept nowhere
        token_sha256 bytea not null constraint answer_link_token_key unique
          constraint answer_link_token_check check (length(token_sha256) = 32),
        expires_at timestamptz not null,
        created_by text not null,
        created_at timestamptz not null default now(),
        revoked_at timestamptz
      );
      create index answer_link_proposal_idx on answer_link (proposal_id, id);
      create index answer_link_establishment_idx on answer_link (establishment_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`drop table answer_link, proposal_answer, proposal;`);
  }
}

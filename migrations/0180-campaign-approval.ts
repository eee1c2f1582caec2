import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Authorities that are asked whether a campaign may bind the schools of their territory, and what they said. */
export class CampaignApproval1764000180000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table campaign add column is_approval_needed boolean not null default false;

      create table campaign_approval (
        campaign_id int not null constraint campaign_approval_campaign_fkey references campaign on delete cascade,
        -- an authority's last word: it may change its mind until the campaign is published
        decided_by text not null,
        decision text not null constraint campaign_approval_decision_check check (decision in ('approve', 'refuse')),
        -- [{code, level, kinds}] that it answered for when it decided
        territories jsonb not null,
        reason text not null,
        decided_at timestamptz not null,
        constraint campaign_approval_pkey primary key (campaign_id, decided_by)
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table campaign_approval; alter table campaign drop column is_approval_needed;');
  }
}

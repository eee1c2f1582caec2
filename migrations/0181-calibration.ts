import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Load models proposed from what was counted and measured, and which of them a campaign began with. */
export class Calibration1764000181000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table calibration (
        id int generated always as identity constraint calibration_pkey primary key,
        platform_id int not null constraint calibration_platform_fkey references platform on delete cascade,
        -- whose plan was in force, and whose load model is proposed anew
        campaign_id int not null constraint calibration_campaign_fkey references campaign on delete cascade,
        first_on date not null,
        last_on date not null,
        -- a complete load model, as campaign.load_model
        load_model jsonb not null,
        -- what it was drawn from: counts of classes are dropped after some days
        findings jsonb not null,
        made_by text not null,
        made_at timestamptz not null,
        constraint calibration_days_check check (last_on between first_on and first_on + 13)
      );
      create index calibration_platform_idx on calibration (platform_id, id);
      create index calibration_campaign_idx on calibration (campaign_id);
      alter table campaign add column calibration_id int
        constraint campaign_calibration_fkey references calibration on delete set null;
      create index campaign_calibration_idx on campaign (calibration_id) where calibration_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table campaign drop column calibration_id; drop table calibration;');
  }
}

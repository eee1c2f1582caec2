import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a bad morning was, what it was not, and what was agreed after it. */
export class PostMortem1764000165000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table post_mortem (
        id int generated always as identity constraint post_mortem_pkey primary key,
        platform_id int not null constraint post_mortem_platform_fkey references platform on delete cascade,
        first_on date not null,
        last_on date not null,
        -- the day that was simulated again
        replayed_on date not null,
        simulation_id int constraint post_mortem_simulation_fkey references job_run on delete set null,
        -- as it was found: counts of classes and cells are dropped after some days
        facts jsonb not null,
        summary text not null default '',
        causes jsonb not null,
        improvements jsonb not null default '[]',
        -- counts the changes of what people write
        revision int not null default 1,
        made_by text not null,
        made_at timestamptz not null,
        changed_at timestamptz not null,
        constraint post_mortem_days_check check (last_on between first_on and first_on + 6 and replayed_on between first_on and last_on)
      );
      create index post_mortem_platform_idx on post_mortem (platform_id, id);
      create index post_mortem_simulation_idx on post_mortem (simulation_id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table post_mortem');
  }
}

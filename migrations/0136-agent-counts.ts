import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each agent has counted since its start, as it reports it beside what it runs. */
export class AgentCounts1764000136000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway_agent add column counts jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway_agent drop column counts');
  }
}

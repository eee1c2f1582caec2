import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who waits in each agent's waiting room, as it reports it beside what it runs. */
export class AgentRoom1764000182000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway_agent add column room jsonb');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table gateway_agent drop column room');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Proofs that somebody asked for are kept too, where they say something else than the one before. */
export class ProofOnDemand1764000188000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table ledger_proof add column is_on_demand boolean not null default false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('alter table ledger_proof drop column is_on_demand');
  }
}

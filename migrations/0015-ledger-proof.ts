import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the nightly proofs of each platform found. */
export class LedgerProof1764000015000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table ledger_proof (
        id bigint generated always as identity constraint ledger_proof_pkey primary key,
        platform_id int not null constraint ledger_proof_platform_fkey references platform on delete cascade,
        epoch int not null,
        revision bigint not null,
        cell_difference_count int not null,
        window_difference_count int not null,
        -- the first of both: {cells: [...], windows: [...]}
        differences jsonb not null,
        proved_at timestamptz not null default now()
      );
      create index ledger_proof_platform_idx on ledger_proof (platform_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table ledger_proof');
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

const TABLES = ['campaign', 'calibration'];
const behaviours = (change: string): string =>
  `jsonb_set(load_model, '{behaviours}', (select coalesce(jsonb_agg(${change} order by k), '[]') from jsonb_array_elements(load_model -> 'behaviours') with ordinality b (behaviour, k)))`;

/** What was assumed of everybody, 900 per mille, stands in the load model, where it can be calibrated. */
export class BelievedAdherence1764000230000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`update ${table} set load_model = ${behaviours(`behaviour || '{"adherencePerMille": 900}'`)}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of TABLES)
      await runner.query(`update ${table} set load_model = ${behaviours(`behaviour - 'adherencePerMille'`)}`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people call a step, in the languages of the screens: where its rung still stands both are known. */
export class StepNames1764000211000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table protection_step alter column name type jsonb using jsonb_build_object('fr', name, 'en', name);
      update protection_step s set name = r.rung -> 'name'
        from protection_ladder l, jsonb_array_elements(l.rungs) r (rung)
       where l.platform_id = s.platform_id and r.rung ->> 'code' = s.rung and r.rung -> 'name' ->> 'fr' = s.name ->> 'fr';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table protection_step alter column name type text using name ->> 'fr'`);
  }
}

import { DataSource } from 'typeorm';
import { databaseOptions } from '../../src/common/database';
import { freshDatabaseUrl } from '../test-database';

const TABLES = `select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;

describe('migrations', () => {
  it('go up, down to nothing and up again, ending with the same columns', async () => {
    const database = new DataSource(databaseOptions(await freshDatabaseUrl('empty'), 2));
    await database.initialize();
    try {
      const columns = `select table_name, column_name, data_type, is_nullable from information_schema.columns where table_schema = 'public' order by 1, 2`;
      const ran = await database.runMigrations();
      expect(ran.length).toBeGreaterThan(0);
      const first = await database.query<object[]>(columns);
      for (let step = 0; step < ran.length; step++) await database.undoLastMigration();
      expect(await database.query(TABLES)).toEqual([{ name: 'migration' }]);
      await database.runMigrations();
      expect(await database.query(columns)).toEqual(first);
    } finally {
      await database.destroy();
    }
  });
});

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { type DataSource } from 'typeorm';
import { startTestApplication } from '../test-application';

interface Column {
  table_name: string;
  column_name: string;
  is_nullable: 'YES' | 'NO';
}

describe('entities', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    app = await startTestApplication();
  });
  afterAll(() => app.close());

  it('name the columns of their tables, all of them, with the same nullability', async () => {
    const database = app.get<DataSource>(getDataSourceToken());
    const columns = await database.query<Column[]>(
      `select table_name, column_name, is_nullable from information_schema.columns where table_schema = 'public'`,
    );
    expect(database.entityMetadatas.length).toBeGreaterThan(0);
    for (const entity of database.entityMetadatas) {
      const inDatabase = columns
        .filter((column) => column.table_name === entity.tableName)
        .map((column) => `${column.column_name} ${column.is_nullable === 'YES' ? 'null' : 'not null'}`);
      const inEntity = entity.columns.map(
        (column) => `${column.databaseName} ${column.isNullable ? 'null' : 'not null'}`,
      );
      expect({ table: entity.tableName, columns: inEntity.sort() }).toEqual({
        table: entity.tableName,
        columns: inDatabase.sort(),
      });
    }
  });
});

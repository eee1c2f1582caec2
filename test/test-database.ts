import { randomBytes } from 'node:crypto';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../src/common/database';

async function administer(statement: string): Promise<void> {
  const admin = new DataSource(databaseOptions(process.env.TEST_POSTGRES_URL!, 1));
  await admin.initialize();
  try {
    await admin.query(statement);
  } finally {
    await admin.destroy();
  }
}

/** The address of a database of its own for one test file: a clone of the migrated template, or an empty one. */
export const freshDatabaseUrl = (template: 'migrated' | 'empty' = 'migrated'): Promise<string> =>
  databaseFrom(template === 'migrated' ? 'template_etale' : 'template1');

/** The address of a copy of a database to which nobody is connected. */
export async function databaseFrom(template: string): Promise<string> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(`create database ${name} template ${template}`);
  return process.env.TEST_POSTGRES_URL!.replace(/etale$/, name);
}

/** The address of the same database for the application's own role, or for the reader. */
export const asRole = (ownerUrl: string, role: 'application' | 'reader'): string =>
  (role === 'reader' ? process.env.TEST_READER_URL! : process.env.TEST_APPLICATION_URL!).replace(
    /etale$/,
    new URL(ownerUrl).pathname.slice(1),
  );

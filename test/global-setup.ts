import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { databaseOptions } from '../src/common/database';
import { reachDatabase } from '../src/common/database-check';
import { grantApplication } from '../src/common/database-preparation';
import { startEmbeddedPostgres } from '../src/common/embedded-postgres';

/** One PostgreSQL for the whole run, with a migrated template that every test file clones. */
export default async function setup(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'etale-test-'));
  const postgres = await startEmbeddedPostgres({
    folder: join(folder, 'postgres'),
    settings: { fsync: 'off', max_connections: '200' },
  });
  const admin = new DataSource(databaseOptions(postgres.ownerUrl, 2));
  await admin.initialize();
  await admin.query('create database template_etale');
  await admin.destroy();
  const template = new DataSource(databaseOptions(postgres.ownerUrl.replace(/etale$/, 'template_etale'), 2));
  await template.initialize();
  await template.runMigrations();
  await template.destroy();
  // the roles of the cluster and their rights in the template are those of every copy
  const ownerUrl = postgres.ownerUrl.replace(/etale$/, 'template_etale');
  const owner = await reachDatabase(ownerUrl);
  await grantApplication(owner, ownerUrl, postgres.url);
  await owner.end();
  process.env.TEST_APPLICATION_URL = postgres.url;
  process.env.TEST_READER_URL = postgres.readerUrl;
  process.env.TEST_POSTGRES_URL = postgres.ownerUrl;
  process.env.TEST_COMPILED_FOLDER = join(folder, 'compiled');
  mkdirSync(process.env.TEST_COMPILED_FOLDER);
  // threads and child processes that tests start run the sources as well
  process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require "${join(__dirname, 'swc-register.cjs')}"`;
  (globalThis as { stopPostgres?: () => Promise<void> }).stopPostgres = async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

import { Argument, type Command } from 'commander';
import { DataSource } from 'typeorm';
import { loadConfig } from '../common/config';
import { openDatabase } from '../common/data-folder';
import { databaseOptions } from '../common/database';
import { reachDatabase } from '../common/database-check';
import { grantApplication } from '../common/database-preparation';
import type { Terminal } from './terminal';

type Direction = 'up' | 'down' | 'show';

/** `migrate`: the schema of the database, step by step; every other start migrates up by itself. */
export function addMigrate(program: Command, terminal: Terminal): void {
  program
    .command('migrate')
    .description(
      'bring the schema up to date (up), take the last step back (down), or tell which steps have run (show)',
    )
    .addArgument(new Argument('[direction]', 'which way').choices(['up', 'down', 'show']).default('up'))
    .action(async (direction: Direction) => {
      const database = await openDatabase(loadConfig(terminal.surroundings.environment), 'command');
      try {
        const { databaseUrl, migrationDatabaseUrl } = database.config;
        const url = migrationDatabaseUrl ?? databaseUrl!;
        const migrating = await reachDatabase(url);
        const source = new DataSource(databaseOptions(url, 2));
        try {
          await source.initialize();
          await migrate(source, direction, terminal);
          if (direction === 'up') await grantApplication(migrating, url, databaseUrl!);
        } finally {
          if (source.isInitialized) await source.destroy();
          await migrating.end();
        }
      } finally {
        await database.close();
      }
    });
}

async function migrate(source: DataSource, direction: Direction, terminal: Terminal): Promise<void> {
  const before = await executedIn(source);
  if (direction === 'up') await source.runMigrations();
  if (direction === 'down' && before.length > 0) await source.undoLastMigration();
  const executed = await executedIn(source);
  const pending = source.migrations
    .map((migration) => migration.name ?? migration.constructor.name)
    .filter((name) => !executed.includes(name));
  const changed = [...before, ...executed].filter((name) => before.includes(name) !== executed.includes(name));
  terminal.answer(
    { direction, changed, executed, pending },
    [
      ...changed.map((name) => `${direction === 'up' ? 'ran' : 'took back'} ${name}`),
      ...(direction === 'show' ? executed.map((name) => `[x] ${name}`) : []),
      ...(direction === 'show' ? pending.map((name) => `[ ] ${name}`) : []),
      `${executed.length} steps have run, ${pending.length} are pending.`,
    ].join('\n'),
  );
}

async function executedIn(source: DataSource): Promise<string[]> {
  const [table] = await source.query<{ name: string | null }[]>(`select to_regclass('migration')::text as name`);
  if (!table!.name) return [];
  const rows = await source.query<{ name: string }[]>('select name from migration order by id');
  return rows.map(({ name }) => name);
}

import { Readable } from 'node:stream';
import { Module, type DynamicModule, type INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { getDataSourceToken } from '@nestjs/typeorm';
import type { DataSource } from 'typeorm';
import { COMMAND_LINE_OPERATOR } from '../../src/access/actor';
import { loadConfig, type Config } from '../../src/common/config';
import { DatabaseModule } from '../../src/common/database.module';
import { DirectoryModule } from '../../src/directory/directory.module';
import type { ImportReport } from '../../src/directory/import-report';
import { ImportService, type ImportRequest } from '../../src/directory/import.service';
import { freshDatabaseUrl } from '../test-database';

@Module({})
class DirectoryTestModule {
  static with(config: Config): DynamicModule {
    return { module: DirectoryTestModule, imports: [DatabaseModule.with(config), DirectoryModule] };
  }
}

/** The directory alone on a migrated database of its own; call `close()` in afterAll. */
export interface DirectoryContext {
  app: INestApplicationContext;
  database: DataSource;
  /** Imports some bytes. */
  import(
    kind: ImportRequest['kind'],
    bytes: Buffer | string,
    options?: Partial<Pick<ImportRequest, 'isDryRun' | 'schoolYear' | 'onProgress'>>,
  ): Promise<ImportReport>;
}

export async function startDirectory(environment: NodeJS.ProcessEnv = {}): Promise<DirectoryContext> {
  const config = loadConfig({
    DATABASE_URL: await freshDatabaseUrl(),
    ETALE_SECRET: 'a-secret-of-the-tests-with-32-characters',
    LOG_LEVEL: 'silent',
    ETALE_POOL_SIZE: '8',
    ...environment,
  });
  const app = await NestFactory.createApplicationContext(DirectoryTestModule.with(config), { logger: false });
  const imports = app.get(ImportService);
  return {
    app,
    database: app.get<DataSource>(getDataSourceToken()),
    import: (kind, bytes, options) =>
      imports.run(COMMAND_LINE_OPERATOR, {
        kind,
        stream: Readable.from([Buffer.from(bytes)], { objectMode: false }),
        fileName: `${kind}.file`,
        isDryRun: false,
        ...options,
      }),
  };
}

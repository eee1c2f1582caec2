import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../app.module';
import { loadConfig } from '../common/config';
import { openDatabase } from '../common/data-folder';
import { prepareDatabase } from '../common/database-preparation';
import type { Terminal } from './terminal';

/**
 * Runs the work with the services of the application, without its HTTP server: on the database of DATABASE_URL, on the
 * embedded one of a server that runs in the data folder, or on one that starts for this command and stops with it.
 */
export async function withServices<T>(
  terminal: Terminal,
  work: (services: INestApplicationContext) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(loadConfig(terminal.surroundings.environment), 'command');
  try {
    const services = await startServices(terminal, database.config);
    try {
      return await work(services);
    } finally {
      await services.close();
    }
  } finally {
    await database.close();
  }
}

async function startServices(
  terminal: Terminal,
  config: ReturnType<typeof loadConfig>,
): Promise<INestApplicationContext> {
  const migrating = await prepareDatabase(config);
  try {
    return await NestFactory.createApplicationContext(AppModule.with(config), {
      logger: terminal.logger,
      abortOnError: false,
    });
  } finally {
    await migrating.end();
  }
}

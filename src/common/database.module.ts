import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { Config } from './config';
import { CrowdDatabase } from './crowd-database';
import { databaseOptions } from './database';

/** The configuration as an injection token: `@Inject(CONFIG) config: Config`. */
export const CONFIG = Symbol('CONFIG');

/** Configuration and database, for every feature. Migrations run before the application serves. */
@Global()
@Module({})
export class DatabaseModule {
  static with(config: Config): DynamicModule {
    return {
      module: DatabaseModule,
      imports: [
        TypeOrmModule.forRoot({
          ...databaseOptions(config.databaseUrl ?? '', config.poolSize),
          autoLoadEntities: true,
          // an owner of its own has done it before (database-preparation.ts)
          migrationsRun: config.migrationDatabaseUrl === undefined,
          retryAttempts: 0,
        }),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: CrowdDatabase, useFactory: () => new CrowdDatabase(config.databaseUrl ?? '') },
      ],
      exports: [CONFIG, CrowdDatabase],
    };
  }
}

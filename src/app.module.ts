import { Module, type DynamicModule, type Type } from '@nestjs/common';
import type { Config } from './common/config';
import { DatabaseModule } from './common/database.module';
import { HealthModule } from './health/health.module';

/** Every feature of the service, in the order in which they stand on each other. */
const FEATURES: Type[] = [HealthModule];

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return { module: AppModule, imports: [DatabaseModule.with(config), ...FEATURES] };
  }
}

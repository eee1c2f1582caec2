import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Config } from '../common/config';
import { databaseOptions } from '../common/database';
import { CONFIG } from '../common/database.module';

/** A batch needs one: platforms of this replica that are busy at once share them. */
const POOL_SIZE = 4;

/**
 * The connections of the sequencer alone. Statements that do not wait for each other's answer leave together (pipelining), so that a
 * batch of bookings takes five round trips however many tables it touches. COPY and cursors cannot run on such a connection.
 */
@Injectable()
export class SequencerDatabase implements OnModuleInit, OnApplicationShutdown {
  readonly source: DataSource;

  constructor(@Inject(CONFIG) config: Config) {
    this.source = new DataSource(databaseOptions(config.databaseUrl ?? '', POOL_SIZE, true));
  }

  async onModuleInit(): Promise<void> {
    await this.source.initialize();
  }

  /** After `onModuleDestroy`, in which the sequencer commits what is under way. */
  async onApplicationShutdown(): Promise<void> {
    if (this.source.isInitialized) await this.source.destroy();
  }
}

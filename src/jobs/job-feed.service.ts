import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ChannelFeed } from '../common/channel-feed';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { JOB_CHANNEL } from './job-run.store';

/** Tells who waits for a job that it has changed. */
@Injectable()
export class JobFeed extends ChannelFeed implements OnModuleDestroy {
  constructor(@Inject(CONFIG) config: Config) {
    super(config.databaseUrl, JOB_CHANNEL);
  }
}

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ChannelFeed } from '../common/channel-feed';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { COUNT_CHANNEL } from './count.store';

/** Tells who watches a platform that its gateways have sent counts. */
@Injectable()
export class CountFeed extends ChannelFeed implements OnModuleDestroy {
  constructor(@Inject(CONFIG) config: Config) {
    super(config.databaseUrl, COUNT_CHANNEL);
  }
}

import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ChannelFeed } from '../common/channel-feed';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { REVISION_CHANNEL } from './ledger.store';

/** Tells who follows a platform that it has new revisions. */
@Injectable()
export class PlanChangeFeed extends ChannelFeed implements OnModuleDestroy {
  constructor(@Inject(CONFIG) config: Config) {
    super(config.databaseUrl, REVISION_CHANNEL);
  }
}

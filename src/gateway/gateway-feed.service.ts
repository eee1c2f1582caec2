import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { ChannelFeed } from '../common/channel-feed';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { GATEWAY_CHANNEL } from './bundle.store';

/** Tells who serves gateways that a platform has a new delta or bundle. */
@Injectable()
export class GatewayFeed extends ChannelFeed implements OnModuleDestroy {
  constructor(@Inject(CONFIG) config: Config) {
    super(config.databaseUrl, GATEWAY_CHANNEL);
  }
}

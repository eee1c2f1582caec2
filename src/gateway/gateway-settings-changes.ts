import { Injectable } from '@nestjs/common';
import { ChangeListeners } from '../common/change-listeners';
import type { GatewaySettings } from './gateway-settings.rules';

/** Settings of a platform's gateways that are replaced, under the platform's lock; a listener that refuses keeps the old ones. */
@Injectable()
export class GatewaySettingsChanges extends ChangeListeners<{
  platformId: number;
  before: GatewaySettings;
  now: Date;
}> {}

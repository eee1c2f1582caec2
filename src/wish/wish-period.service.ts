import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { checkWishPeriod } from '../campaign/campaign-rules.rules';
import { CampaignService } from '../campaign/campaign.service';
import { CampaignStore } from '../campaign/campaign.store';
import { inTransaction } from '../common/database';
import { instantOf } from '../common/wire-time';
import type { SetWishPeriodDto, WishPeriodDto } from './wish.dto';
import { wishPeriodOf } from './wish-wire.rules';

/** When a campaign is open for wishes. */
@Injectable()
export class WishPeriodService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly store: CampaignStore,
  ) {}

  /** @throws NotFoundError */
  async read(actor: Actor, campaignId: number): Promise<WishPeriodDto> {
    return wishPeriodOf(await this.campaigns.find(actor, campaignId), new Date());
  }

  /** Opens, closes, or extends it. @throws NotFoundError, CampaignRefused (422) where the deadline is before the opening */
  async set(actor: Actor, campaignId: number, { opensAt, closesAt }: SetWishPeriodDto): Promise<WishPeriodDto> {
    const { platformId, wishesOpenAt, wishesCloseAt } = await this.campaigns.find(actor, campaignId);
    const period = {
      wishesOpenAt: opensAt ? instantOf(opensAt)! : null,
      wishesCloseAt: closesAt ? instantOf(closesAt)! : null,
    };
    checkWishPeriod(period);
    await inTransaction(this.database, async (tx) => {
      await this.store.setWishPeriod(tx, campaignId, period.wishesOpenAt, period.wishesCloseAt);
      const before = { wishesOpenAt, wishesCloseAt };
      await recordAudit(tx, actor, {
        action: 'wish_period.set',
        key: campaignId,
        platformId,
        before,
        after: period,
      });
    });
    return this.read(actor, campaignId);
  }
}

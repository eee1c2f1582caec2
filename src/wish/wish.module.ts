import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { FixedWindowController } from './fixed-window.controller';
import { FixedWindowService } from './fixed-window.service';
import { FixedWindowStore } from './fixed-window.store';
import { WishChangeStore } from './wish-change.store';
import { WishCopyService } from './wish-copy.service';
import { WishCopyStore } from './wish-copy.store';
import { WishController } from './wish.controller';
import { WishPeriodService } from './wish-period.service';
import { WishPlaceService } from './wish-place.service';
import { WishPlaceStore } from './wish-place.store';
import { WishService } from './wish.service';
import { WishStore } from './wish.store';
import { WishWriter } from './wish-writer.service';

@Module({
  imports: [CampaignModule, CalendarModule],
  controllers: [WishController, FixedWindowController],
  providers: [
    WishService,
    WishStore,
    WishWriter,
    WishPlaceService,
    WishPlaceStore,
    WishPeriodService,
    WishChangeStore,
    WishCopyService,
    WishCopyStore,
    FixedWindowService,
    FixedWindowStore,
  ],
  exports: [WishService, WishStore, WishPlaceService],
})
export class WishModule {}

import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { WishController } from './wish.controller';
import { WishService } from './wish.service';
import { WishStore } from './wish.store';

@Module({
  imports: [CampaignModule, CalendarModule],
  controllers: [WishController],
  providers: [WishService, WishStore],
  exports: [WishService, WishStore],
})
export class WishModule {}

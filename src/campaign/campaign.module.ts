import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignController } from './campaign.controller';
import { Campaign } from './campaign.entity';
import { CampaignService } from './campaign.service';
import { CampaignStore } from './campaign.store';
import { WishService } from './wish.service';
import { WishStore } from './wish.store';

@Module({
  imports: [TypeOrmModule.forFeature([Campaign]), CalendarModule],
  controllers: [CampaignController],
  providers: [CampaignService, CampaignStore, WishService, WishStore],
  exports: [CampaignService, CampaignStore, WishService, WishStore],
})
export class CampaignModule {}

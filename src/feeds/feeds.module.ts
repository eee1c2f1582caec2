import { Module } from '@nestjs/common';
import { PlanModule } from '../plan/plan.module';
import { FeedController } from './feed.controller';
import { FeedService } from './feed.service';
import { FeedStore } from './feed.store';
import { NoticeController } from './notice.controller';
import { NoticeService } from './notice.service';
import { NoticeStore } from './notice.store';
import { WeekController } from './week.controller';
import { WeekService } from './week.service';
import { WeekStore } from './week.store';

@Module({
  imports: [PlanModule],
  controllers: [FeedController, NoticeController, WeekController],
  providers: [FeedService, FeedStore, NoticeService, NoticeStore, WeekService, WeekStore],
})
export class FeedsModule {}

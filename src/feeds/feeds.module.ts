import { Module } from '@nestjs/common';
import { PlanModule } from '../plan/plan.module';
import { FeedController } from './feed.controller';
import { FeedService } from './feed.service';
import { FeedStore } from './feed.store';
import { NoticeController } from './notice.controller';
import { NoticeService } from './notice.service';
import { NoticeStore } from './notice.store';

@Module({
  imports: [PlanModule],
  controllers: [FeedController, NoticeController],
  providers: [FeedService, FeedStore, NoticeService, NoticeStore],
})
export class FeedsModule {}

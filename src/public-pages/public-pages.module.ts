import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { DirectoryModule } from '../directory/directory.module';
import { PlanModule } from '../plan/plan.module';
import { FamilyPageController } from './family-page.controller';
import { FamilyPageService } from './family-page.service';
import { FamilyPageStore } from './family-page.store';

@Module({
  imports: [CalendarModule, DirectoryModule, PlanModule],
  controllers: [FamilyPageController],
  providers: [FamilyPageService, FamilyPageStore],
})
export class PublicPagesModule {}

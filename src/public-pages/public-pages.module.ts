import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { DirectoryModule } from '../directory/directory.module';
import { PlanModule } from '../plan/plan.module';
import { CapacityModule } from '../capacity/capacity.module';
import { FamilyPageController } from './family-page.controller';
import { FamilyPageService } from './family-page.service';
import { FamilyPageStore } from './family-page.store';
import { ForecastController } from './forecast.controller';
import { ForecastPageService } from './forecast-page.service';
import { ForecastService } from './forecast.service';
import { ForecastStore } from './forecast.store';

@Module({
  imports: [CalendarModule, CapacityModule, DirectoryModule, PlanModule],
  controllers: [FamilyPageController, ForecastController],
  providers: [FamilyPageService, FamilyPageStore, ForecastPageService, ForecastService, ForecastStore],
})
export class PublicPagesModule {}

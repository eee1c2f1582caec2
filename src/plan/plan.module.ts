import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CapacityModule } from '../capacity/capacity.module';
import { DirectoryModule } from '../directory/directory.module';
import { LedgerFollower } from './ledger-follower.service';
import { LedgerService } from './ledger.service';
import { LedgerStore } from './ledger.store';
import { MovedEstablishmentGuard } from './moved-establishment-guard.service';
import { PlanComparisonController } from './plan-comparison.controller';
import { PlanComparisonService } from './plan-comparison.service';
import { PlanComparisonStore } from './plan-comparison.store';
import { PlanExportService } from './plan-export.service';
import { PlanLoadService } from './plan-load.service';
import { PlanLoadStore } from './plan-load.store';
import { PlanPublicationService } from './plan-publication.service';
import { PlanReadService } from './plan-read.service';
import { PlanWindowStore } from './plan-window.store';
import { PlanController } from './plan.controller';
import { PlanService } from './plan.service';
import { PlanStore } from './plan.store';
import { PublishedWindowService } from './published-window.service';
import { WindowReadService } from './window-read.service';
import { WindowReadStore } from './window-read.store';
import { WindowController } from './window.controller';

@Module({
  imports: [CalendarModule, DirectoryModule, CapacityModule],
  controllers: [PlanController, PlanComparisonController, WindowController],
  providers: [
    PlanService,
    PlanPublicationService,
    PlanReadService,
    PlanLoadService,
    PlanExportService,
    PlanComparisonService,
    PublishedWindowService,
    WindowReadService,
    LedgerService,
    LedgerFollower,
    MovedEstablishmentGuard,
    PlanStore,
    PlanWindowStore,
    PlanLoadStore,
    LedgerStore,
    PlanComparisonStore,
    WindowReadStore,
  ],
  exports: [PlanService, PlanReadService, PlanExportService, LedgerService],
})
export class PlanModule {}

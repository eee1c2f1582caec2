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
import { PlanEvidenceController } from './plan-evidence.controller';
import { PlanEvidenceService } from './plan-evidence.service';
import { PlanExportService } from './plan-export.service';
import { PlanFairnessStore } from './plan-fairness.store';
import { PlanLoadService } from './plan-load.service';
import { PlanLoadStore } from './plan-load.store';
import { PlanPriceStore } from './plan-price.store';
import { PlanPublicationService } from './plan-publication.service';
import { PlanReadService } from './plan-read.service';
import { PlanShortfallStore } from './plan-shortfall.store';
import { PlanWindowStore } from './plan-window.store';
import { PlanController } from './plan.controller';
import { PlanService } from './plan.service';
import { PlanStore } from './plan.store';
import { PublishedWindowService } from './published-window.service';
import { WindowExplanationStore } from './window-explanation.store';
import { WindowReadService } from './window-read.service';
import { WindowReadStore } from './window-read.store';
import { WindowController } from './window.controller';

@Module({
  imports: [CalendarModule, DirectoryModule, CapacityModule],
  controllers: [PlanController, PlanEvidenceController, PlanComparisonController, WindowController],
  providers: [
    PlanService,
    PlanPublicationService,
    PlanReadService,
    PlanLoadService,
    PlanEvidenceService,
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
    PlanPriceStore,
    PlanFairnessStore,
    PlanShortfallStore,
    WindowExplanationStore,
    LedgerStore,
    PlanComparisonStore,
    WindowReadStore,
  ],
  exports: [
    PlanService,
    PlanReadService,
    PlanExportService,
    LedgerService,
    PlanPriceStore,
    PlanLoadStore,
    WindowExplanationStore,
  ],
})
export class PlanModule {}

import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { CapacityModule } from '../capacity/capacity.module';
import { DirectoryModule } from '../directory/directory.module';
import { HoldSweeper } from './hold-sweeper.service';
import { JobsModule } from '../jobs/jobs.module';
import { LedgerFollower } from './ledger-follower.service';
import { KeptRoom } from './kept-room';
import { LedgerService } from './ledger.service';
import { LedgerStore } from './ledger.store';
import { MovedEstablishmentGuard } from './moved-establishment-guard.service';
import { PlanChangeController } from './plan-change.controller';
import { PlanChangeFeed } from './plan-change-feed.service';
import { PlanChangeService } from './plan-change.service';
import { PlanChangeStore } from './plan-change.store';
import { PlanComparisonController } from './plan-comparison.controller';
import { PlanComparisonService } from './plan-comparison.service';
import { PlanComparisonStore } from './plan-comparison.store';
import { PlanEvidenceController } from './plan-evidence.controller';
import { PlanEvidenceService } from './plan-evidence.service';
import { PlanExportService } from './plan-export.service';
import { PlanFairnessStore } from './plan-fairness.store';
import { PlanLoadService } from './plan-load.service';
import { PlanLoadStore } from './plan-load.store';
import { PlanMemoryStore } from './plan-memory.store';
import { PlanPinService } from './plan-pin.service';
import { PlanPinStore } from './plan-pin.store';
import { PlanBaselineStore } from './plan-baseline.store';
import { PlanCaseStore } from './plan-case.store';
import { PlanPriceStore } from './plan-price.store';
import { StandingWindowStore } from './standing-window.store';
import { PlanPublications } from './plan-publications';
import { PlanPublicationService } from './plan-publication.service';
import { PlanReadService } from './plan-read.service';
import { PlanShortfallStore } from './plan-shortfall.store';
import { PlanWindowStore } from './plan-window.store';
import { PlanController } from './plan.controller';
import { PlanService } from './plan.service';
import { PlanStore } from './plan.store';
import { ProofController } from './proof.controller';
import { ProofDifferences } from './proof-differences';
import { ProofService } from './proof.service';
import { ProofStore } from './proof.store';
import { PublishedWindowService } from './published-window.service';
import { SequencerDatabase } from './sequencer-database.service';
import { Sequencer } from './sequencer.service';
import { SequencerStore } from './sequencer.store';
import { WindowLaws } from './window-laws';
import { WindowExplanationStore } from './window-explanation.store';
import { WindowReadService } from './window-read.service';
import { WindowReadStore } from './window-read.store';
import { WindowChangeStore } from './window-change.store';
import { WindowController } from './window.controller';

@Module({
  imports: [JobsModule, CalendarModule, DirectoryModule, CapacityModule, CampaignModule],
  controllers: [
    PlanController,
    PlanChangeController,
    PlanEvidenceController,
    ProofController,
    PlanComparisonController,
    WindowController,
  ],
  providers: [
    PlanService,
    StandingWindowStore,
    PlanPublicationService,
    PlanPublications,
    PlanPinService,
    PlanReadService,
    PlanLoadService,
    PlanEvidenceService,
    PlanExportService,
    PlanComparisonService,
    PublishedWindowService,
    WindowReadService,
    KeptRoom,
    LedgerService,
    ProofDifferences,
    ProofService,
    ProofStore,
    LedgerFollower,
    Sequencer,
    WindowLaws,
    SequencerDatabase,
    HoldSweeper,
    PlanChangeService,
    PlanChangeFeed,
    MovedEstablishmentGuard,
    PlanStore,
    PlanWindowStore,
    PlanLoadStore,
    PlanMemoryStore,
    PlanBaselineStore,
    PlanCaseStore,
    PlanPriceStore,
    PlanFairnessStore,
    PlanShortfallStore,
    WindowExplanationStore,
    LedgerStore,
    PlanComparisonStore,
    WindowReadStore,
    SequencerStore,
    PlanChangeStore,
    PlanPinStore,
    WindowChangeStore,
  ],
  exports: [
    ProofDifferences,
    PlanPublications,
    PlanService,
    StandingWindowStore,
    PlanReadService,
    PlanExportService,
    KeptRoom,
    LedgerService,
    PlanPriceStore,
    PlanLoadStore,
    PlanMemoryStore,
    WindowExplanationStore,
    Sequencer,
    PlanChangeStore,
    PlanChangeFeed,
    WindowReadStore,
    WindowChangeStore,
    WindowLaws,
  ],
})
export class PlanModule {}

import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { AllocationModule } from '../allocation/allocation.module';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { CapacityModule } from '../capacity/capacity.module';
import { DemoRegionStore } from '../directory/demo-region.store';
import { PlanModule } from '../plan/plan.module';
import { ProposalModule } from '../proposal/proposal.module';
import { WishModule } from '../wish/wish.module';
import { DemonstrationAccounts } from './demonstration-accounts.store';
import { DemonstrationCampaign } from './demonstration-campaign.service';
import { DemonstrationGateway } from './demonstration-gateway.service';
import { DemonstrationPlan } from './demonstration-plan.service';
import { DemonstrationRegion } from './demonstration-region.service';
import { DemonstrationService } from './demonstration.service';
import { DemonstrationStore } from './demonstration.store';

@Module({
  imports: [
    AccessModule,
    CalendarModule,
    CapacityModule,
    CampaignModule,
    WishModule,
    PlanModule,
    AllocationModule,
    ProposalModule,
  ],
  providers: [
    DemonstrationAccounts,
    DemonstrationCampaign,
    DemonstrationGateway,
    DemonstrationPlan,
    DemonstrationRegion,
    DemonstrationService,
    DemonstrationStore,
    DemoRegionStore,
  ],
  exports: [DemonstrationGateway, DemonstrationService],
})
export class DemonstrationModule {}

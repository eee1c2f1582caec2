import { Module } from '@nestjs/common';
import { CampaignModule } from '../campaign/campaign.module';
import { JobsModule } from '../jobs/jobs.module';
import { LoadModule } from '../load/load.module';
import { PlanModule } from '../plan/plan.module';
import { AllocationFactsStore } from './allocation-facts.store';
import { AllocationJob } from './allocation-job.service';
import { AllocationController } from './allocation.controller';
import { AllocationService } from './allocation.service';
import { RelaxationService } from './relaxation.service';
import { WindowExplanationController } from './window-explanation.controller';
import { WindowExplanationService } from './window-explanation.service';

@Module({
  imports: [JobsModule, CampaignModule, LoadModule, PlanModule],
  controllers: [AllocationController, WindowExplanationController],
  providers: [AllocationFactsStore, AllocationJob, AllocationService, RelaxationService, WindowExplanationService],
  exports: [AllocationService],
})
export class AllocationModule {}

import { Module } from '@nestjs/common';
import { CampaignModule } from '../campaign/campaign.module';
import { JobsModule } from '../jobs/jobs.module';
import { LoadModule } from '../load/load.module';
import { PlanModule } from '../plan/plan.module';
import { AllocationFactsStore } from './allocation-facts.store';
import { AllocationJob } from './allocation-job.service';
import { AllocationController } from './allocation.controller';
import { AllocationService } from './allocation.service';

@Module({
  imports: [JobsModule, CampaignModule, LoadModule, PlanModule],
  controllers: [AllocationController],
  providers: [AllocationFactsStore, AllocationJob, AllocationService],
  exports: [AllocationService],
})
export class AllocationModule {}

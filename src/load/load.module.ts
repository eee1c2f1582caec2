import { Module } from '@nestjs/common';
import { CalendarModule } from '../calendar/calendar.module';
import { CampaignModule } from '../campaign/campaign.module';
import { CapacityModule } from '../capacity/capacity.module';
import { PlanModule } from '../plan/plan.module';
import { MemoryStore } from './memory.store';
import { ProblemAssembler } from './problem-assembler.service';
import { ProblemRowsStore } from './problem-rows.store';

@Module({
  imports: [CalendarModule, CampaignModule, CapacityModule, PlanModule],
  providers: [MemoryStore, ProblemAssembler, ProblemRowsStore],
  exports: [ProblemAssembler],
})
export class LoadModule {}

import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module';
import { JobsModule } from '../jobs/jobs.module';
import { ProtectionModule } from '../protection/protection.module';
import { SimulationController } from './simulation.controller';
import { SimulationDays } from './simulation-days.service';
import { SimulationFactsStore } from './simulation-facts.store';
import { SimulationJob } from './simulation-job.service';
import { SimulationService } from './simulation.service';
import { SimulationStore } from './simulation.store';

@Module({
  imports: [CapacityModule, JobsModule, ProtectionModule],
  controllers: [SimulationController],
  providers: [SimulationDays, SimulationFactsStore, SimulationJob, SimulationService, SimulationStore],
  exports: [SimulationService],
})
export class SimulationModule {}

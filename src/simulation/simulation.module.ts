import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module';
import { JobsModule } from '../jobs/jobs.module';
import { SimulationController } from './simulation.controller';
import { SimulationDays } from './simulation-days.service';
import { SimulationFactsStore } from './simulation-facts.store';
import { SimulationJob } from './simulation-job.service';
import { SimulationService } from './simulation.service';
import { SimulationStore } from './simulation.store';

@Module({
  imports: [CapacityModule, JobsModule],
  controllers: [SimulationController],
  providers: [SimulationDays, SimulationFactsStore, SimulationJob, SimulationService, SimulationStore],
})
export class SimulationModule {}

import { Module } from '@nestjs/common';
import { CampaignModule } from '../campaign/campaign.module';
import { CapacityModule } from '../capacity/capacity.module';
import { JobsModule } from '../jobs/jobs.module';
import { ProtectionModule } from '../protection/protection.module';
import { CalibrationController } from './calibration.controller';
import { CalibrationFactsStore } from './calibration-facts.store';
import { CalibrationService } from './calibration.service';
import { SimulationController } from './simulation.controller';
import { SimulationDays } from './simulation-days.service';
import { SimulationFactsStore } from './simulation-facts.store';
import { SimulationJob } from './simulation-job.service';
import { SimulationService } from './simulation.service';
import { SimulationStore } from './simulation.store';

@Module({
  imports: [CampaignModule, CapacityModule, JobsModule, ProtectionModule],
  controllers: [SimulationController, CalibrationController],
  providers: [
    SimulationDays,
    SimulationFactsStore,
    SimulationJob,
    SimulationService,
    SimulationStore,
    CalibrationService,
    CalibrationFactsStore,
  ],
  exports: [SimulationService],
})
export class SimulationModule {}

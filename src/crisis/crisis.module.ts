import { Module } from '@nestjs/common';
import { AllocationModule } from '../allocation/allocation.module';
import { CapacityModule } from '../capacity/capacity.module';
import { GatewayModule } from '../gateway/gateway.module';
import { PlanModule } from '../plan/plan.module';
import { ProtectionModule } from '../protection/protection.module';
import { SimulationModule } from '../simulation/simulation.module';
import { AdmissionLaw } from './admission-law.service';
import { CrisisStore } from './crisis.store';
import { LadderService } from './ladder.service';
import { ProtectionController } from './protection.controller';
import { ProtectionStepService } from './protection-step.service';

@Module({
  imports: [AllocationModule, CapacityModule, GatewayModule, PlanModule, ProtectionModule, SimulationModule],
  controllers: [ProtectionController],
  providers: [AdmissionLaw, CrisisStore, LadderService, ProtectionStepService],
})
export class CrisisModule {}

import { Module } from '@nestjs/common';
import { AllocationModule } from '../allocation/allocation.module';
import { AuditModule } from '../audit/audit.module';
import { CapacityModule } from '../capacity/capacity.module';
import { GatewayModule } from '../gateway/gateway.module';
import { PlanModule } from '../plan/plan.module';
import { ProtectionModule } from '../protection/protection.module';
import { SimulationModule } from '../simulation/simulation.module';
import { AdmissionLaw } from './admission-law.service';
import { CapacityApproval } from './capacity-approval.service';
import { CrisisStore } from './crisis.store';
import { LadderService } from './ladder.service';
import { LeastChange } from './least-change.service';
import { MeasurementController } from './measurement.controller';
import { MeasurementService } from './measurement.service';
import { MeasurementStore } from './measurement.store';
import { PostMortemController } from './post-mortem.controller';
import { PostMortemFactsStore } from './post-mortem-facts.store';
import { PostMortemService } from './post-mortem.service';
import { PostMortemSources } from './post-mortem-sources.service';
import { PostMortemStore } from './post-mortem.store';
import { ProofAlert } from './proof-alert.service';
import { ProtectionController } from './protection.controller';
import { ProtectionStepService } from './protection-step.service';
import { StepAuthority } from './step-authority.service';
import { StepTrials } from './step-trial.service';
import { WebhookController } from './webhook.controller';
import { WebhookSender } from './webhook-sender.service';
import { WebhookService } from './webhook.service';
import { WebhookStore } from './webhook.store';

@Module({
  imports: [
    AllocationModule,
    AuditModule,
    CapacityModule,
    GatewayModule,
    PlanModule,
    ProtectionModule,
    SimulationModule,
  ],
  controllers: [MeasurementController, PostMortemController, ProtectionController, WebhookController],
  providers: [
    AdmissionLaw,
    CapacityApproval,
    CrisisStore,
    LadderService,
    LeastChange,
    MeasurementService,
    MeasurementStore,
    PostMortemFactsStore,
    PostMortemService,
    PostMortemSources,
    PostMortemStore,
    ProofAlert,
    ProtectionStepService,
    StepAuthority,
    StepTrials,
    WebhookSender,
    WebhookService,
    WebhookStore,
  ],
})
export class CrisisModule {}

import { Module } from '@nestjs/common';
import { CapacityModule } from '../capacity/capacity.module';
import { JobsModule } from '../jobs/jobs.module';
import { PlanModule } from '../plan/plan.module';
import { ProtectionModule } from '../protection/protection.module';
import { AgentStore } from './agent.store';
import { BundleBuilder } from './bundle-builder.service';
import { BundleFactsStore } from './bundle-facts.store';
import { BundlePublisher } from './bundle-publisher.service';
import { BundleService } from './bundle.service';
import { BundleStore } from './bundle.store';
import { ClassLinkController } from './class-link.controller';
import { ClassLinkService } from './class-link.service';
import { ClassLinkStore } from './class-link.store';
import { CountFeed } from './count-feed.service';
import { CountStore } from './count.store';
import { GatewayController } from './gateway.controller';
import { GatewayFeed } from './gateway-feed.service';
import { GatewayKeyService } from './gateway-key.service';
import { GatewayKeyStore } from './gateway-key.store';
import { GatewayOperationController } from './gateway-operation.controller';
import { GatewayReportService } from './gateway-report.service';
import { GatewaySettingsChanges } from './gateway-settings-changes';
import { GatewaySettingsService } from './gateway-settings.service';
import { GatewayViewService } from './gateway-view.service';
import { SessionLimitController } from './session-limit.controller';
import { SessionLimitStore } from './session-limit.store';

@Module({
  imports: [CapacityModule, JobsModule, PlanModule, ProtectionModule],
  controllers: [ClassLinkController, GatewayController, GatewayOperationController, SessionLimitController],
  providers: [
    AgentStore,
    BundleBuilder,
    BundleFactsStore,
    BundlePublisher,
    BundleService,
    BundleStore,
    ClassLinkService,
    ClassLinkStore,
    CountFeed,
    CountStore,
    GatewayFeed,
    GatewayKeyService,
    GatewayKeyStore,
    GatewayReportService,
    GatewaySettingsChanges,
    GatewaySettingsService,
    GatewayViewService,
    SessionLimitStore,
  ],
  exports: [BundleBuilder, BundleFactsStore, BundleStore, GatewaySettingsChanges, GatewaySettingsService],
})
export class GatewayModule {}

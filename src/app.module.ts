import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { AllocationModule } from './allocation/allocation.module';
import { AuditModule } from './audit/audit.module';
import { BookingModule } from './booking/booking.module';
import { CalendarModule } from './calendar/calendar.module';
import { CampaignModule } from './campaign/campaign.module';
import { CapacityModule } from './capacity/capacity.module';
import type { Config } from './common/config';
import { CrisisModule } from './crisis/crisis.module';
import { DatabaseModule } from './common/database.module';
import { DemonstrationModule } from './demonstration/demonstration.module';
import { DirectoryModule } from './directory/directory.module';
import { ExchangeModule } from './exchange/exchange.module';
import { FeedsModule } from './feeds/feeds.module';
import { GatewayModule } from './gateway/gateway.module';
import { HealthModule } from './health/health.module';
import { PlanModule } from './plan/plan.module';
import { JobsModule } from './jobs/jobs.module';
import { LoadModule } from './load/load.module';
import { ProposalModule } from './proposal/proposal.module';
import { PublicPagesModule } from './public-pages/public-pages.module';
import { RetentionModule } from './retention/retention.module';
import { SimulationModule } from './simulation/simulation.module';
import { WishModule } from './wish/wish.module';

/** Every feature of the service, in the order in which they stand on each other. */
const FEATURES: Type[] = [
  AuditModule,
  AccessModule,
  HealthModule,
  JobsModule,
  CalendarModule,
  DirectoryModule,
  CapacityModule,
  CampaignModule,
  WishModule,
  PlanModule,
  LoadModule,
  ProposalModule,
  BookingModule,
  ExchangeModule,
  AllocationModule,
  FeedsModule,
  GatewayModule,
  SimulationModule,
  PublicPagesModule,
  CrisisModule,
  DemonstrationModule,
  RetentionModule,
];

@Module({})
export class AppModule {
  static with(config: Config): DynamicModule {
    return { module: AppModule, imports: [DatabaseModule.with(config), ...FEATURES] };
  }
}

import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CalendarModule } from '../calendar/calendar.module';
import { CapacityStepEntity } from './capacity-step.entity';
import { CapacityChanges } from './capacity-changes';
import { CapacityController } from './capacity.controller';
import { CapacityService } from './capacity.service';
import { CapacityStore } from './capacity.store';
import { CapacityWork } from './capacity-work';
import { PlatformController } from './platform.controller';
import { PlatformEntity } from './platform.entity';
import { PlatformStore } from './platform.store';
import { PortalEntity } from './portal.entity';
import { RegulationEntity } from './regulation.entity';
import { RegulationService } from './regulation.service';

@Module({
  imports: [
    CalendarModule,
    TypeOrmModule.forFeature([PlatformEntity, PortalEntity, CapacityStepEntity, RegulationEntity]),
  ],
  controllers: [PlatformController, CapacityController],
  providers: [CapacityChanges, CapacityService, CapacityStore, CapacityWork, PlatformStore, RegulationService],
  exports: [CapacityChanges, CapacityService, RegulationService],
})
export class CapacityModule {}

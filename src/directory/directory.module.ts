import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClassMergeStore } from './class-merge.store';
import { SchoolClass } from './class.entity';
import { DirectoryController } from './directory.controller';
import { DirectoryReadStore } from './directory-read.store';
import { DirectoryService } from './directory.service';
import { DirectoryStore } from './directory.store';
import { Establishment } from './establishment.entity';
import { ImportController } from './import.controller';
import { ImportDirectoryService } from './import-directory.service';
import { ImportDirectoryStore } from './import-directory.store';
import { ImportFormats } from './import-formats.service';
import { ImportMappingService } from './import-mapping.service';
import { ImportMappingStore } from './import-mapping.store';
import { ImportOfficialService } from './import-official.service';
import { ImportOfficialStore } from './import-official.store';
import { ImportRosterService } from './import-roster.service';
import { ImportRosterStore } from './import-roster.store';
import { ImportRun } from './import-run.entity';
import { ImportRunStore } from './import-run.store';
import { ImportService } from './import.service';
import { ImportsService } from './imports.service';
import { OwnRosterController } from './own-roster.controller';
import { PlatformAssignmentController } from './platform-assignment.controller';
import { PlatformAssignmentService } from './platform-assignment.service';
import { PlatformAssignmentStore } from './platform-assignment.store';
import { PlatformMoves } from './platform-moves';
import { Territory } from './territory.entity';
import { WindowLimitController } from './window-limit.controller';
import { WindowLimitService } from './window-limit.service';
import { WindowLimitStore } from './window-limit.store';

@Module({
  imports: [TypeOrmModule.forFeature([Territory, Establishment, SchoolClass, ImportRun])],
  controllers: [
    DirectoryController,
    PlatformAssignmentController,
    ImportController,
    OwnRosterController,
    WindowLimitController,
  ],
  providers: [
    DirectoryStore,
    DirectoryReadStore,
    DirectoryService,
    PlatformAssignmentStore,
    PlatformAssignmentService,
    PlatformMoves,
    ClassMergeStore,
    ImportRunStore,
    ImportFormats,
    ImportOfficialStore,
    ImportOfficialService,
    ImportDirectoryStore,
    ImportDirectoryService,
    ImportRosterStore,
    ImportRosterService,
    ImportMappingStore,
    ImportMappingService,
    ImportService,
    ImportsService,
    WindowLimitStore,
    WindowLimitService,
  ],
  exports: [DirectoryStore, DirectoryService, PlatformAssignmentService, PlatformMoves, ImportService],
})
export class DirectoryModule {}

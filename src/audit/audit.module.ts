import { Module } from '@nestjs/common';
import { AuditController } from './audit.controller';
import { AuditTrailService } from './audit-trail.service';
import { AuditTrailStore } from './audit-trail.store';

@Module({ controllers: [AuditController], providers: [AuditTrailService, AuditTrailStore], exports: [AuditTrailStore] })
export class AuditModule {}

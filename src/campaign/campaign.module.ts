import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CampaignApprovalController } from './campaign-approval.controller';
import { CampaignApprovalService } from './campaign-approval.service';
import { CampaignApprovalStore } from './campaign-approval.store';
import { CalibrationStore } from './calibration.store';
import { CampaignController } from './campaign.controller';
import { Campaign } from './campaign.entity';
import { CampaignService } from './campaign.service';
import { CampaignStore } from './campaign.store';

@Module({
  imports: [TypeOrmModule.forFeature([Campaign])],
  controllers: [CampaignController, CampaignApprovalController],
  providers: [CampaignService, CampaignStore, CampaignApprovalService, CampaignApprovalStore, CalibrationStore],
  exports: [CampaignService, CampaignStore, CampaignApprovalService, CalibrationStore],
})
export class CampaignModule {}

import { Body, Controller, Get, HttpCode, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { CampaignApprovalsDto, CampaignDecisionDto } from './campaign-approval.dto';
import { CampaignApprovalService } from './campaign-approval.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('campaigns')
@Controller('campaigns/:id')
export class CampaignApprovalController {
  constructor(private readonly approvals: CampaignApprovalService) {}

  @Get('approvals')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readApprovals',
    summary: 'Whether the authorities of the establishments that take part have approved a campaign.',
  })
  @ApiOkResponse({ description: 'Where it stands, and what each said.', type: CampaignApprovalsDto })
  @ApiProblems(400, 404)
  readApprovals(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
  ): Promise<CampaignApprovalsDto> {
    return this.approvals.read(actor, campaignId);
  }

  @Put('approval')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'decideCampaign',
    summary: "An authority's word on a campaign, for the territories that it answers for.",
  })
  @ApiOkResponse({ description: 'Where the approval stands now.', type: CampaignApprovalsDto })
  @ApiProblems(400, 404, 409)
  decideCampaign(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: CampaignDecisionDto,
  ): Promise<CampaignApprovalsDto> {
    return this.approvals.decide(actor, campaignId, request);
  }
}

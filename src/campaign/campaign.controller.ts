import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import {
  CampaignDto,
  CampaignListQuery,
  CampaignPageDto,
  CampaignPresetListDto,
  ConcernedDto,
  ConcernedQuery,
  CreateCampaignDto,
} from './campaign.dto';
import { CampaignService } from './campaign.service';

@ApiTags('campaigns')
@Controller('campaigns')
export class CampaignController {
  constructor(private readonly campaigns: CampaignService) {}

  @Get()
  @ApiOperation({ operationId: 'listCampaigns', summary: 'Campaigns, the newest first.' })
  @ApiOkResponse({ description: 'A page of campaigns.', type: CampaignPageDto })
  @ApiProblems(400)
  listCampaigns(@CurrentActor() actor: Actor, @Query() query: CampaignListQuery): Promise<CampaignPageDto> {
    return this.campaigns.list(actor, query);
  }

  @Post()
  @ApiOperation({ operationId: 'createCampaign', summary: 'Makes a campaign, from a preset or from rules.' })
  @ApiCreatedResponse({ description: 'The campaign.', type: CampaignDto })
  @ApiProblems(400, 404, 422)
  createCampaign(@CurrentActor() actor: Actor, @Body() request: CreateCampaignDto): Promise<CampaignDto> {
    return this.campaigns.create(actor, request);
  }

  @Get('presets')
  @ApiOperation({ operationId: 'listCampaignPresets', summary: 'Campaigns ready to be dated.' })
  @ApiOkResponse({ description: 'The presets.', type: CampaignPresetListDto })
  @ApiProblems()
  listCampaignPresets(): CampaignPresetListDto {
    return this.campaigns.presets();
  }

  @Get('concerned')
  @ApiOperation({
    operationId: 'previewConcerned',
    summary: 'How many establishments, classes and pupils would take part in a campaign that is not made yet.',
  })
  @ApiOkResponse({ description: 'Counts per kind of establishment.', type: ConcernedDto })
  @ApiProblems(400, 404)
  previewConcerned(@CurrentActor() actor: Actor, @Query() query: ConcernedQuery): Promise<ConcernedDto> {
    return this.campaigns.wouldConcern(actor, query);
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'Number of the campaign.' })
  @ApiOperation({ operationId: 'readCampaign', summary: 'A campaign with its rules and its load model.' })
  @ApiOkResponse({ description: 'The campaign.', type: CampaignDto })
  @ApiProblems(400, 404)
  readCampaign(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) campaignId: number): Promise<CampaignDto> {
    return this.campaigns.read(actor, campaignId);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam({ name: 'id', description: 'Number of the campaign.' })
  @ApiOperation({ operationId: 'deleteCampaign', summary: 'Deletes a campaign that was never published.' })
  @ApiNoContentResponse({ description: 'It is gone, with its wishes and drafts.' })
  @ApiProblems(400, 404, 409)
  deleteCampaign(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) campaignId: number): Promise<void> {
    return this.campaigns.remove(actor, campaignId);
  }

  @Get(':id/concerned')
  @ApiParam({ name: 'id', description: 'Number of the campaign.' })
  @ApiOperation({ operationId: 'countConcerned', summary: 'How many establishments, classes and pupils take part.' })
  @ApiOkResponse({ description: 'Counts per kind of establishment.', type: ConcernedDto })
  @ApiProblems(400, 404)
  countConcerned(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) campaignId: number): Promise<ConcernedDto> {
    return this.campaigns.concerned(actor, campaignId);
  }
}

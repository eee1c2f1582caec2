import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
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
import { AnswerLinkPageDto, AnswerLinkQuery, CreateAnswerLinksDto, NewAnswerLinkListDto } from './answer-link.dto';
import { AnswerLinkService } from './answer-link.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;
const LINK_ID = {
  name: 'linkId',
  description: 'Number of the link.',
  schema: { type: 'integer', minimum: 1 },
} as const;

@ApiTags('answers')
@Controller('campaigns/:id/answer-links')
export class AnswerLinkController {
  constructor(private readonly links: AnswerLinkService) {}

  @Post()
  @Header('cache-control', 'no-store')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'createAnswerLinks',
    summary: 'Makes links that answer the proposal with one tap; each is told this once.',
  })
  @ApiCreatedResponse({ description: 'The links.', type: NewAnswerLinkListDto })
  @ApiProblems(400, 404, 409, 422)
  createAnswerLinks(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: CreateAnswerLinksDto,
  ): Promise<NewAnswerLinkListDto> {
    return this.links.create(actor, campaignId, request);
  }

  @Get()
  @ApiParam(ID)
  @ApiOperation({ operationId: 'listAnswerLinks', summary: 'Links of the proposal, without their tokens.' })
  @ApiOkResponse({ description: 'A page of links.', type: AnswerLinkPageDto })
  @ApiProblems(400, 404)
  listAnswerLinks(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Query() query: AnswerLinkQuery,
  ): Promise<AnswerLinkPageDto> {
    return this.links.list(actor, campaignId, query);
  }

  @Delete(':linkId')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiParam(LINK_ID)
  @ApiOperation({ operationId: 'revokeAnswerLink', summary: 'Withdraws a link; what it answered stays.' })
  @ApiNoContentResponse({ description: 'It answers no more.' })
  @ApiProblems(400, 404)
  revokeAnswerLink(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('linkId', RowIdPipe) linkId: number,
  ): Promise<void> {
    return this.links.revoke(actor, campaignId, linkId);
  }
}

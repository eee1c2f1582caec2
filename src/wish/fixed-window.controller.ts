import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { FixedWindowDecisionDto, FixedWindowDto, FixedWindowPageDto, FixedWindowQuery } from './fixed-window.dto';
import { FixedWindowService } from './fixed-window.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;
const WISH_ID = {
  name: 'wishId',
  description: 'Number of the wish.',
  schema: { type: 'integer', minimum: 1 },
} as const;

@ApiTags('wishes')
@Controller('campaigns/:id/fixed-windows')
export class FixedWindowController {
  constructor(private readonly fixed: FixedWindowService) {}

  @Get()
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'listFixedWindows',
    summary: "Fixed windows beyond their establishments' cap: those that wait for the authority, or that it decided.",
  })
  @ApiOkResponse({ description: 'A page of them.', type: FixedWindowPageDto })
  @ApiProblems(400, 404)
  listFixedWindows(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Query() query: FixedWindowQuery,
  ): Promise<FixedWindowPageDto> {
    return this.fixed.list(actor, campaignId, query);
  }

  @Post(':wishId/decision')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiParam(WISH_ID)
  @ApiOperation({
    operationId: 'decideFixedWindow',
    summary: 'Approves or refuses a fixed window that waits, also after the deadline for wishes.',
  })
  @ApiOkResponse({ description: 'The window with the decision.', type: FixedWindowDto })
  @ApiProblems(400, 404, 409)
  decideFixedWindow(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('wishId', RowIdPipe) wishId: number,
    @Body() request: FixedWindowDecisionDto,
  ): Promise<FixedWindowDto> {
    return this.fixed.decide(actor, campaignId, wishId, request);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { goneSignal, sendEvents } from '../common/event-stream';
import { PageQuery } from '../common/page-query.dto';
import { RowIdPipe } from '../common/row-id.pipe';
import { EpochDto, GatewaySettingsDto, RotatedKeyDto } from './gateway-settings.dto';
import { GatewaySettingsService } from './gateway-settings.service';
import {
  GatewayPageDto,
  ObservedNowDto,
  ObservedPageDto,
  ObservedQuery,
  ObservedStreamQuery,
} from './gateway-view.dto';
import { GatewayViewService } from './gateway-view.service';

const PLATFORM = {
  name: 'id',
  description: 'Number of the platform.',
  schema: { type: 'integer', minimum: 1 },
} as const;

/** What operators say of gateways and what pilots see of them. */
@ApiTags('gateways')
@Controller()
export class GatewayOperationController {
  constructor(
    private readonly settings: GatewaySettingsService,
    private readonly views: GatewayViewService,
  ) {}

  @Get('gateways')
  @ApiOperation({
    operationId: 'listGateways',
    summary: 'Agents: what each runs, how old and how far behind it is, its clock.',
  })
  @ApiOkResponse({ description: 'A page of agents.', type: GatewayPageDto })
  @ApiProblems(400)
  listGateways(@CurrentActor() actor: Actor, @Query() { limit, cursor }: PageQuery): Promise<GatewayPageDto> {
    return this.views.list(actor, { limit: limit!, cursor }, new Date());
  }

  @Get('platforms/:id/observed')
  @ApiParam(PLATFORM)
  @ApiOperation({
    operationId: 'readObserved',
    summary: 'Planned against observed on a day: by territory, kind and establishment, and who got nothing.',
  })
  @ApiOkResponse({ description: 'Territories, kinds, and a page of establishments.', type: ObservedPageDto })
  @ApiProblems(400, 404)
  readObserved(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() { date, limit, cursor }: ObservedQuery,
  ): Promise<ObservedPageDto> {
    return this.views.observed(actor, id, { date, limit: limit!, cursor }, new Date());
  }

  @Get('platforms/:id/observed/stream')
  @ApiParam(PLATFORM)
  @ApiOperation({
    operationId: 'streamObserved',
    summary:
      'What gateways count, live: the last minutes by profile as server-sent events, again whenever counts come in.',
  })
  @ApiExtraModels(ObservedNowDto)
  @ApiOkResponse({
    description: '`counts` events, each an ObservedNowDto.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404)
  async streamObserved(
    @Param('id', RowIdPipe) id: number,
    @Query() { minutes }: ObservedStreamQuery,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await sendEvents(reply, await this.views.watch(id, minutes, goneSignal(reply)));
  }

  @Get('platforms/:id/gateway-settings')
  @ApiParam(PLATFORM)
  @ApiOperation({ operationId: 'readGatewaySettings', summary: 'How the gateways of a platform behave.' })
  @ApiOkResponse({ description: 'The settings.', type: GatewaySettingsDto })
  @ApiProblems(400, 404)
  readGatewaySettings(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<GatewaySettingsDto> {
    return this.settings.read(actor, id);
  }

  @Put('platforms/:id/gateway-settings')
  @ApiParam(PLATFORM)
  @ApiOperation({
    operationId: 'setGatewaySettings',
    summary: 'Replace them; a bundle with them is published at once.',
  })
  @ApiOkResponse({ description: 'The settings.', type: GatewaySettingsDto })
  @ApiProblems(400, 404, 409, 422)
  setGatewaySettings(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: GatewaySettingsDto,
  ): Promise<GatewaySettingsDto> {
    return this.settings.replace(actor, id, body, new Date());
  }

  @Post('platforms/:id/epoch')
  @HttpCode(201)
  @ApiParam(PLATFORM)
  @ApiOperation({
    operationId: 'beginEpoch',
    summary: 'After a restore: begin a new epoch, which gateways take instead of later revisions of the old one.',
  })
  @ApiCreatedResponse({ description: 'The epoch.', type: EpochDto })
  @ApiProblems(400, 404, 409)
  beginEpoch(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<EpochDto> {
    return this.settings.beginEpoch(actor, id, new Date());
  }

  @Post('platforms/:id/pass-keys')
  @HttpCode(201)
  @ApiParam(PLATFORM)
  @ApiOperation({ operationId: 'rotatePassKey', summary: 'A new key of passes, which signs in ten minutes.' })
  @ApiCreatedResponse({ description: 'Its name.', type: RotatedKeyDto })
  @ApiProblems(400, 404)
  rotatePassKey(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<RotatedKeyDto> {
    return this.settings.rotatePassKey(actor, id);
  }

  @Post('gateways/keys')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'rotateSigningKey',
    summary: 'A new key that signs bundles and deltas in ten minutes; the old one verifies for seven days more.',
  })
  @ApiCreatedResponse({ description: 'Its name.', type: RotatedKeyDto })
  @ApiProblems(400)
  rotateSigningKey(@CurrentActor() actor: Actor): Promise<RotatedKeyDto> {
    return this.settings.rotateSigningKey(actor);
  }
}

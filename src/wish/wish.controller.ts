import { Body, Controller, Get, Headers, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import {
  EstablishmentWishesDto,
  ReplaceEstablishmentWishesDto,
  ReplaceWishesDto,
  SetWishPeriodDto,
  WishListDto,
  WishPeriodDto,
} from './wish.dto';
import { CopyWishesDto, WishCopyReportDto } from './wish-copy.dto';
import { WishCopyService } from './wish-copy.service';
import { WishPeriodService } from './wish-period.service';
import { wishesTag } from './wish-wire.rules';
import { WishService } from './wish.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;
const CLASS_ID = {
  name: 'classId',
  description: 'Number of the class.',
  schema: { type: 'integer', minimum: 1 },
} as const;
const UAI = { name: 'uai', description: 'The UAI: seven digits and a check letter.' } as const;

const IF_MATCH = {
  name: 'if-match',
  required: false,
  description: 'The ETag of the wishes that were read: 412 where somebody has changed them since.',
} as const;
const TAGGED = {
  etag: { description: 'Names the wishes as they are told, for If-Match.', schema: { type: 'string' } },
} as const;

@ApiTags('wishes')
@Controller('campaigns/:id')
export class WishController {
  constructor(
    private readonly wishes: WishService,
    private readonly periods: WishPeriodService,
    private readonly copies: WishCopyService,
  ) {}

  @Get('classes/:classId/wishes')
  @ApiParam(ID)
  @ApiParam(CLASS_ID)
  @ApiOperation({ operationId: 'listWishes', summary: 'What a class asks of a campaign.' })
  @ApiOkResponse({ description: 'Its wishes.', type: WishListDto, headers: TAGGED })
  @ApiProblems(400, 404)
  async listWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('classId', RowIdPipe) classId: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WishListDto> {
    return tagged(reply, await this.wishes.list(actor, campaignId, classId));
  }

  @Put('classes/:classId/wishes')
  @ApiParam(ID)
  @ApiParam(CLASS_ID)
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'replaceWishes',
    summary:
      'Puts a list in the place of all wishes of a class. Fixed windows beyond the cap wait for the authority and do not bind the allocation until it approves.',
  })
  @ApiOkResponse({ description: 'Its wishes now.', type: WishListDto, headers: TAGGED })
  @ApiProblems(400, 404, 409, 412, 422)
  async replaceWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('classId', RowIdPipe) classId: number,
    @Body() request: ReplaceWishesDto,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') ifMatch?: string,
  ): Promise<WishListDto> {
    return tagged(reply, await this.wishes.replace(actor, campaignId, classId, request, ifMatch));
  }

  @Get('establishments/:uai/wishes')
  @ApiParam(ID)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'readEstablishmentWishes',
    summary: 'What an establishment asks of a campaign, as a whole and class by class.',
  })
  @ApiOkResponse({ description: 'Its wishes, the period and the cap.', type: EstablishmentWishesDto, headers: TAGGED })
  @ApiProblems(400, 404)
  async readEstablishmentWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('uai') uai: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<EstablishmentWishesDto> {
    return tagged(reply, await this.wishes.ofEstablishment(actor, campaignId, uai));
  }

  @Put('establishments/:uai/wishes')
  @ApiParam(ID)
  @ApiParam(UAI)
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'replaceEstablishmentWishes',
    summary:
      'Puts a list in the place of the wishes for a whole establishment; those of its classes stay and go before them.',
  })
  @ApiOkResponse({ description: 'Its wishes now.', type: EstablishmentWishesDto, headers: TAGGED })
  @ApiProblems(400, 404, 409, 412, 422)
  async replaceEstablishmentWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('uai') uai: string,
    @Body() request: ReplaceEstablishmentWishesDto,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('if-match') ifMatch?: string,
  ): Promise<EstablishmentWishesDto> {
    return tagged(reply, await this.wishes.replaceOfEstablishment(actor, campaignId, uai, request, ifMatch));
  }

  @Get('wish-period')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readWishPeriod', summary: 'When a campaign is open for wishes.' })
  @ApiOkResponse({ description: 'The period.', type: WishPeriodDto })
  @ApiProblems(400, 404)
  readWishPeriod(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) campaignId: number): Promise<WishPeriodDto> {
    return this.periods.read(actor, campaignId);
  }

  @Put('wish-period')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'setWishPeriod',
    summary: 'Opens a campaign for wishes, and sets or moves the deadline.',
  })
  @ApiOkResponse({ description: 'The period now.', type: WishPeriodDto })
  @ApiProblems(400, 404, 422)
  setWishPeriod(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: SetWishPeriodDto,
  ): Promise<WishPeriodDto> {
    return this.periods.set(actor, campaignId, request);
  }

  @Post('wish-copies')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'copyWishes',
    summary:
      'Takes over the wishes of the campaign before, where nothing is stated yet, and tells what could not be copied.',
  })
  @ApiOkResponse({ description: 'What was copied and what was not.', type: WishCopyReportDto })
  @ApiProblems(400, 404, 409, 422)
  copyWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: CopyWishesDto,
  ): Promise<WishCopyReportDto> {
    return this.copies.copy(actor, campaignId, request);
  }
}

function tagged<T extends WishListDto | EstablishmentWishesDto>(reply: FastifyReply, told: T): T {
  void reply.header('etag', wishesTag(told));
  return told;
}

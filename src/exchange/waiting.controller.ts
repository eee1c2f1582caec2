import { Body, Controller, Delete, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { IDEMPOTENCY_KEY, IF_MATCH } from '../booking/booking.controller';
import { BookingDto } from '../booking/booking.dto';
import { ApiProblems } from '../common/api-problems';
import { PromotionRequest, WaitingEntryDto, WaitingEntryPageDto, WaitingQuery, WaitingRequest } from './waiting.dto';
import { WaitingListService } from './waiting-list.service';
import { WaitingPromotion } from './waiting-promotion.service';

const ENTRY_ID = { name: 'id', description: 'The entry.', schema: { type: 'string', format: 'uuid' } } as const;

@ApiTags('bookings')
@Controller()
export class WaitingController {
  constructor(
    private readonly list: WaitingListService,
    private readonly promotion: WaitingPromotion,
  ) {}

  @Post('waiting-list')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiOperation({
    operationId: 'waitForRoom',
    summary: 'Puts a move or an addition on the waiting list: offered, or taken automatically, when room comes free.',
  })
  @ApiCreatedResponse({ description: 'The entry.', type: WaitingEntryDto })
  @ApiProblems(400, 404, 409, 422)
  waitForRoom(
    @CurrentActor() actor: Actor,
    @Body() request: WaitingRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<WaitingEntryDto> {
    return this.list.join(actor, request, { idempotencyKey, ifMatch: undefined });
  }

  @Post('waiting-list/:id/promote')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiHeader(IF_MATCH)
  @ApiParam(ENTRY_ID)
  @ApiOperation({
    operationId: 'promoteWaitingEntry',
    summary: 'Gives a window back and lets a waiting class of the same head take its place, in one transaction.',
  })
  @ApiCreatedResponse({ description: 'The booking, committed.', type: BookingDto })
  @ApiProblems(400, 404, 409, 412, 422, 428)
  promoteWaitingEntry(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Body() asked: PromotionRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<BookingDto> {
    return this.promotion.promote(actor, id, asked, { idempotencyKey, ifMatch });
  }

  @Delete('waiting-list/:id')
  @ApiParam(ENTRY_ID)
  @ApiOperation({
    operationId: 'leaveWaitingList',
    summary: 'Leaves the list, or turns the offer down; again: changes nothing.',
  })
  @ApiOkResponse({ description: 'The entry, which waits no more.', type: WaitingEntryDto })
  @ApiProblems(400, 404, 409)
  leaveWaitingList(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<WaitingEntryDto> {
    return this.list.withdraw(actor, id);
  }

  @Get('waiting-list/:id')
  @ApiParam(ENTRY_ID)
  @ApiOperation({ operationId: 'readWaitingEntry', summary: 'An entry with its position, or what became of it.' })
  @ApiOkResponse({ description: 'The entry.', type: WaitingEntryDto })
  @ApiProblems(400, 404, 409)
  readWaitingEntry(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<WaitingEntryDto> {
    return this.list.read(actor, id);
  }

  @Get('establishments/:uai/waiting-list')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({ operationId: 'listWaitingEntries', summary: 'Entries of an establishment in the order of the list.' })
  @ApiOkResponse({ description: 'A page of entries.', type: WaitingEntryPageDto })
  @ApiProblems(400, 404, 409)
  listWaitingEntries(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: WaitingQuery,
  ): Promise<WaitingEntryPageDto> {
    return this.list.list(actor, uai, { ...query, limit: query.limit! });
  }
}

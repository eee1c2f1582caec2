import { Body, Controller, Delete, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { BookingDto, BookingRequest } from './booking.dto';
import { IDEMPOTENCY_KEY, IF_MATCH } from './booking.controller';
import { HoldDto, HoldPageDto, HoldQuery } from './hold.dto';
import { HoldService } from './hold.service';

const HOLD_ID = { name: 'id', description: 'The hold.', schema: { type: 'string', format: 'uuid' } } as const;

@ApiTags('bookings')
@Controller()
export class HoldController {
  constructor(private readonly holds: HoldService) {}

  @Post('holds')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'hold',
    summary: 'Keeps the room of a move, an addition or a swap for some minutes, until it is confirmed or lapses.',
  })
  @ApiCreatedResponse({ description: 'The hold, committed.', type: HoldDto })
  @ApiProblems(400, 404, 409, 412, 422, 428)
  hold(
    @CurrentActor() actor: Actor,
    @Body() request: BookingRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<HoldDto> {
    return this.holds.hold(actor, request, { idempotencyKey, ifMatch });
  }

  @Post('holds/:id/confirm')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'confirmHold', summary: 'Makes the booking that a live hold is for.' })
  @ApiCreatedResponse({ description: 'The booking, committed.', type: BookingDto })
  @ApiProblems(400, 404, 409, 412, 422)
  confirmHold(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<BookingDto> {
    return this.holds.confirm(actor, id, { idempotencyKey, ifMatch: undefined });
  }

  @Delete('holds/:id')
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'cancelHold', summary: 'Gives the room of a hold back; again: changes nothing.' })
  @ApiOkResponse({ description: 'The hold, which has ended.', type: HoldDto })
  @ApiProblems(400, 404, 409)
  cancelHold(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<HoldDto> {
    return this.holds.cancel(actor, id);
  }

  @Get('holds/:id')
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'readHold', summary: 'A hold, also after it has ended.' })
  @ApiOkResponse({ description: 'The hold.', type: HoldDto })
  @ApiProblems(400, 404, 409)
  readHold(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<HoldDto> {
    return this.holds.read(actor, id);
  }

  @Get('establishments/:uai/holds')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({ operationId: 'listHolds', summary: 'Holds of an establishment, the latest first.' })
  @ApiOkResponse({ description: 'A page of holds.', type: HoldPageDto })
  @ApiProblems(400, 404, 409)
  listHolds(@CurrentActor() actor: Actor, @Param('uai') uai: string, @Query() query: HoldQuery): Promise<HoldPageDto> {
    return this.holds.list(actor, uai, { ...query, limit: query.limit! });
  }
}

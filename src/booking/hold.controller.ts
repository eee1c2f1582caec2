import { Body, Controller, Delete, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { LOOPBACK_OPERATOR } from '../access/actor';
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
    @Body() request: BookingRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<HoldDto> {
    return this.holds.hold(LOOPBACK_OPERATOR, request, { idempotencyKey, ifMatch });
  }

  @Post('holds/:id/confirm')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'confirmHold', summary: 'Makes the booking that a live hold is for.' })
  @ApiCreatedResponse({ description: 'The booking, committed.', type: BookingDto })
  @ApiProblems(400, 404, 409, 412, 422)
  confirmHold(
    @Param('id', ParseUUIDPipe) id: string,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<BookingDto> {
    return this.holds.confirm(LOOPBACK_OPERATOR, id, { idempotencyKey, ifMatch: undefined });
  }

  @Delete('holds/:id')
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'cancelHold', summary: 'Gives the room of a hold back; again: changes nothing.' })
  @ApiOkResponse({ description: 'The hold, which has ended.', type: HoldDto })
  @ApiProblems(400, 404, 409)
  cancelHold(@Param('id', ParseUUIDPipe) id: string): Promise<HoldDto> {
    return this.holds.cancel(LOOPBACK_OPERATOR, id);
  }

  @Get('holds/:id')
  @ApiParam(HOLD_ID)
  @ApiOperation({ operationId: 'readHold', summary: 'A hold, also after it has ended.' })
  @ApiOkResponse({ description: 'The hold.', type: HoldDto })
  @ApiProblems(400, 404, 409)
  readHold(@Param('id', ParseUUIDPipe) id: string): Promise<HoldDto> {
    return this.holds.read(LOOPBACK_OPERATOR, id);
  }

  @Get('establishments/:uai/holds')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({ operationId: 'listHolds', summary: 'Holds of an establishment, the latest first.' })
  @ApiOkResponse({ description: 'A page of holds.', type: HoldPageDto })
  @ApiProblems(400, 409)
  listHolds(@Param('uai') uai: string, @Query() query: HoldQuery): Promise<HoldPageDto> {
    return this.holds.list(LOOPBACK_OPERATOR, uai, { ...query, limit: query.limit! });
  }
}

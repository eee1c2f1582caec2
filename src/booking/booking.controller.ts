import { Body, Controller, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { AvailabilityService } from './availability.service';
import {
  AvailabilityDto,
  AvailabilityQuery,
  BookingDto,
  BookingRequest,
  EstablishmentAvailabilityQuery,
} from './booking.dto';
import { BookingService } from './booking.service';

export const IDEMPOTENCY_KEY = {
  name: 'idempotency-key',
  required: true,
  description: 'Drawn anew for each booking; the same request sent again with it gets the same answer.',
} as const;
export const IF_MATCH = {
  name: 'if-match',
  required: false,
  description: 'The revision of the window in quotes; needed but for `add`.',
} as const;

@ApiTags('bookings')
@Controller()
export class BookingController {
  constructor(
    private readonly bookings: BookingService,
    private readonly availability: AvailabilityService,
  ) {}

  @Post('bookings')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'book',
    summary: 'Moves, adds, releases or swaps published windows: all of a request or nothing, and never over the limit.',
  })
  @ApiCreatedResponse({ description: 'The booking, committed.', type: BookingDto })
  @ApiProblems(400, 404, 409, 412, 422, 428)
  book(
    @CurrentActor() actor: Actor,
    @Body() request: BookingRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<BookingDto> {
    return this.bookings.book(actor, request, { idempotencyKey, ifMatch });
  }

  @Post('bookings/:id/undo')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiParam({ name: 'id', description: 'The booking.', schema: { type: 'string', format: 'uuid' } })
  @ApiOperation({
    operationId: 'undoBooking',
    summary: "Takes one's own booking back while nothing has happened to its windows since and their places are free.",
  })
  @ApiCreatedResponse({ description: 'The booking that undoes it, committed.', type: BookingDto })
  @ApiProblems(400, 404, 409, 422)
  undoBooking(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<BookingDto> {
    return this.bookings.undo(actor, id, { idempotencyKey, ifMatch: undefined });
  }

  @Get('classes/:id/availability')
  @ApiParam({ name: 'id', description: 'Number of the class.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'readClassAvailability',
    summary: 'Every start of a day for a window of a class, with its verdict.',
  })
  @ApiOkResponse({ description: 'The starts of the day.', type: AvailabilityDto })
  @ApiProblems(400, 404, 409, 422)
  readClassAvailability(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: AvailabilityQuery,
  ): Promise<AvailabilityDto> {
    return this.availability.ofClass(actor, id, query);
  }

  @Get('establishments/:uai/availability')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({
    operationId: 'readEstablishmentAvailability',
    summary: 'The same for a window of the relatives or the staff of an establishment.',
  })
  @ApiOkResponse({ description: 'The starts of the day.', type: AvailabilityDto })
  @ApiProblems(400, 404, 409, 422)
  readEstablishmentAvailability(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: EstablishmentAvailabilityQuery,
  ): Promise<AvailabilityDto> {
    return this.availability.ofEstablishment(actor, uai, query);
  }
}

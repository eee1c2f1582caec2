import { Body, Controller, Get, Headers, HttpCode, Param, ParseUUIDPipe, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { IDEMPOTENCY_KEY, IF_MATCH } from '../booking/booking.controller';
import { ApiProblems } from '../common/api-problems';
import { SwapDto, SwapPageDto, SwapQuery, SwapRequest } from './swap.dto';
import { SwapService } from './swap.service';

const SWAP_ID = { name: 'id', description: 'The swap.', schema: { type: 'string', format: 'uuid' } } as const;

@ApiTags('bookings')
@Controller()
export class SwapController {
  constructor(private readonly swaps: SwapService) {}

  @Post('swaps')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'proposeSwap',
    summary: 'Proposes to another establishment to swap two windows or two series; made when the other side accepts.',
  })
  @ApiCreatedResponse({ description: 'The proposal.', type: SwapDto })
  @ApiProblems(400, 404, 409, 412, 422, 428)
  proposeSwap(
    @CurrentActor() actor: Actor,
    @Body() request: SwapRequest,
    @Headers('idempotency-key') idempotencyKey?: string,
    @Headers('if-match') ifMatch?: string,
  ): Promise<SwapDto> {
    return this.swaps.propose(actor, request, { idempotencyKey, ifMatch });
  }

  @Post('swaps/:id/accept')
  @HttpCode(201)
  @ApiHeader(IDEMPOTENCY_KEY)
  @ApiParam(SWAP_ID)
  @ApiOperation({ operationId: 'acceptSwap', summary: 'Accepts a proposal: decided again and made at once.' })
  @ApiCreatedResponse({ description: 'The swap, committed.', type: SwapDto })
  @ApiProblems(400, 404, 409, 422)
  acceptSwap(
    @CurrentActor() actor: Actor,
    @Param('id', ParseUUIDPipe) id: string,
    @Headers('idempotency-key') idempotencyKey?: string,
  ): Promise<SwapDto> {
    return this.swaps.accept(actor, id, { idempotencyKey, ifMatch: undefined });
  }

  @Post('swaps/:id/decline')
  @HttpCode(200)
  @ApiParam(SWAP_ID)
  @ApiOperation({ operationId: 'declineSwap', summary: 'Says no to a proposal; again: changes nothing.' })
  @ApiOkResponse({ description: 'The proposal, declined.', type: SwapDto })
  @ApiProblems(400, 404, 409)
  declineSwap(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<SwapDto> {
    return this.swaps.decline(actor, id);
  }

  @Post('swaps/:id/withdraw')
  @HttpCode(200)
  @ApiParam(SWAP_ID)
  @ApiOperation({ operationId: 'withdrawSwap', summary: "Takes one's own proposal back; again: changes nothing." })
  @ApiOkResponse({ description: 'The proposal, withdrawn.', type: SwapDto })
  @ApiProblems(400, 404, 409)
  withdrawSwap(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<SwapDto> {
    return this.swaps.withdraw(actor, id);
  }

  @Get('swaps/:id')
  @ApiParam(SWAP_ID)
  @ApiOperation({ operationId: 'readSwap', summary: 'A swap, open or settled.' })
  @ApiOkResponse({ description: 'The swap.', type: SwapDto })
  @ApiProblems(400, 404)
  readSwap(@CurrentActor() actor: Actor, @Param('id', ParseUUIDPipe) id: string): Promise<SwapDto> {
    return this.swaps.read(actor, id);
  }

  @Get('establishments/:uai/swaps')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({
    operationId: 'listSwaps',
    summary: 'Swaps that an establishment was offered or has offered, the latest first.',
  })
  @ApiOkResponse({ description: 'A page of swaps.', type: SwapPageDto })
  @ApiProblems(400, 404, 409)
  listSwaps(@CurrentActor() actor: Actor, @Param('uai') uai: string, @Query() query: SwapQuery): Promise<SwapPageDto> {
    return this.swaps.list(actor, uai, { ...query, limit: query.limit! });
  }
}

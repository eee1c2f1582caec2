import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { ApiProblems } from '../common/api-problems';
import { PageQuery } from '../common/page-query.dto';
import { RowIdPipe } from '../common/row-id.pipe';
import type { Actor } from './actor';
import { CurrentActor } from './current-actor';
import { DelegationDto, DelegationPageDto, NewDelegationDto } from './delegation.dto';
import { DelegationService } from './delegation.service';

const UAI = {
  name: 'uai',
  description: 'The establishment.',
  schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' },
} as const;
const ID = {
  name: 'delegationId',
  description: 'The number of the delegation.',
  schema: { type: 'integer', minimum: 1 },
} as const;

@ApiTags('access')
@ApiParam(UAI)
@Controller('establishments/:uai/delegations')
export class DelegationController {
  constructor(private readonly delegations: DelegationService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listDelegations',
    summary: 'Who acts for the head of an establishment, and until when.',
  })
  @ApiOkResponse({ description: 'A page of delegations that run or will, the latest first.', type: DelegationPageDto })
  @ApiProblems(400, 404)
  listDelegations(@Param('uai') uai: string, @Query() query: PageQuery): Promise<DelegationPageDto> {
    return this.delegations.list(uai, query.limit!, query.cursor);
  }

  @Post()
  @ApiOperation({
    operationId: 'createDelegation',
    summary: 'Names a deputy, who acts as head of the establishment for a time; a deputy names none.',
  })
  @ApiCreatedResponse({ description: 'The delegation.', type: DelegationDto })
  @ApiProblems(400, 404, 409, 422)
  createDelegation(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Body() { startsAt, endsAt, ...deputy }: NewDelegationDto,
  ): Promise<DelegationDto> {
    const time = { startsAt: startsAt === undefined ? undefined : new Date(startsAt), endsAt: new Date(endsAt) };
    return this.delegations.create(actor, uai, { ...deputy, ...time }, new Date());
  }

  @Delete(':delegationId')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiOperation({ operationId: 'revokeDelegation', summary: 'Takes the establishment back from a deputy at once.' })
  @ApiNoContentResponse({ description: 'The deputy acts for it no more.' })
  @ApiProblems(400, 404)
  revokeDelegation(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Param('delegationId', RowIdPipe) delegationId: number,
  ): Promise<void> {
    return this.delegations.revoke(actor, uai, delegationId);
  }
}

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
import { MachineKeyPageDto, MadeMachineKeyDto, NewMachineKeyDto, RotateMachineKeyDto } from './machine-key.dto';
import { MachineKeyService } from './machine-key.service';

const ID = { name: 'id', description: 'The number of the key.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('access')
@Controller('keys')
export class MachineKeyController {
  constructor(private readonly keys: MachineKeyService) {}

  @Get()
  @ApiOperation({ operationId: 'listKeys', summary: 'Keys of machines, without their secrets.' })
  @ApiOkResponse({ description: 'A page of keys.', type: MachineKeyPageDto })
  @ApiProblems(400)
  listKeys(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<MachineKeyPageDto> {
    return this.keys.list(actor, query.limit!, query.cursor);
  }

  @Post()
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'makeKey', summary: 'Makes a key for a machine; its secret is shown this once.' })
  @ApiCreatedResponse({ description: 'The key with its secret.', type: MadeMachineKeyDto })
  @ApiProblems(400, 404, 422)
  makeKey(@CurrentActor() actor: Actor, @Body() body: NewMachineKeyDto): Promise<MadeMachineKeyDto> {
    return this.keys.make(actor, { ...body, days: body.days! }, new Date());
  }

  @Post(':id/rotate')
  @Header('cache-control', 'no-store')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'A new secret for the same use; the old one ends after the overlap.',
  })
  @ApiCreatedResponse({ description: 'The new key with its secret.', type: MadeMachineKeyDto })
  @ApiProblems(400, 404, 409)
  rotateKey(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: RotateMachineKeyDto,
  ): Promise<MadeMachineKeyDto> {
    return this.keys.rotate(actor, id, body.overlapHours!, new Date());
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiOperation({ operationId: 'revokeKey', summary: 'Ends a key at once.' })
  @ApiNoContentResponse({ description: 'It opens nothing any more.' })
  @ApiProblems(400, 404)
  revokeKey(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<void> {
    return this.keys.revoke(actor, id, new Date());
  }
}

import { Controller, Get, Header, Headers, Param, Query, StreamableFile } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { PlanWindowsQuery, WindowPageDto, WindowRangeQuery, WindowSearchQuery } from './window.dto';
import { WindowReadService } from './window-read.service';

const TEXT = { schema: { type: 'string' } } as const;

@ApiTags('windows')
@ApiExtraModels(WindowPageDto)
@Controller()
export class WindowController {
  constructor(private readonly windows: WindowReadService) {}

  @Get('plans/:id/windows')
  @Header('vary', 'accept')
  @ApiHeader({
    name: 'accept',
    description: 'The representation that is wanted; `format` goes before it.',
    required: false,
  })
  @ApiParam({ name: 'id', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'listPlanWindows',
    summary: 'The windows of a plan: pages of JSON, or all of them as a stream of NDJSON or CSV.',
  })
  @ApiOkResponse({
    description: 'A page by establishment and start, or one window a line (CSV: UTF-8, `;`, French header).',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(WindowPageDto) } },
      'application/x-ndjson': TEXT,
      'text/csv': TEXT,
    },
  })
  @ApiProblems(400, 404)
  listPlanWindows(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PlanWindowsQuery,
    @Headers('accept') accept?: string,
  ): Promise<WindowPageDto | StreamableFile> {
    return this.windows.ofPlan(actor, id, query, accept);
  }

  @Get('establishments/:uai/windows')
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({
    operationId: 'listEstablishmentWindows',
    summary: 'Published windows of an establishment and of its classes, from today by default.',
  })
  @ApiOkResponse({ description: 'A page of windows by start.', type: WindowPageDto })
  @ApiProblems(400, 404)
  listEstablishmentWindows(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: WindowRangeQuery,
  ): Promise<WindowPageDto> {
    return this.windows.ofEstablishment(actor, uai, query);
  }

  @Get('classes/:id/windows')
  @ApiParam({ name: 'id', description: 'Number of the class.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({ operationId: 'listClassWindows', summary: 'Published windows of a class, from today by default.' })
  @ApiOkResponse({ description: 'A page of windows by start.', type: WindowPageDto })
  @ApiProblems(400, 404)
  listClassWindows(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: WindowRangeQuery,
  ): Promise<WindowPageDto> {
    return this.windows.ofClass(actor, id, query);
  }

  @Get('windows')
  @ApiOperation({
    operationId: 'findWindows',
    summary: "Published windows of a class by the ENT's key, or by establishment and code.",
  })
  @ApiOkResponse({ description: 'A page of windows by start.', type: WindowPageDto })
  @ApiProblems(400, 404)
  findWindows(@CurrentActor() actor: Actor, @Query() query: WindowSearchQuery): Promise<WindowPageDto> {
    return this.windows.find(actor, query);
  }
}

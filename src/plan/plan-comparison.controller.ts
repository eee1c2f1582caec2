import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { ComparisonDto, ComparisonQuery, WindowChangePageDto, WindowChangesQuery } from './plan-comparison.dto';
import { PlanComparisonService } from './plan-comparison.service';

const ID = { name: 'id', description: 'The plan after the change.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('plans')
@Controller('plans/:id/comparison')
export class PlanComparisonController {
  constructor(private readonly comparison: PlanComparisonService) {}

  @Get()
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'comparePlans',
    summary: 'What changes, and who gains or loses, when plan `with` gives way to this one.',
  })
  @ApiOkResponse({ description: 'The change in figures.', type: ComparisonDto })
  @ApiProblems(400, 404, 422)
  comparePlans(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: ComparisonQuery,
  ): Promise<ComparisonDto> {
    return this.comparison.compare(actor, id, query.with);
  }

  @Get('windows')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'listWindowChanges', summary: 'The windows that differ between two plans.' })
  @ApiOkResponse({ description: 'A page of windows.', type: WindowChangePageDto })
  @ApiProblems(400, 404, 422)
  listWindowChanges(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: WindowChangesQuery,
  ): Promise<WindowChangePageDto> {
    return this.comparison.changes(actor, id, query.with, query.limit!, query.cursor);
  }
}

import { Controller, Get, Header, Headers, Param, Query, type StreamableFile } from '@nestjs/common';
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
import { FairnessDto, FairnessQuery, PlanPricesDto, ShortfallDto } from './plan-evidence.dto';
import { PlanEvidenceService } from './plan-evidence.service';
import { accepted } from './window-read.service';

const ID = { name: 'id', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('plans')
@ApiExtraModels(FairnessDto)
@Controller('plans/:id')
export class PlanEvidenceController {
  constructor(private readonly evidence: PlanEvidenceService) {}

  @Get('prices')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readPrices',
    summary: "The prices of cells that prove the plan's lower bounds; docs/verify-a-plan.md has the formula.",
  })
  @ApiOkResponse({ description: 'The prices.', type: PlanPricesDto })
  @ApiProblems(400, 404)
  readPrices(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<PlanPricesDto> {
    return this.evidence.prices(actor, id);
  }

  @Get('case')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readCase',
    summary:
      'What the plan was computed from, what it became and what proves it, as lines of JSON: docs/allocation-dump.md has every field.',
  })
  @ApiOkResponse({
    description: 'The case: gzipped lines of JSON.',
    content: { 'application/gzip': { schema: { type: 'string', format: 'binary' } } },
  })
  @ApiProblems(400, 404)
  readCase(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<StreamableFile> {
    return this.evidence.caseFile(actor, id);
  }

  @Get('fairness')
  @Header('vary', 'accept')
  @ApiHeader({
    name: 'accept',
    description: 'The representation that is wanted; `format` goes before it.',
    required: false,
  })
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readFairness',
    summary: 'Displacement by kind, level, department, sector and priority education, as JSON or CSV.',
  })
  @ApiOkResponse({
    description: 'The sheet (CSV: UTF-8, `;`, decimal comma, French header).',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(FairnessDto) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 404)
  readFairness(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() { format }: FairnessQuery,
    @Headers('accept') accept?: string,
  ): Promise<FairnessDto | StreamableFile> {
    return (format ?? accepted(accept)) === 'csv'
      ? this.evidence.fairnessFile(actor, id)
      : this.evidence.fairness(actor, id);
  }

  @Get('shortfall')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readShortfall',
    summary:
      'What a complete plan would need: the least extra capacity where one is proven, and who is left out and why.',
  })
  @ApiOkResponse({ description: 'What is short.', type: ShortfallDto })
  @ApiProblems(400, 404)
  readShortfall(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<ShortfallDto> {
    return this.evidence.shortfall(actor, id);
  }
}

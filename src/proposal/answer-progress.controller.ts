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
import { accepted } from '../plan/window-read.service';
import {
  AnswersByTerritoryDto,
  EstablishmentAnswerPageDto,
  EstablishmentProgressQuery,
  TerritoryProgressQuery,
} from './answer-progress.dto';
import { AnswerProgressService } from './answer-progress.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('answers')
@ApiExtraModels(EstablishmentAnswerPageDto)
@Controller('campaigns/:id/answers')
export class AnswerProgressController {
  constructor(private readonly progress: AnswerProgressService) {}

  @Get('territories')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'countAnswers',
    summary: 'Who has answered and who has not, and who has stated wishes: counts and rates by territory.',
  })
  @ApiOkResponse({ description: 'Counts of each territory and of all.', type: AnswersByTerritoryDto })
  @ApiProblems(400, 404)
  countAnswers(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Query() query: TerritoryProgressQuery,
  ): Promise<AnswersByTerritoryDto> {
    return this.progress.territories(actor, campaignId, query);
  }

  @Get('establishments')
  @Header('vary', 'accept')
  @ApiHeader({
    name: 'accept',
    description: 'The representation that is wanted; `format` goes before it.',
    required: false,
  })
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'listEstablishmentAnswers',
    summary: 'Establishments with where they stand, by UAI: `answer=none` are those that have not answered.',
  })
  @ApiOkResponse({
    description: 'A page, or all of them as CSV (UTF-8, `;`, French header).',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(EstablishmentAnswerPageDto) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 404)
  listEstablishmentAnswers(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Query() query: EstablishmentProgressQuery,
    @Headers('accept') accept?: string,
  ): Promise<EstablishmentAnswerPageDto | StreamableFile> {
    return (query.format ?? accepted(accept)) === 'csv'
      ? this.progress.establishmentsFile(actor, campaignId, query)
      : this.progress.establishments(actor, campaignId, query);
  }
}

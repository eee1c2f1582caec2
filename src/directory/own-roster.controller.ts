import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiCreatedResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { ImportReportDto, OwnRosterQueryDto } from './import.dto';
import { ImportService } from './import.service';

@ApiTags('imports')
@Controller('establishments/:uai/roster')
export class OwnRosterController {
  constructor(private readonly imports: ImportService) {}

  @Post()
  @ApiOperation({
    operationId: 'importRoster',
    summary:
      'Import the roster of one establishment (CSV, at most 1 MB); each line of another establishment is refused.',
  })
  @ApiParam({ name: 'uai', description: 'The UAI: seven digits and a check letter.' })
  @ApiConsumes('text/csv', 'application/gzip', 'application/octet-stream')
  @ApiBody({
    description: 'The file as in GET /v1/imports/templates/roster.csv, gzip or not.',
    schema: { type: 'string', format: 'binary' },
  })
  @ApiCreatedResponse({
    description: 'What changed, or would change, with the first thousand lines that were refused or noted.',
    type: ImportReportDto,
  })
  @ApiProblems(400, 404, 415, 422)
  importRoster(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: OwnRosterQueryDto,
    @Body() body: unknown,
  ): Promise<ImportReportDto> {
    return this.imports.receiveOwn(actor, uai, body, query);
  }
}

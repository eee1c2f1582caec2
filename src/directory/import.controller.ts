import { Body, Controller, Get, Header, Param, Post, Query } from '@nestjs/common';
import {
  ApiBody,
  ApiConsumes,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiProduces,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { ImportLinePageDto, ImportPageDto, ImportQueryDto, ImportReportDto, ImportRunDto } from './import.dto';
import { ImportService } from './import.service';
import { ImportsService } from './imports.service';
import { ROSTER_TEMPLATE } from './roster.reader';
import { PageQuery } from '../common/page-query.dto';

@ApiTags('imports')
@Controller('imports')
export class ImportController {
  constructor(
    private readonly imports: ImportService,
    private readonly past: ImportsService,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'importFile',
    summary: 'Import a file of any size into the directory: official headcounts and addresses, a roster, a mapping.',
  })
  @ApiConsumes('text/csv', 'application/gzip', 'application/x-ndjson', 'application/octet-stream')
  @ApiBody({ description: 'The file, gzip or not.', schema: { type: 'string', format: 'binary' } })
  @ApiCreatedResponse({ description: 'What changed, or would change.', type: ImportReportDto })
  @ApiProblems(400, 415, 422)
  importFile(
    @CurrentActor() actor: Actor,
    @Query() query: ImportQueryDto,
    @Body() body: unknown,
  ): Promise<ImportReportDto> {
    return this.imports.receive(actor, body, query);
  }

  @Get()
  @ApiOperation({ operationId: 'listImports', summary: 'Imports, the latest first.' })
  @ApiOkResponse({ description: 'A page of imports.', type: ImportPageDto })
  @ApiProblems(400)
  listImports(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<ImportPageDto> {
    return this.past.list(actor, query.limit!, query.cursor);
  }

  @Get('templates/roster.csv')
  @Header('content-type', 'text/csv; charset=utf-8')
  @Header('content-disposition', 'attachment; filename="roster.csv"')
  @ApiOperation({ operationId: 'getRosterTemplate', summary: 'The roster to fill in, with some lines as an example.' })
  @ApiProduces('text/csv')
  @ApiOkResponse({ description: 'The template.', schema: { type: 'string' } })
  @ApiProblems()
  getRosterTemplate(): string {
    return ROSTER_TEMPLATE;
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getImport', summary: 'One import and its report.' })
  @ApiParam({ name: 'id', description: 'The number of the import.', type: Number })
  @ApiOkResponse({ description: 'The import.', type: ImportRunDto })
  @ApiProblems(400, 404)
  getImport(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<ImportRunDto> {
    return this.past.find(actor, id);
  }

  @Get(':id/lines')
  @ApiOperation({ operationId: 'listImportLines', summary: 'The refused and noted lines of an import.' })
  @ApiParam({ name: 'id', description: 'The number of the import.', type: Number })
  @ApiOkResponse({ description: 'A page of lines.', type: ImportLinePageDto })
  @ApiProblems(400, 404)
  listImportLines(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<ImportLinePageDto> {
    return this.past.lines(actor, id, query.limit!, query.cursor);
  }
}

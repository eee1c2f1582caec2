import { Controller, Get, Header, Query, type StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import { ApiProblems } from '../common/api-problems';
import { AuditPageDto, AuditQuery } from './audit.dto';
import { AuditTrailService } from './audit-trail.service';

@ApiTags('audit')
@ApiExtraModels(AuditPageDto)
@Controller('audit')
export class AuditController {
  constructor(private readonly trail: AuditTrailService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @ApiOperation({
    operationId: 'listAudit',
    summary: 'Who did what, when, on what, from which value to which, and why: the latest first.',
  })
  @ApiOkResponse({
    description: 'A page, or all of them as CSV (UTF-8, `;`).',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(AuditPageDto) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400)
  listAudit(@Query() query: AuditQuery): Promise<AuditPageDto> | StreamableFile {
    return query.format === 'csv' ? this.trail.file(query) : this.trail.page(query);
  }
}

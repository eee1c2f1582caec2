import { Controller, Get, Header, Headers, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { languageOf } from '../common/language.rules';
import { RowIdPipe } from '../common/row-id.pipe';
import { ClassWeekQuery, EstablishmentWeekQuery, type WeekFormat } from './week.dto';
import { WeekService } from './week.service';

const MEDIA_TYPES = {
  html: 'text/html',
  csv: 'text/csv',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
} as const;
const LANGUAGE = {
  name: 'accept-language',
  description: 'French, or English; `lang` goes before it.',
  required: false,
};
const HTML = { 'text/html': { schema: { type: 'string' } } } as const;

@ApiTags('feeds')
@Controller()
export class WeekController {
  constructor(private readonly weeks: WeekService) {}

  @Get('establishments/:uai/week')
  @Header('vary', 'accept, accept-language')
  @ApiHeader({
    name: 'accept',
    description: 'The representation that is wanted; `format` goes before it.',
    required: false,
  })
  @ApiHeader(LANGUAGE)
  @ApiParam({ name: 'uai', description: 'The establishment.', schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' } })
  @ApiOperation({
    operationId: 'readEstablishmentWeek',
    summary:
      'Published windows of an establishment in seven days: an A4 page for each class or a sheet of the school to print, or a table as CSV or XLSX.',
  })
  @ApiOkResponse({
    description: 'Pages without scripts, or a file (CSV: UTF-8 with its mark, `;`).',
    content: {
      ...HTML,
      [MEDIA_TYPES.csv]: { schema: { type: 'string' } },
      [MEDIA_TYPES.xlsx]: { schema: { type: 'string', format: 'binary' } },
    },
  })
  @ApiProblems(400, 404)
  async readEstablishmentWeek(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() { from, lang, format, sheet }: EstablishmentWeekQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept') accept?: string,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string | StreamableFile> {
    const language = languageOf(lang, acceptLanguage);
    const wanted = format ?? acceptedFormat(accept);
    if (wanted === 'html') {
      const page = await this.weeks.establishmentPages(actor, uai, from, language, new Date(), sheet!);
      void reply.type(`${MEDIA_TYPES.html}; charset=utf-8`);
      return page;
    }
    const { fileName, bytes } = await this.weeks.establishmentFile(actor, uai, from, wanted, language, new Date());
    return new StreamableFile(bytes, {
      type: wanted === 'csv' ? `${MEDIA_TYPES.csv}; charset=utf-8; header=present` : MEDIA_TYPES[wanted],
      disposition: `attachment; filename="${fileName}"`,
    });
  }

  @Get('classes/:id/week')
  @Header('vary', 'accept-language')
  @Header('content-type', 'text/html; charset=utf-8')
  @ApiHeader(LANGUAGE)
  @ApiParam({ name: 'id', description: 'Number of the class.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'readClassWeek',
    summary:
      'Published windows of a class in seven days, with those of its groups and of the relatives: an A4 page to print.',
  })
  @ApiOkResponse({ description: 'A page without scripts.', content: HTML })
  @ApiProblems(400, 404)
  readClassWeek(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() { from, lang }: ClassWeekQuery,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string> {
    return this.weeks.classPage(actor, id, from, languageOf(lang, acceptLanguage), new Date());
  }
}

/** The first known media type of an Accept header; pages where none is named. */
function acceptedFormat(accept: string | undefined): WeekFormat {
  for (const part of (accept ?? '').split(',')) {
    const mediaType = part.split(';')[0]!.trim().toLowerCase();
    if (mediaType === MEDIA_TYPES.csv) return 'csv';
    if (mediaType === MEDIA_TYPES.xlsx) return 'xlsx';
    if (mediaType === MEDIA_TYPES.html) return 'html';
  }
  return 'html';
}

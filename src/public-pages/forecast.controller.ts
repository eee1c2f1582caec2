import { Controller, Get, Headers, Param, Query, Res, UseFilters } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { languageOf } from '../common/language.rules';
import { RowIdPipe } from '../common/row-id.pipe';
import { forecastChoiceOf } from './forecast-page.rules';
import { ForecastPageService } from './forecast-page.service';
import { ForecastDto, ForecastQuery } from './forecast.dto';
import { ForecastService } from './forecast.service';
import { PageFailureFilter } from './page-failure.filter';
import { pageHeaders } from './page-frame.rules';

const HTML = { 'text/html': { schema: { type: 'string' } } } as const;
const text = (name: string, description: string) =>
  ({ name, description, required: false, schema: { type: 'string' } }) as const;

@ApiTags('public pages')
@Controller()
export class ForecastController {
  constructor(
    private readonly forecasts: ForecastService,
    private readonly pages: ForecastPageService,
  ) {}

  @Get('platforms/:id/forecast')
  @ApiParam({ name: 'id', description: 'The number of the platform.', type: Number })
  @ApiOperation({
    operationId: 'readForecast',
    summary: 'How full a platform is going to be, hour by hour, with what is announced: open to everybody.',
  })
  @ApiOkResponse({ description: 'The days.', type: ForecastDto })
  @ApiProblems(400, 404)
  readForecast(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: ForecastQuery,
  ): Promise<ForecastDto> {
    return this.forecasts.forecast(actor, id, query, new Date());
  }

  @Get('prevision')
  @UseFilters(PageFailureFilter)
  @ApiQuery(text('plateforme', 'Code of the platform; needed where there are several.'))
  @ApiQuery(text('du', 'First of the seven civil dates.'))
  @ApiQuery(text('lang', '`fr` or `en`; anything else is left out.'))
  @ApiHeader({ name: 'accept-language', description: 'French, or English; `lang` goes before it.', required: false })
  @ApiOperation({
    operationId: 'showForecastPage',
    summary: 'The coming week of a platform as a traffic bulletin, for everybody; no account, no cookie.',
  })
  @ApiOkResponse({ description: 'A page without scripts.', content: HTML })
  @ApiResponse({ status: 404, description: 'The platform is not known, as a page.', content: HTML })
  @ApiProblems()
  async showForecastPage(
    @CurrentActor() actor: Actor,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string> {
    const choice = forecastChoiceOf(query);
    const language = languageOf(choice.language, acceptLanguage);
    const { status, html } = await this.pages.page(actor, choice, language, new Date());
    void reply.status(status).headers(pageHeaders(language, status));
    return html;
  }
}

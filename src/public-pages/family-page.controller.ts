import { Controller, Get, Headers, Param, Query, Res, UseFilters } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiQuery, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { NotFoundError } from '../common/domain-error';
import { languageOf } from '../common/language.rules';
import { familyChoiceOf } from './family-choice.rules';
import { FamilyPageService } from './family-page.service';
import { pageHeaders } from './page-frame.rules';
import { PageFailureFilter } from './page-failure.filter';
import { PAGE_SCRIPT } from './page-script';

const HTML = { 'text/html': { schema: { type: 'string' } } } as const;
const text = (name: string, description: string) =>
  ({ name, description, required: false, schema: { type: 'string' } }) as const;

@ApiTags('public pages')
@Controller('creneaux')
export class FamilyPageController {
  constructor(private readonly pages: FamilyPageService) {}

  @Get()
  @UseFilters(PageFailureFilter)
  @ApiQuery({
    name: 'classe',
    description: 'A class as UAI, dot and code, such as `9900002X.6A`; repeated for several children.',
    required: false,
    schema: { type: 'array', items: { type: 'string' } },
  })
  @ApiQuery(text('q', 'Search for a school: words of its name, its commune or its UAI.'))
  @ApiQuery(text('etablissement', 'UAI of the school whose classes are to be shown.'))
  @ApiQuery(text('ajouter', 'Search for a further class beside those that were chosen.'))
  @ApiQuery(text('lang', '`fr` or `en`; anything else is left out.'))
  @ApiHeader({ name: 'accept-language', description: 'French, or English; `lang` goes before it.', required: false })
  @ApiOperation({
    operationId: 'showFamilyPage',
    summary: 'Which windows a class has, for families: the address holds the choice; no account, no cookie.',
  })
  @ApiOkResponse({ description: 'A page that needs no script.', content: HTML })
  @ApiResponse({ status: 404, description: 'The school or the class is not known, as a page.', content: HTML })
  @ApiProblems()
  async showFamilyPage(
    @CurrentActor() actor: Actor,
    @Query() query: Record<string, unknown>,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string> {
    const choice = familyChoiceOf(query);
    const language = languageOf(choice.language, acceptLanguage);
    const { status, html } = await this.pages.page(actor, choice, language, new Date());
    void reply.status(status).headers(pageHeaders(language, status));
    return html;
  }

  @Get(':file')
  @ApiParam({ name: 'file', description: 'The name that the page gives; it changes with the script.' })
  @ApiOperation({ operationId: 'readPageScript', summary: 'The script of the public pages: it keeps delays true.' })
  @ApiOkResponse({ description: 'The script.', content: { 'text/javascript': { schema: { type: 'string' } } } })
  @ApiProblems(404)
  readPageScript(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    if (file !== PAGE_SCRIPT.name) throw new NotFoundError('file', file);
    void reply.type('text/javascript; charset=utf-8').header('cache-control', 'public, max-age=31536000, immutable');
    return PAGE_SCRIPT.text;
  }
}

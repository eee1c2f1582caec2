import { Body, Controller, Get, Header, Headers, Param, Post, Put, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { CapacityService } from '../capacity/capacity.service';
import { ApiProblems } from '../common/api-problems';
import { languageOf } from '../common/language.rules';
import { RowIdPipe } from '../common/row-id.pipe';
import { postMortemCsv } from './post-mortem-csv.rules';
import {
  PostMortemCsvQuery,
  PostMortemDto,
  PostMortemLanguageQuery,
  PostMortemPageDto,
  PostMortemQuery,
  PostMortemRequestDto,
  PostMortemWordsDto,
} from './post-mortem.dto';
import { POST_MORTEM_POLICY, postMortemPage } from './post-mortem-page.rules';
import { PostMortemService } from './post-mortem.service';
import { headDtoOf, postMortemDtoOf } from './post-mortem-view.rules';

const ITS = {
  name: 'postMortemId',
  description: 'Number of the post-mortem.',
  schema: { type: 'integer', minimum: 1 },
} as const;
const LANGUAGE = {
  name: 'accept-language',
  description: 'French, or English; `lang` goes before it.',
  required: false,
} as const;

/** What a bad morning was, and what was agreed after it. */
@ApiTags('post-mortems')
@ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
@Controller('platforms/:id/post-mortems')
export class PostMortemController {
  constructor(
    private readonly postMortems: PostMortemService,
    private readonly capacity: CapacityService,
  ) {}

  @Post()
  @ApiOperation({
    operationId: 'makePostMortem',
    summary: 'Look back on a day or a period: what was done and seen is kept, the worst day is simulated again.',
  })
  @ApiCreatedResponse({
    description: 'The post-mortem.',
    type: PostMortemDto,
    headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409, 422)
  async makePostMortem(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: PostMortemRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PostMortemDto> {
    const made = await this.postMortems.make(actor, id, body, new Date());
    void reply.header('location', `/v1/platforms/${id}/post-mortems/${made}`);
    return postMortemDtoOf(await this.postMortems.read(actor, id, made));
  }

  @Get()
  @ApiOperation({ operationId: 'listPostMortems', summary: 'Post-mortems of a platform.' })
  @ApiOkResponse({ description: 'A page of them.', type: PostMortemPageDto })
  @ApiProblems(400, 404)
  async listPostMortems(
    @Param('id', RowIdPipe) id: number,
    @Query() query: PostMortemQuery,
  ): Promise<PostMortemPageDto> {
    const { items, nextCursor } = await this.postMortems.list(id, query);
    return { items: items.map(headDtoOf), nextCursor };
  }

  @Get(':postMortemId')
  @ApiParam(ITS)
  @ApiOperation({
    operationId: 'readPostMortem',
    summary: 'A post-mortem; the simulated day stands in it once it is done.',
  })
  @ApiOkResponse({ description: 'The post-mortem.', type: PostMortemDto })
  @ApiProblems(400, 404)
  async readPostMortem(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('postMortemId', RowIdPipe) postMortemId: number,
  ): Promise<PostMortemDto> {
    return postMortemDtoOf(await this.postMortems.read(actor, id, postMortemId));
  }

  @Put(':postMortemId')
  @ApiParam(ITS)
  @ApiOperation({
    operationId: 'writePostMortem',
    summary: 'Write the summary, causes ruled out and improvements agreed.',
  })
  @ApiOkResponse({ description: 'The post-mortem.', type: PostMortemDto })
  @ApiProblems(400, 404, 409)
  async writePostMortem(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('postMortemId', RowIdPipe) postMortemId: number,
    @Body() body: PostMortemWordsDto,
  ): Promise<PostMortemDto> {
    return postMortemDtoOf(await this.postMortems.write(actor, id, postMortemId, body, new Date()));
  }

  @Get(':postMortemId/page')
  @ApiParam(ITS)
  @ApiHeader(LANGUAGE)
  @ApiOperation({ operationId: 'showPostMortem', summary: 'A post-mortem as a page, on screen and on paper.' })
  @ApiOkResponse({ description: 'A page without scripts.', content: { 'text/html': { schema: { type: 'string' } } } })
  @ApiProblems(400, 404)
  async showPostMortem(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('postMortemId', RowIdPipe) postMortemId: number,
    @Query() { lang }: PostMortemLanguageQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string> {
    const language = languageOf(lang, acceptLanguage);
    const view = postMortemDtoOf(await this.postMortems.read(actor, id, postMortemId));
    const { name } = await this.capacity.platform(id);
    void reply.headers({
      'content-type': 'text/html; charset=utf-8',
      'content-language': language,
      'content-security-policy': POST_MORTEM_POLICY,
      'cache-control': 'no-store',
    });
    return postMortemPage(view, language, name);
  }

  @Get(':postMortemId/csv')
  @ApiParam(ITS)
  @ApiHeader(LANGUAGE)
  @Header('cache-control', 'no-store')
  @ApiOperation({ operationId: 'exportPostMortem', summary: 'A table of a post-mortem for spreadsheets.' })
  @ApiOkResponse({
    description: 'CSV, with a semicolon between fields.',
    content: { 'text/csv': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404)
  async exportPostMortem(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('postMortemId', RowIdPipe) postMortemId: number,
    @Query() { lang, part = 'curves' }: PostMortemCsvQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') acceptLanguage?: string,
  ): Promise<string> {
    const view = postMortemDtoOf(await this.postMortems.read(actor, id, postMortemId));
    void reply.headers({
      'content-type': 'text/csv; charset=utf-8; header=present',
      'content-disposition': `attachment; filename="post-mortem-${postMortemId}-${part}.csv"`,
    });
    return postMortemCsv(view, part, languageOf(lang, acceptLanguage));
  }
}

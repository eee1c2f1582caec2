import { Body, Controller, Get, Header, Headers, Param, Post, Res } from '@nestjs/common';
import { ApiConsumes, ApiHeader, ApiOkResponse, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { ApiProblems } from '../common/api-problems';
import { languageOf } from '../common/language.rules';
import { AnswerFormDto } from './answer-page.dto';
import { AnswerPageService } from './answer-page.service';

const TOKEN = { name: 'token', description: 'What the link carries.' } as const;
const LANGUAGE = { name: 'accept-language', description: 'French, or English.', required: false } as const;
const HTML = { 'text/html': { schema: { type: 'string' } } } as const;

@ApiTags('answers')
@Controller('reponse/:token')
export class AnswerPageController {
  constructor(private readonly pages: AnswerPageService) {}

  @Get()
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiParam(TOKEN)
  @ApiHeader(LANGUAGE)
  @ApiOperation({
    operationId: 'showAnswerPage',
    summary: 'The page of a link: what is proposed, and two buttons. Looking at it answers nothing.',
  })
  @ApiOkResponse({ description: 'A page without scripts.', content: HTML })
  @ApiResponse({ status: 404, description: 'The link is not valid (any more), as a page.', content: HTML })
  @ApiProblems()
  async showAnswerPage(
    @Param('token') token: string,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') language?: string,
  ): Promise<string> {
    const { status, html } = await this.pages.show(token, languageOf(undefined, language));
    void reply.status(status).type('text/html; charset=utf-8');
    return html;
  }

  @Post()
  @Header('cache-control', 'no-store')
  @Header('referrer-policy', 'no-referrer')
  @ApiParam(TOKEN)
  @ApiHeader(LANGUAGE)
  @ApiConsumes('application/x-www-form-urlencoded')
  @ApiOperation({ operationId: 'answerByLink', summary: 'Answers a proposal by a link, as its page does.' })
  @ApiResponse({ status: 303, description: 'Written: the page shows it.' })
  @ApiResponse({ status: 404, description: 'The link is not valid (any more), as a page.', content: HTML })
  @ApiResponse({ status: 409, description: 'Answers are closed, as a page.', content: HTML })
  @ApiResponse({
    status: 422,
    description: 'A change without a word about it, or with too many, as a page.',
    content: HTML,
  })
  @ApiProblems(400)
  async answerByLink(
    @Param('token') token: string,
    @Body() form: AnswerFormDto,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Headers('accept-language') language?: string,
  ): Promise<string> {
    const page = await this.pages.answer(token, form, languageOf(undefined, language));
    void reply.type('text/html; charset=utf-8');
    if (page) {
      void reply.status(page.status);
      return page.html;
    }
    void reply.status(303).header('location', `/reponse/${token}`);
    return '';
  }
}

import { applyDecorators, Controller, Delete, Get, Headers, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiResponse,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { FeedAddressDto, FeedQuery } from './feed.dto';
import { type FeedAnswer, FeedService } from './feed.service';

const CLASS = { name: 'id', description: 'Number of the class.', schema: { type: 'integer', minimum: 1 } } as const;
const UAI = {
  name: 'uai',
  description: 'The establishment.',
  schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' },
} as const;

const CalendarHeaders = (): MethodDecorator & ClassDecorator =>
  applyDecorators(
    ApiHeader({
      name: 'if-none-match',
      required: false,
      description: 'The ETag that was answered before: 304 where nothing changed since.',
    }),
    ApiHeader({
      name: 'if-modified-since',
      required: false,
      description: 'The Last-Modified that was answered before, for who keeps no ETag.',
    }),
    ApiHeader({
      name: 'accept-encoding',
      required: false,
      description: 'A compressed calendar has an ETag of its own.',
    }),
  );

function sendCalendar(reply: FastifyReply, { etag, lastModified, text }: FeedAnswer): FastifyReply {
  void reply
    .header('etag', etag)
    .header('last-modified', lastModified.toUTCString())
    .header('cache-control', 'private, no-cache')
    .header('x-robots-tag', 'noindex');
  if (text === undefined) return reply.status(304).send();
  return reply.header('content-type', 'text/calendar; charset=utf-8').send(text);
}

@ApiTags('feeds')
@Controller()
export class FeedController {
  constructor(private readonly feeds: FeedService) {}

  @Get('feeds/:file')
  @ApiParam({ name: 'file', description: 'The address that was given when the feed was created: a token and `.ics`.' })
  @ApiOperation({
    operationId: 'readFeed',
    summary:
      'Windows as an iCalendar feed, for calendar programs: a class with its groups and the parents, or all of a school.',
  })
  @CalendarHeaders()
  @ApiOkResponse({ description: 'The calendar.', content: { 'text/calendar': { schema: { type: 'string' } } } })
  @ApiResponse({ status: 304, description: 'The calendar is as it was.' })
  @ApiProblems(400, 404)
  async readFeed(
    @Param('file') file: string,
    @Query() { lang }: FeedQuery,
    @Res() reply: FastifyReply,
    @Headers('if-none-match') ifNoneMatch?: string,
    @Headers('if-modified-since') ifModifiedSince?: string,
    @Headers('accept-encoding') acceptEncoding?: string,
  ): Promise<void> {
    const request = { language: lang ?? 'fr', ifNoneMatch, ifModifiedSince, acceptEncoding } as const;
    await sendCalendar(reply, await this.feeds.read(file, request, new Date()));
  }

  @Get('classes/:id/calendar.ics')
  @ApiParam(CLASS)
  @ApiOperation({
    operationId: 'readClassCalendar',
    summary:
      'Windows of a class with its groups and the parents as an iCalendar feed, for whoever reads its public page.',
  })
  @CalendarHeaders()
  @ApiOkResponse({ description: 'The calendar.', content: { 'text/calendar': { schema: { type: 'string' } } } })
  @ApiResponse({ status: 304, description: 'The calendar is as it was.' })
  @ApiProblems(400, 404)
  async readClassCalendar(
    @Param('id', RowIdPipe) id: number,
    @Query() { lang }: FeedQuery,
    @Res() reply: FastifyReply,
    @Headers('if-none-match') ifNoneMatch?: string,
    @Headers('if-modified-since') ifModifiedSince?: string,
    @Headers('accept-encoding') acceptEncoding?: string,
  ): Promise<void> {
    const request = { language: lang ?? 'fr', ifNoneMatch, ifModifiedSince, acceptEncoding } as const;
    await sendCalendar(reply, await this.feeds.readOfClass(id, request, new Date()));
  }

  @Post('classes/:id/feed')
  @HttpCode(201)
  @ApiParam(CLASS)
  @ApiOperation({ operationId: 'createClassFeed', summary: 'Gives a class a feed; its address is shown once.' })
  @ApiCreatedResponse({ description: 'The address.', type: FeedAddressDto })
  @ApiProblems(400, 404, 409)
  createClassFeed(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<FeedAddressDto> {
    return this.feeds.createOfClass(actor, id);
  }

  @Post('classes/:id/feed/replacement')
  @HttpCode(201)
  @ApiParam(CLASS)
  @ApiOperation({
    operationId: 'replaceClassFeed',
    summary: 'Gives the feed of a class another address; the one before ends.',
  })
  @ApiCreatedResponse({ description: 'The new address.', type: FeedAddressDto })
  @ApiProblems(400, 404)
  replaceClassFeed(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<FeedAddressDto> {
    return this.feeds.replaceOfClass(actor, id);
  }

  @Delete('classes/:id/feed')
  @HttpCode(204)
  @ApiParam(CLASS)
  @ApiOperation({ operationId: 'deleteClassFeed', summary: 'Ends the feed of a class.' })
  @ApiNoContentResponse({ description: 'Nobody reads it any more.' })
  @ApiProblems(400, 404)
  deleteClassFeed(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<void> {
    return this.feeds.deleteOfClass(actor, id);
  }

  @Post('establishments/:uai/feed')
  @HttpCode(201)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'createEstablishmentFeed',
    summary: 'Gives an establishment a feed of all its windows; its address is shown once.',
  })
  @ApiCreatedResponse({ description: 'The address.', type: FeedAddressDto })
  @ApiProblems(404, 409)
  createEstablishmentFeed(@CurrentActor() actor: Actor, @Param('uai') uai: string): Promise<FeedAddressDto> {
    return this.feeds.createOfEstablishment(actor, uai);
  }

  @Post('establishments/:uai/feed/replacement')
  @HttpCode(201)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'replaceEstablishmentFeed',
    summary: 'Gives the feed of an establishment another address; the one before ends.',
  })
  @ApiCreatedResponse({ description: 'The new address.', type: FeedAddressDto })
  @ApiProblems(404)
  replaceEstablishmentFeed(@CurrentActor() actor: Actor, @Param('uai') uai: string): Promise<FeedAddressDto> {
    return this.feeds.replaceOfEstablishment(actor, uai);
  }

  @Delete('establishments/:uai/feed')
  @HttpCode(204)
  @ApiParam(UAI)
  @ApiOperation({ operationId: 'deleteEstablishmentFeed', summary: 'Ends the feed of an establishment.' })
  @ApiNoContentResponse({ description: 'Nobody reads it any more.' })
  @ApiProblems(404)
  deleteEstablishmentFeed(@CurrentActor() actor: Actor, @Param('uai') uai: string): Promise<void> {
    return this.feeds.deleteOfEstablishment(actor, uai);
  }
}

import { Body, Controller, Get, HttpCode, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { AcknowledgementRequest, NoticePageDto, NoticeQuery } from './notice.dto';
import { NoticeService } from './notice.service';

const UAI = {
  name: 'uai',
  description: 'The establishment.',
  schema: { type: 'string', pattern: '^[0-9]{7}[A-Z]$' },
} as const;

@ApiTags('notices')
@Controller('establishments/:uai/notices')
export class NoticeController {
  constructor(private readonly notices: NoticeService) {}

  @Get()
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'listNotices',
    summary: 'What moved in an establishment: window, from, to, why, when, by which publication or booking.',
  })
  @ApiOkResponse({ description: 'Notices in the order of the revisions.', type: NoticePageDto })
  @ApiProblems(400, 404)
  listNotices(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: NoticeQuery,
  ): Promise<NoticePageDto> {
    return this.notices.list(actor, uai, query);
  }

  @Put('acknowledgement')
  @HttpCode(204)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'acknowledgeNotices',
    summary: 'Marks the notices up to a revision as read, for the whole establishment; the mark never goes back.',
  })
  @ApiNoContentResponse({ description: 'Marked.' })
  @ApiProblems(400, 404, 422)
  acknowledgeNotices(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Body() request: AcknowledgementRequest,
  ): Promise<void> {
    return this.notices.acknowledge(actor, uai, request);
  }
}

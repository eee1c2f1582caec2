import { Controller, Get, Headers, Param, Query, Res } from '@nestjs/common';
import {
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
  getSchemaPath,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { goneSignal, sendEvents } from '../common/event-stream';
import { RowIdPipe } from '../common/row-id.pipe';
import { PlanChangePageDto, PlanChangeQuery } from './plan-change.dto';
import { PlanChangeService } from './plan-change.service';

@ApiTags('plans')
@ApiExtraModels(PlanChangePageDto)
@Controller('plans')
export class PlanChangeController {
  constructor(private readonly changes: PlanChangeService) {}

  @Get(':id/changes')
  @ApiParam({ name: 'id', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } })
  @ApiHeader({
    name: 'last-event-id',
    required: false,
    description: 'Of a stream that is taken up again: the last revision that was read.',
  })
  @ApiOperation({
    operationId: 'listPlanChanges',
    summary: 'The numbered changes of a plan after a revision: a page, a long poll, or a stream of server-sent events.',
  })
  @ApiOkResponse({
    description:
      'Changes in the order of their revisions; as a stream (Accept: text/event-stream) one `change` event each, and where another plan takes the place of this one a `superseded` event with `supersededBy`, after which it ends.',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(PlanChangePageDto) } },
      'text/event-stream': { schema: { type: 'string' } },
    },
  })
  @ApiProblems(400, 404, 409)
  async listPlanChanges(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PlanChangeQuery,
    @Res() reply: FastifyReply,
    @Headers('accept') accept = '',
    @Headers('last-event-id') lastEventId?: string,
  ): Promise<void> {
    const gone = goneSignal(reply);
    const { after, limit, waitSeconds } = query;
    void reply.header('cache-control', 'no-store').header('vary', 'accept');
    if (!accept.includes('text/event-stream')) {
      const page = await this.changes.page(
        actor,
        id,
        { after: after!, limit: limit!, waitSeconds: waitSeconds! },
        gone,
      );
      await reply.send(page);
      return;
    }
    const from = /^\d{1,15}$/.test(lastEventId ?? '') ? Number(lastEventId) : after!;
    const events = await this.changes.follow(actor, id, from, gone);
    await sendEvents(reply, events);
  }
}

import { Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { goneSignal, sendEvents } from '../common/event-stream';
import { RowIdPipe } from '../common/row-id.pipe';
import { jobEvents } from './job-events';
import { JobDto } from './job.dto';
import { JobService } from './job.service';

@ApiTags('jobs')
@ApiParam({ name: 'id', description: 'The number of the job.', schema: { type: 'integer', minimum: 1 } })
@Controller('jobs')
export class JobController {
  constructor(private readonly jobs: JobService) {}

  @Get(':id')
  @ApiOperation({ operationId: 'findJob', summary: 'Where a job stands.' })
  @ApiOkResponse({ description: 'The job.', type: JobDto })
  @ApiProblems(400, 404)
  async find(@Param('id', RowIdPipe) id: number): Promise<JobDto> {
    return JobDto.of(await this.jobs.find(id));
  }

  @Get(':id/events')
  @ApiOperation({
    operationId: 'followJob',
    summary:
      'The job as server-sent events: `progress` while it goes on, then `done`, `failed` or `cancelled`, each with the whole job.',
  })
  @ApiProduces('text/event-stream')
  @ApiOkResponse({
    description: 'A stream of events that ends with the job.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404)
  async follow(@Param('id', RowIdPipe) id: number, @Res() reply: FastifyReply): Promise<void> {
    await this.jobs.find(id);
    await sendEvents(reply, jobEvents(this.jobs.watch(id, goneSignal(reply))));
  }

  @Post(':id/cancel')
  @HttpCode(202)
  @ApiOperation({ operationId: 'cancelJob', summary: 'Ends a job; what it has done so far is dropped.' })
  @ApiAcceptedResponse({ description: 'The job: `cancelled`, or about to be.', type: JobDto })
  @ApiProblems(400, 404, 409)
  async cancel(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<JobDto> {
    return JobDto.of(await this.jobs.cancel(actor, id));
  }
}

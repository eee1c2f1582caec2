import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { JobDto } from '../jobs/job.dto';
import { AllocationListDto, RequestAllocationDto } from './allocation.dto';
import { AllocationService } from './allocation.service';
import { PageQuery } from '../common/page-query.dto';

@ApiTags('allocations')
@ApiParam({ name: 'id', description: 'The number of the campaign.', schema: { type: 'integer', minimum: 1 } })
@Controller('campaigns/:id/allocations')
export class AllocationController {
  constructor(private readonly allocations: AllocationService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestAllocation',
    summary: 'Asks for a draft plan of the campaign; the answer is a job, at the address in Location.',
  })
  @ApiAcceptedResponse({
    description: 'The job.',
    type: JobDto,
    headers: { Location: { description: 'The address of the job.', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409)
  async request(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() request: RequestAllocationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JobDto> {
    const jobId = await this.allocations.request(actor, id, request);
    void reply.header('location', `/v1/jobs/${jobId}`);
    return JobDto.of(await this.allocations.find(jobId));
  }

  @Get()
  @ApiOperation({ operationId: 'listAllocations', summary: 'The allocations of a campaign, the newest first.' })
  @ApiOkResponse({ description: 'A page of jobs.', type: AllocationListDto })
  @ApiProblems(400, 404)
  async list(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() page: PageQuery,
  ): Promise<AllocationListDto> {
    const { items, nextCursor } = await this.allocations.list(actor, id, page);
    return { items: items.map((job) => JobDto.of(job)), nextCursor };
  }
}

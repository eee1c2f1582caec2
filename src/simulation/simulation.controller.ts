import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { JobDto } from '../jobs/job.dto';
import { RequestSimulationDto, SimulationDto } from './simulation.dto';
import { SimulationService } from './simulation.service';
import type { SimulationRequest } from './simulation-request';

@ApiTags('simulations')
@Controller('simulations')
export class SimulationController {
  constructor(private readonly simulations: SimulationService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'requestSimulation',
    summary: 'Simulates the storm of a day, once for each variant (plan, steps); the answer is where to read it.',
  })
  @ApiAcceptedResponse({
    description: 'The simulation.',
    type: SimulationDto,
    headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409, 422)
  async requestSimulation(
    @CurrentActor() actor: Actor,
    @Body() body: RequestSimulationDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SimulationDto> {
    const id = await this.simulations.request(actor, body);
    void reply.header('location', `/v1/simulations/${id}`);
    return this.read(actor, id);
  }

  @Get(':id')
  @ApiParam({ name: 'id', description: 'The number of the simulation.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({ operationId: 'readSimulation', summary: 'A simulation, with its results once it is done.' })
  @ApiOkResponse({ description: 'The simulation.', type: SimulationDto })
  @ApiProblems(400, 404)
  async read(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<SimulationDto> {
    const { job, variants } = await this.simulations.read(actor, id);
    const { state, progress, error } = JobDto.of(job);
    const request = job.parameters as unknown as SimulationRequest;
    return { id, state, progress, error, request: request as RequestSimulationDto, variants };
  }
}

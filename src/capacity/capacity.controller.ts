import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import {
  BackgroundDto,
  CapacityChangeDto,
  CapacityCurveDto,
  CapacityQueryDto,
  CapacityStepPageDto,
  NewCapacityStepDto,
  NewRegulationDto,
  NumberedCapacityChangeDto,
  RegulationPageDto,
} from './capacity.dto';
import { CapacityService } from './capacity.service';
import { RegulationService } from './regulation.service';
import { PageQuery } from '../common/page-query.dto';

const PLATFORM = { name: 'id', description: 'The number of the platform.', type: Number };

@ApiTags('capacity')
@Controller('platforms/:id')
export class CapacityController {
  constructor(
    private readonly capacity: CapacityService,
    private readonly regulations: RegulationService,
  ) {}

  @Get('capacity')
  @ApiOperation({
    operationId: 'readCapacity',
    summary: 'Planned and effective capacity, headroom, background and what is left for plans, over time.',
  })
  @ApiParam(PLATFORM)
  @ApiOkResponse({ description: 'The curve, as columns.', type: CapacityCurveDto })
  @ApiProblems(400, 404)
  readCapacity(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: CapacityQueryDto,
  ): Promise<CapacityCurveDto> {
    return this.capacity.curve(actor, id, query, new Date());
  }

  @Get('capacity-steps')
  @ApiOperation({ operationId: 'listCapacitySteps', summary: 'Declared capacity, step by step.' })
  @ApiParam(PLATFORM)
  @ApiOkResponse({ description: 'A page of steps.', type: CapacityStepPageDto })
  @ApiProblems(400, 404)
  listCapacitySteps(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<CapacityStepPageDto> {
    return this.capacity.steps(actor, id, query);
  }

  @Post('capacity-steps')
  @ApiOperation({ operationId: 'addCapacityStep', summary: 'Declare a capacity from an instant on, with its reason.' })
  @ApiParam(PLATFORM)
  @ApiCreatedResponse({ description: 'The step and the cells that it changes.', type: NumberedCapacityChangeDto })
  @ApiProblems(400, 404, 409)
  addCapacityStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: NewCapacityStepDto,
  ): Promise<NumberedCapacityChangeDto> {
    return this.capacity.addStep(actor, id, { ...body, startsAt: new Date(body.startsAt) });
  }

  @Delete('capacity-steps/:stepId')
  @ApiOperation({ operationId: 'deleteCapacityStep', summary: 'Withdraw a declared capacity.' })
  @ApiParam(PLATFORM)
  @ApiParam({ name: 'stepId', description: 'The number of the step.', type: Number })
  @ApiOkResponse({ description: 'The cells that it changes.', type: CapacityChangeDto })
  @ApiProblems(400, 404)
  deleteCapacityStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('stepId', RowIdPipe) stepId: number,
  ): Promise<CapacityChangeDto> {
    return this.capacity.deleteStep(actor, id, stepId);
  }

  @Get('regulations')
  @ApiOperation({ operationId: 'listRegulations', summary: 'Dated reductions of capacity.' })
  @ApiParam(PLATFORM)
  @ApiOkResponse({ description: 'A page of regulations.', type: RegulationPageDto })
  @ApiProblems(400, 404)
  listRegulations(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<RegulationPageDto> {
    return this.regulations.list(actor, id, query);
  }

  @Post('regulations')
  @ApiOperation({ operationId: 'addRegulation', summary: 'Reduce capacity for a time, with the reason.' })
  @ApiParam(PLATFORM)
  @ApiCreatedResponse({ description: 'The regulation and the cells that it changes.', type: NumberedCapacityChangeDto })
  @ApiProblems(400, 404)
  addRegulation(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: NewRegulationDto,
  ): Promise<NumberedCapacityChangeDto> {
    return this.regulations.add(actor, id, {
      ...body,
      startsAt: new Date(body.startsAt),
      endsAt: new Date(body.endsAt),
    });
  }

  @Delete('regulations/:regulationId')
  @ApiOperation({
    operationId: 'deleteRegulation',
    summary:
      'Withdraw a regulation: one that has begun ends now and stays on record, one of a protection step in force goes with that.',
  })
  @ApiParam(PLATFORM)
  @ApiParam({ name: 'regulationId', description: 'The number of the regulation.', type: Number })
  @ApiOkResponse({ description: 'The cells that it changes.', type: CapacityChangeDto })
  @ApiProblems(400, 404, 409)
  deleteRegulation(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('regulationId', RowIdPipe) regulationId: number,
  ): Promise<CapacityChangeDto> {
    return this.regulations.withdrawOwn(actor, id, regulationId, new Date());
  }

  @Put('background')
  @ApiOperation({
    operationId: 'stateBackground',
    summary: 'State the expected load of those who have no window, by department and type of day.',
  })
  @ApiParam(PLATFORM)
  @ApiOkResponse({ description: 'The cells that it changes.', type: CapacityChangeDto })
  @ApiProblems(400, 404)
  stateBackground(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: BackgroundDto,
  ): Promise<CapacityChangeDto> {
    return this.capacity.stateBackground(actor, id, body.departments);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { PageQuery } from '../common/page-query.dto';
import { RowIdPipe } from '../common/row-id.pipe';
import type { StepScopeDto } from '../protection/protection-step.dto';
import { LadderApprovalDto, LadderDto, LadderRequestDto, LadderSimulationRequestDto } from './ladder.dto';
import { LadderService } from './ladder.service';
import { ladderDtoOf } from './ladder-view.rules';
import {
  askedInstants,
  ProtectionDto,
  ProtectionStepDto,
  ProtectionStepPageDto,
  StepRequestDto,
  StepTrialRequestDto,
  UndoStepDto,
} from './protection-step.dto';
import { ProtectionStepService } from './protection-step.service';
import { SimulationLinkDto } from './simulation-link.dto';
import { LeastChange } from './least-change.service';
import { StepTrials } from './step-trial.service';

const STEP = { name: 'stepId', description: 'Number of the step.', schema: { type: 'integer', minimum: 1 } } as const;

type StepFacts = Parameters<typeof ProtectionStepDto.of>[0];

/** The bad morning: the ladder that was agreed, and the steps that are put in force. */
@ApiTags('protection')
@ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
@Controller('platforms/:id')
export class ProtectionController {
  constructor(
    private readonly ladders: LadderService,
    private readonly steps: ProtectionStepService,
    private readonly trials: StepTrials,
    private readonly leastChange: LeastChange,
  ) {}

  @Get('protection')
  @ApiOperation({
    operationId: 'readProtection',
    summary: 'What protects the platform at this moment, with the words for schools and families.',
  })
  @ApiOkResponse({ description: 'The steps at work.', type: ProtectionDto })
  @ApiProblems(400, 404)
  async readProtection(@Param('id', RowIdPipe) id: number): Promise<ProtectionDto> {
    const steps = await this.steps.inForce(id, new Date());
    return {
      platformId: id,
      steps: steps.map(({ id: stepId, words, scope, startsAt, endsAt, measures }) => ({
        id: stepId,
        words,
        scope: scope as StepScopeDto,
        startsAt: startsAt.toISOString(),
        endsAt: endsAt.toISOString(),
        featuresOff: [...measures.featuresOff],
        relativesHours: measures.relativesHours ?? null,
      })),
    };
  }

  @Get('protection-ladder')
  @ApiOperation({
    operationId: 'readLadder',
    summary: 'The agreed ladder, with what the simulator expects of each rung.',
  })
  @ApiOkResponse({ description: 'The ladder.', type: LadderDto })
  @ApiProblems(400, 404)
  async readLadder(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<LadderDto> {
    return ladderDtoOf(await this.ladders.read(actor, id));
  }

  @Put('protection-ladder')
  @ApiOperation({
    operationId: 'setLadder',
    summary: 'Replace the rungs that were read; somebody else must approve them again.',
  })
  @ApiOkResponse({ description: 'The ladder.', type: LadderDto })
  @ApiProblems(400, 404, 409, 422)
  async setLadder(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { rungs, changedAt }: LadderRequestDto,
  ): Promise<LadderDto> {
    const readAt = changedAt === null ? null : new Date(changedAt);
    return ladderDtoOf(await this.ladders.replace(actor, id, rungs, readAt, new Date()));
  }

  @Post('protection-ladder/approval')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'approveLadder',
    summary: 'Approve the rungs, as another person than who set them: from then on one person climbs.',
  })
  @ApiOkResponse({ description: 'The ladder.', type: LadderDto })
  @ApiProblems(400, 404, 409, 422)
  async approveLadder(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { changedAt }: LadderApprovalDto,
  ): Promise<LadderDto> {
    return ladderDtoOf(await this.ladders.approve(actor, id, new Date(changedAt), new Date()));
  }

  @Post('protection-ladder/simulation')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'simulateLadder',
    summary: 'Simulate the day with each rung alone, beside the day without any.',
  })
  @ApiAcceptedResponse({
    description: 'The simulation.',
    type: SimulationLinkDto,
    headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409, 422)
  async simulateLadder(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: LadderSimulationRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SimulationLinkDto> {
    const simulationId = await this.ladders.simulate(actor, id, body, new Date());
    void reply.header('location', `/v1/simulations/${simulationId}`);
    return { simulationId };
  }

  @Get('protection-steps')
  @ApiOperation({
    operationId: 'listProtectionSteps',
    summary: 'Steps that wait, are in force or were, the newest first.',
  })
  @ApiOkResponse({ description: 'A page of steps.', type: ProtectionStepPageDto })
  @ApiProblems(400, 404)
  async listProtectionSteps(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() { limit, cursor }: PageQuery,
  ): Promise<ProtectionStepPageDto> {
    const { items, nextCursor } = await this.steps.list(actor, id, { limit: limit!, cursor });
    const now = new Date();
    return { items: await this.dtosOf(id, items, now), nextCursor };
  }

  @Post('protection-steps')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'enforceProtectionStep',
    summary: 'Put a step in force, or propose it where a second person must approve.',
  })
  @ApiCreatedResponse({ description: 'The step.', type: ProtectionStepDto })
  @ApiProblems(400, 404, 409, 422)
  async enforceProtectionStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: StepRequestDto,
  ): Promise<ProtectionStepDto> {
    const now = new Date();
    const { name, words, reason, isBreakGlass = false, simulationId, ...asked } = body;
    const request = {
      ...askedInstants(asked),
      reason,
      isBreakGlass,
      ...(name && { name }),
      ...(words && { words }),
      ...(simulationId !== undefined && { simulationId }),
    };
    return this.dtoOf(await this.steps.propose(actor, id, request, now), now);
  }

  @Post('protection-steps/simulation')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'simulateProtectionStep',
    summary: 'Simulate the day with a step and without it, before it is put in force.',
  })
  @ApiAcceptedResponse({
    description: 'The simulation: variants `baseline` and the rung, or `step`.',
    type: SimulationLinkDto,
    headers: { Location: { description: 'Its address.', schema: { type: 'string' } } },
  })
  @ApiProblems(400, 404, 409, 422)
  async simulateProtectionStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: StepTrialRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SimulationLinkDto> {
    const simulationId = await this.trials.ofStep(actor, id, askedInstants(body), new Date());
    void reply.header('location', `/v1/simulations/${simulationId}`);
    return { simulationId };
  }

  @Post('protection-steps/:stepId/approval')
  @HttpCode(200)
  @ApiParam(STEP)
  @ApiOperation({
    operationId: 'approveProtectionStep',
    summary: 'The second person: puts a proposal in force, or confirms a break-glass.',
  })
  @ApiOkResponse({ description: 'The step.', type: ProtectionStepDto })
  @ApiProblems(400, 404, 409)
  async approveProtectionStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('stepId', RowIdPipe) stepId: number,
  ): Promise<ProtectionStepDto> {
    const now = new Date();
    return this.dtoOf(await this.steps.approve(actor, id, stepId, now), now);
  }

  @Post('protection-steps/:stepId/undo')
  @HttpCode(200)
  @ApiParam(STEP)
  @ApiOperation({ operationId: 'undoProtectionStep', summary: 'Take a step back at once.' })
  @ApiOkResponse({ description: 'The step.', type: ProtectionStepDto })
  @ApiProblems(400, 404, 409)
  async undoProtectionStep(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Param('stepId', RowIdPipe) stepId: number,
    @Body() { reason }: UndoStepDto,
  ): Promise<ProtectionStepDto> {
    const now = new Date();
    return this.dtoOf(await this.steps.undo(actor, id, stepId, reason, now), now);
  }

  private async dtoOf(step: StepFacts, now: Date): Promise<ProtectionStepDto> {
    return (await this.dtosOf(step.platformId, [step], now))[0]!;
  }

  private async dtosOf(platformId: number, steps: readonly StepFacts[], now: Date): Promise<ProtectionStepDto[]> {
    const expected = await this.trials.expected(steps, now);
    const replans = await this.leastChange.replansOf(
      platformId,
      steps.map(({ id }) => id),
    );
    return steps.map((step) =>
      ProtectionStepDto.of(step, { expected: expected.get(step.id) ?? null, replans: replans.get(step.id) ?? [] }, now),
    );
  }
}

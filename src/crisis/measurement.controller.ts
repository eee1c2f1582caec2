import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiAcceptedResponse,
  ApiCreatedResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { instantOfCell } from '../common/civil-time';
import { RowIdPipe } from '../common/row-id.pipe';
import { CELL_MINUTES } from '../kernel/cell-grid';
import {
  ApprovedCapacityDto,
  CapacityApprovalRequestDto,
  MeasuredDayDto,
  MeasuredDayQuery,
  MeasurementsDto,
  MeasurementsTakenDto,
  ProtectionProposalDto,
} from './measurement.dto';
import { CapacityApproval } from './capacity-approval.service';
import { MeasurementService } from './measurement.service';
import { loadPerMille } from './proposal.rules';

/** The live capacity of a platform. */
@ApiTags('protection')
@ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
@Controller('platforms/:id')
export class MeasurementController {
  constructor(
    private readonly measurements: MeasurementService,
    private readonly approval: CapacityApproval,
  ) {}

  @Post('measurements')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'reportMeasurements',
    summary:
      'Sessions, log-ins, latency and errors of the platform, by the minute, from the ENT, what watches it, and its gateways, each its share.',
  })
  @ApiAcceptedResponse({ description: 'They were taken.', type: MeasurementsTakenDto })
  @ApiProblems(400, 404, 422)
  async reportMeasurements(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { source, isShare, items }: MeasurementsDto,
  ): Promise<MeasurementsTakenDto> {
    const measurements = items.map(({ measuredAt, ...values }) => ({
      measuredAt: new Date(measuredAt),
      sessions: values.sessions ?? null,
      loginsPerMinute: values.loginsPerMinute ?? null,
      latencyMilliseconds: values.latencyMilliseconds ?? null,
      errorsPerMille: values.errorsPerMille ?? null,
      requestCount: values.requestCount ?? null,
    }));
    await this.measurements.report(actor, id, { source, isShare }, measurements, new Date());
    return { acceptedCount: items.length };
  }

  @Get('measurements')
  @ApiOperation({
    operationId: 'readMeasurements',
    summary: 'What was measured of the whole platform on a day, on the cells of its plans.',
  })
  @ApiOkResponse({ description: 'The day, five minutes a step.', type: MeasuredDayDto })
  @ApiProblems(400, 404)
  async readMeasurements(
    @Param('id', RowIdPipe) id: number,
    @Query() { date: asked }: MeasuredDayQuery,
  ): Promise<MeasuredDayDto> {
    const { date, timeZone, firstCell, curve } = await this.measurements.ofDay(id, asked, new Date());
    return {
      platformId: id,
      date,
      timeZone,
      startsAt: instantOfCell(firstCell),
      stepMinutes: CELL_MINUTES,
      ...curve,
    };
  }

  @Get('protection-proposal')
  @ApiOperation({
    operationId: 'readProtectionProposal',
    summary: 'From the observed load: the rung to climb to or to leave, and whether the declared capacity looks wrong.',
  })
  @ApiOkResponse({ description: 'The proposal, with its reason and the last half hour.', type: ProtectionProposalDto })
  @ApiProblems(400, 404)
  async readProtectionProposal(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
  ): Promise<ProtectionProposalDto> {
    const { proposal, notice, minutes } = await this.measurements.proposal(actor, id, new Date());
    return {
      proposal,
      capacityNotice: notice,
      minutes: minutes.map((minute) => ({
        ...minute,
        at: minute.at.toISOString(),
        loadPerMille: loadPerMille(minute),
      })),
    };
  }

  @Post('capacity-notice/approval')
  @ApiOperation({
    operationId: 'approveCapacityNotice',
    summary:
      'Does what the notice on the declared capacity proposes (a regulation or a capacity step), and changes the published plans as little as possible.',
  })
  @ApiCreatedResponse({ description: 'It is in force; replans are under way.', type: ApprovedCapacityDto })
  @ApiProblems(400, 404, 409, 422)
  async approveCapacityNotice(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { kind, about, endsAt, reason }: CapacityApprovalRequestDto,
  ): Promise<ApprovedCapacityDto> {
    return this.approval.approve(
      actor,
      id,
      { kind, about, endsAt: endsAt === undefined ? undefined : new Date(endsAt), reason },
      new Date(),
    );
  }
}

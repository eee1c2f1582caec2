import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { MeasurementsDto, MeasurementsTakenDto, ProtectionProposalDto } from './measurement.dto';
import { MeasurementService } from './measurement.service';
import { loadPerMille } from './proposal.rules';

/** The live capacity of a platform. */
@ApiTags('protection')
@ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
@Controller('platforms/:id')
export class MeasurementController {
  constructor(private readonly measurements: MeasurementService) {}

  @Post('measurements')
  @HttpCode(202)
  @ApiOperation({ operationId: 'reportMeasurements', summary: 'Sessions, log-ins, latency and errors of the whole platform, by the minute, from the ENT or what watches it.' }) // prettier-ignore
  @ApiAcceptedResponse({ description: 'They were taken.', type: MeasurementsTakenDto })
  @ApiProblems(400, 404, 422)
  async reportMeasurements(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() { source, items }: MeasurementsDto,
  ): Promise<MeasurementsTakenDto> {
    const measurements = items.map(({ measuredAt, ...values }) => ({
      measuredAt: new Date(measuredAt),
      sessions: values.sessions ?? null,
      loginsPerMinute: values.loginsPerMinute ?? null,
      latencyMilliseconds: values.latencyMilliseconds ?? null,
      errorsPerMille: values.errorsPerMille ?? null,
    }));
    await this.measurements.report(actor, id, source, measurements, new Date());
    return { acceptedCount: items.length };
  }

  @Get('protection-proposal')
  @ApiOperation({ operationId: 'readProtectionProposal', summary: 'From the observed load: the rung to climb to or to leave, and whether the declared capacity looks wrong.' }) // prettier-ignore
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
}

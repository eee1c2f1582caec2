import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { CalibrateDto, CalibrationDto, CalibrationListQuery, CalibrationPageDto } from './calibration.dto';
import { CalibrationService } from './calibration.service';

const id = (description: string) => ({ name: 'id', description, schema: { type: 'integer', minimum: 1 } }) as const;

@ApiTags('simulations')
@Controller()
export class CalibrationController {
  constructor(private readonly calibrations: CalibrationService) {}

  @Post('campaigns/:id/calibrations')
  @ApiParam(id('Number of the campaign.'))
  @ApiOperation({
    operationId: 'calibrate',
    summary: 'Proposes a new version of the load model from what was counted and measured; applies nothing.',
  })
  @ApiCreatedResponse({ description: 'The calibration, old and new side by side.', type: CalibrationDto })
  @ApiProblems(400, 404, 409, 422)
  calibrate(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: CalibrateDto,
  ): Promise<CalibrationDto> {
    return this.calibrations.calibrate(actor, campaignId, request);
  }

  @Get('platforms/:id/calibrations')
  @ApiParam(id('Number of the platform.'))
  @ApiOperation({ operationId: 'listCalibrations', summary: 'Proposed load models of a platform, the newest first.' })
  @ApiOkResponse({ description: 'A page of calibrations.', type: CalibrationPageDto })
  @ApiProblems(400, 404)
  listCalibrations(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) platformId: number,
    @Query() query: CalibrationListQuery,
  ): Promise<CalibrationPageDto> {
    return this.calibrations.list(actor, platformId, query);
  }

  @Get('calibrations/:id')
  @ApiParam(id('Number of the calibration.'))
  @ApiOperation({ operationId: 'readCalibration', summary: 'A proposed load model, with what it was drawn from.' })
  @ApiOkResponse({ description: 'The calibration.', type: CalibrationDto })
  @ApiProblems(400, 404)
  readCalibration(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) calibrationId: number,
  ): Promise<CalibrationDto> {
    return this.calibrations.read(actor, calibrationId);
  }
}

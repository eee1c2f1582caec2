import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import {
  ApiConsumes,
  ApiBody,
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import {
  CalendarExceptionDto,
  CalendarExceptionPageDto,
  CalendarExceptionQueryDto,
  HolidayImportQueryDto,
  HolidayImportReportDto,
  HolidayListDto,
  HolidayQueryDto,
  NewCalendarExceptionDto,
} from './calendar.dto';
import { CalendarService } from './calendar.service';
import { HolidayImportService } from './holiday-import.service';

@ApiTags('calendar')
@Controller('calendar')
export class CalendarController {
  constructor(
    private readonly calendar: CalendarService,
    private readonly imports: HolidayImportService,
  ) {}

  @Get('holidays')
  @ApiOperation({ operationId: 'listHolidays', summary: 'School holidays in force, by zone and school year.' })
  @ApiOkResponse({ description: 'The holidays.', type: HolidayListDto })
  @ApiProblems(400)
  async listHolidays(@CurrentActor() actor: Actor, @Query() query: HolidayQueryDto): Promise<HolidayListDto> {
    return { items: await this.calendar.holidays(actor, query) };
  }

  @Post('holidays/imports')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'importHolidays',
    summary: "Import the ministry's calendar of school holidays (fr-en-calendrier-scolaire, CSV, gzip or not).",
  })
  @ApiConsumes('text/csv', 'application/gzip', 'application/octet-stream')
  @ApiBody({ description: 'The file.', schema: { type: 'string', format: 'binary' } })
  @ApiOkResponse({ description: 'What changed, or would change.', type: HolidayImportReportDto })
  @ApiProblems(400, 415, 422)
  importHolidays(
    @CurrentActor() actor: Actor,
    @Query() query: HolidayImportQueryDto,
    @Body() file: unknown,
  ): Promise<HolidayImportReportDto> {
    return this.imports.runUpload(actor, file, { isDryRun: query.dryRun === 'true' });
  }

  @Get('exceptions')
  @ApiOperation({ operationId: 'listCalendarExceptions', summary: 'Days opened or closed against the pattern.' })
  @ApiOkResponse({ description: 'A page of exceptions.', type: CalendarExceptionPageDto })
  @ApiProblems(400)
  listCalendarExceptions(
    @CurrentActor() actor: Actor,
    @Query() query: CalendarExceptionQueryDto,
  ): Promise<CalendarExceptionPageDto> {
    return this.calendar.exceptions(actor, query);
  }

  @Post('exceptions')
  @ApiOperation({
    operationId: 'createCalendarException',
    summary: 'Open or close days of a territory or an establishment: a bridge, a Saturday with school.',
  })
  @ApiCreatedResponse({ description: 'The exception.', type: CalendarExceptionDto })
  @ApiProblems(400, 404)
  createCalendarException(
    @CurrentActor() actor: Actor,
    @Body() body: NewCalendarExceptionDto,
  ): Promise<CalendarExceptionDto> {
    return this.calendar.createException(actor, body);
  }

  @Delete('exceptions/:id')
  @HttpCode(204)
  @ApiOperation({ operationId: 'deleteCalendarException', summary: 'Withdraw an exception.' })
  @ApiParam({ name: 'id', description: 'The number of the exception.', type: Number })
  @ApiNoContentResponse({ description: 'It is gone.' })
  @ApiProblems(400, 404)
  deleteCalendarException(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<void> {
    return this.calendar.deleteException(actor, id);
  }
}

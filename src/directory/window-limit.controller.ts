import { Body, Controller, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { WindowLimitDto, WindowLimitRequestDto } from './window-limit.dto';
import { WindowLimitService } from './window-limit.service';

@ApiTags('directory')
@Controller('establishments/:uai/window-limit')
export class WindowLimitController {
  constructor(private readonly limits: WindowLimitService) {}

  @Put()
  @ApiOperation({
    operationId: 'setWindowLimit',
    summary: 'Say how many classes of an establishment may be connected at once, where its own line is narrow.',
  })
  @ApiParam({ name: 'uai', description: 'The UAI: seven digits and a check letter.' })
  @ApiOkResponse({ description: 'The limit that bookings and the next allocation keep.', type: WindowLimitDto })
  @ApiProblems(400, 404)
  setWindowLimit(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Body() body: WindowLimitRequestDto,
  ): Promise<WindowLimitDto> {
    return this.limits.set(actor, uai, body.simultaneousWindowLimit);
  }
}

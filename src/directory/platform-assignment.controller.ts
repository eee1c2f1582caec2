import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { PlatformAssignmentDto, PlatformAssignmentRequestDto } from './platform-assignment.dto';
import { PlatformAssignmentService } from './platform-assignment.service';

@ApiTags('directory')
@Controller('platforms/:id/establishments')
export class PlatformAssignmentController {
  constructor(private readonly assignments: PlatformAssignmentService) {}

  @Post()
  @HttpCode(200)
  @ApiOperation({
    operationId: 'assignEstablishments',
    summary: 'Put establishments on a platform, from none or from another one; all of them or none.',
  })
  @ApiParam({ name: 'id', description: 'The number of the platform.', type: Number })
  @ApiOkResponse({ description: 'What became of the establishments.', type: PlatformAssignmentDto })
  @ApiProblems(400, 404, 409, 422)
  assignEstablishments(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() body: PlatformAssignmentRequestDto,
  ): Promise<PlatformAssignmentDto> {
    return this.assignments.assign(actor, id, body);
  }
}

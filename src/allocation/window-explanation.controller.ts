import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { WindowExplanationDto } from './window-explanation.dto';
import { WindowExplanationService } from './window-explanation.service';

@ApiTags('windows')
@Controller('plans/:planId/windows/:windowId/explanation')
export class WindowExplanationController {
  constructor(private readonly explanations: WindowExplanationService) {}

  @Get()
  @ApiParam({ name: 'planId', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } })
  @ApiParam({ name: 'windowId', description: 'Number of the window.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'explainWindow',
    summary:
      'Why a window stands where it stands: wish, price, alternatives, who else wished that time, in a sentence.',
  })
  @ApiOkResponse({ description: 'The explanation.', type: WindowExplanationDto })
  @ApiProblems(400, 404)
  explainWindow(
    @CurrentActor() actor: Actor,
    @Param('planId', RowIdPipe) planId: number,
    @Param('windowId', RowIdPipe) windowId: number,
  ): Promise<WindowExplanationDto> {
    return this.explanations.explain(actor, planId, windowId);
  }
}

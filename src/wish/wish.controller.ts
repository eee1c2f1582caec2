import { Body, Controller, Get, Param, Put } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { ReplaceWishesDto, WishListDto } from './wish.dto';
import { WishService } from './wish.service';

@ApiTags('wishes')
@Controller('campaigns/:id')
export class WishController {
  constructor(private readonly wishes: WishService) {}

  @Get('classes/:classId/wishes')
  @ApiParam({ name: 'id', description: 'Number of the campaign.' })
  @ApiParam({ name: 'classId', description: 'Number of the class.' })
  @ApiOperation({ operationId: 'listWishes', summary: 'What a class asks of a campaign.' })
  @ApiOkResponse({ description: 'Its wishes.', type: WishListDto })
  @ApiProblems(400, 404)
  listWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('classId', RowIdPipe) classId: number,
  ): Promise<WishListDto> {
    return this.wishes.list(actor, campaignId, classId);
  }

  @Put('classes/:classId/wishes')
  @ApiParam({ name: 'id', description: 'Number of the campaign.' })
  @ApiParam({ name: 'classId', description: 'Number of the class.' })
  @ApiOperation({ operationId: 'replaceWishes', summary: 'Puts a list in the place of all wishes of a class.' })
  @ApiOkResponse({ description: 'Its wishes now.', type: WishListDto })
  @ApiProblems(400, 404, 422)
  replaceWishes(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('classId', RowIdPipe) classId: number,
    @Body() request: ReplaceWishesDto,
  ): Promise<WishListDto> {
    return this.wishes.replace(actor, campaignId, classId, request);
  }
}

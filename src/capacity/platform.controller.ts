import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { CapacityService } from './capacity.service';
import { NewPlatformDto, PlatformDto, PlatformPageDto } from './platform.dto';
import { PageQuery } from '../common/page-query.dto';

@ApiTags('capacity')
@Controller('platforms')
export class PlatformController {
  constructor(private readonly capacity: CapacityService) {}

  @Get()
  @ApiOperation({ operationId: 'listPlatforms', summary: 'Platforms with their portals.' })
  @ApiOkResponse({ description: 'A page of platforms.', type: PlatformPageDto })
  @ApiProblems(400)
  listPlatforms(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<PlatformPageDto> {
    return this.capacity.platforms(actor, query);
  }

  @Post()
  @ApiOperation({ operationId: 'createPlatform', summary: 'Register a platform.' })
  @ApiCreatedResponse({ description: 'The platform.', type: PlatformDto })
  @ApiProblems(400, 409)
  createPlatform(@CurrentActor() actor: Actor, @Body() body: NewPlatformDto): Promise<PlatformDto> {
    return this.capacity.createPlatform(actor, body);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'readPlatform', summary: 'A platform with its portals.' })
  @ApiParam({ name: 'id', description: 'The number of the platform.', type: Number })
  @ApiOkResponse({ description: 'The platform.', type: PlatformDto })
  @ApiProblems(400, 404)
  readPlatform(@Param('id', RowIdPipe) id: number): Promise<PlatformDto> {
    return this.capacity.platform(id);
  }
}

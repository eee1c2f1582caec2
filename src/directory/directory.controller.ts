import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import {
  ClassPageDto,
  ClassQueryDto,
  EstablishmentDto,
  EstablishmentPageDto,
  EstablishmentQueryDto,
  TerritoryPageDto,
} from './directory.dto';
import { DirectoryService } from './directory.service';
import { PageQuery } from '../common/page-query.dto';

@ApiTags('directory')
@Controller()
export class DirectoryController {
  constructor(private readonly directory: DirectoryService) {}

  @Get('territories')
  @ApiOperation({ operationId: 'listTerritories', summary: 'Regions, academies and departments that have schools.' })
  @ApiOkResponse({ description: 'A page of territories.', type: TerritoryPageDto })
  @ApiProblems(400)
  listTerritories(@CurrentActor() actor: Actor, @Query() query: PageQuery): Promise<TerritoryPageDto> {
    return this.directory.territories(actor, query.limit!, query.cursor);
  }

  @Get('establishments')
  @ApiOperation({
    operationId: 'listEstablishments',
    summary: 'Establishments by territory, kind and text, or near a point.',
  })
  @ApiOkResponse({ description: 'A page of establishments.', type: EstablishmentPageDto })
  @ApiProblems(400, 404)
  listEstablishments(
    @CurrentActor() actor: Actor,
    @Query() query: EstablishmentQueryDto,
  ): Promise<EstablishmentPageDto> {
    return this.directory.establishments(actor, { ...query, kinds: query.kind, limit: query.limit! });
  }

  @Get('establishments/:uai')
  @ApiOperation({ operationId: 'getEstablishment', summary: 'One establishment.' })
  @ApiParam({ name: 'uai', description: 'The UAI: seven digits and a check letter.' })
  @ApiOkResponse({ description: 'The establishment.', type: EstablishmentDto })
  @ApiProblems(400, 404)
  getEstablishment(@CurrentActor() actor: Actor, @Param('uai') uai: string): Promise<EstablishmentDto> {
    return this.directory.establishment(actor, uai);
  }

  @Get('establishments/:uai/classes')
  @ApiOperation({ operationId: 'listClasses', summary: 'Divisions and groups of an establishment in a school year.' })
  @ApiParam({ name: 'uai', description: 'The UAI: seven digits and a check letter.' })
  @ApiOkResponse({ description: 'A page of classes.', type: ClassPageDto })
  @ApiProblems(400, 404)
  listClasses(
    @CurrentActor() actor: Actor,
    @Param('uai') uai: string,
    @Query() query: ClassQueryDto,
  ): Promise<ClassPageDto> {
    return this.directory.classes(actor, uai, { ...query, limit: query.limit! });
  }
}

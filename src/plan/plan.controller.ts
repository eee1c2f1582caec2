import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import {
  BaselinesDto,
  BaselinesQuery,
  EstablishmentLoadPageDto,
  EstablishmentLoadQuery,
  LoadCurveDto,
  LoadCurveQuery,
  LoadParametersDto,
} from './plan-load.dto';
import { PlanLoadService } from './plan-load.service';
import { PlanReadService } from './plan-read.service';
import { PlanDto, PlanListQuery, PlanPageDto, PublicationRequest, PublishPlanRequest, RevisionDto } from './plan.dto';
import { CertificateDto } from './plan-certificate.dto';
import { UnplacedPageDto } from './plan-unplaced.dto';
import { PlanService } from './plan.service';
import { PageQuery } from '../common/page-query.dto';

const ID = { name: 'id', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } } as const;

@ApiTags('plans')
@Controller('plans')
export class PlanController {
  constructor(
    private readonly plans: PlanService,
    private readonly reads: PlanReadService,
    private readonly loads: PlanLoadService,
  ) {}

  @Get()
  @ApiOperation({ operationId: 'listPlans', summary: 'Plans, of one campaign or all.' })
  @ApiOkResponse({ description: 'A page of plans.', type: PlanPageDto })
  @ApiProblems(400)
  listPlans(@CurrentActor() actor: Actor, @Query() query: PlanListQuery): Promise<PlanPageDto> {
    return this.reads.list(actor, query);
  }

  @Get(':id')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readPlan', summary: 'A plan without its windows.' })
  @ApiOkResponse({ description: 'The plan.', type: PlanDto })
  @ApiProblems(400, 404)
  readPlan(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<PlanDto> {
    return this.reads.plan(actor, id);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiParam(ID)
  @ApiOperation({ operationId: 'deleteDraft', summary: 'Takes a draft away.' })
  @ApiNoContentResponse({ description: 'The draft is gone.' })
  @ApiProblems(400, 404, 409)
  deleteDraft(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<void> {
    return this.plans.deleteDraft(actor, id);
  }

  @Get(':id/certificate')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readCertificate', summary: 'What proves a plan at its revision.' })
  @ApiOkResponse({ description: 'The certificate.', type: CertificateDto })
  @ApiProblems(400, 404)
  readCertificate(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<CertificateDto> {
    return this.reads.certificate(actor, id);
  }

  @Get(':id/unplaced')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'listUnplaced', summary: 'Windows that could not be given, each with its reason.' })
  @ApiOkResponse({ description: 'A page of them.', type: UnplacedPageDto })
  @ApiProblems(400, 404)
  listUnplaced(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<UnplacedPageDto> {
    return this.reads.unplaced(actor, id, query);
  }

  @Get(':id/load')
  @Header('content-type', 'application/json; charset=utf-8')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readLoadCurve', summary: 'The load curve of a plan against capacity.' })
  @ApiOkResponse({ description: 'The curve.', type: LoadCurveDto })
  @ApiProblems(400, 404)
  readLoadCurve(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: LoadCurveQuery,
  ): Promise<string> {
    return this.loads.curveText(actor, id, { ...query, stepMinutes: query.stepMinutes! });
  }

  @Get(':id/load/establishments')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'listEstablishmentLoads',
    summary: 'What the windows of each establishment load the platform with at most on a day.',
  })
  @ApiOkResponse({ description: 'A page of establishments that have windows then.', type: EstablishmentLoadPageDto })
  @ApiProblems(400, 404)
  listEstablishmentLoads(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: EstablishmentLoadQuery,
  ): Promise<EstablishmentLoadPageDto> {
    return this.loads.byEstablishment(actor, id, query);
  }

  @Get(':id/baselines')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'readBaselines',
    summary:
      "What the load of the plan's classes would be without it: everybody at the wished hour, and hours by level.",
  })
  @ApiOkResponse({ description: 'The curves.', type: BaselinesDto })
  @ApiProblems(400, 404)
  readBaselines(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: BaselinesQuery,
  ): Promise<BaselinesDto> {
    return this.loads.baselines(actor, id, { ...query, stepMinutes: query.stepMinutes! });
  }

  @Get(':id/load-parameters')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readLoadParameters', summary: 'The load profiles that a plan was computed with.' })
  @ApiOkResponse({ description: 'The profiles.', type: LoadParametersDto })
  @ApiProblems(400, 404)
  readLoadParameters(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<LoadParametersDto> {
    return this.reads.loadParameters(actor, id);
  }

  @Post(':id/publish')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'publishPlan',
    summary: 'Puts a draft into force; the plan that the campaign had published gives way.',
  })
  @ApiOkResponse({ description: 'The revision that it became.', type: RevisionDto })
  @ApiProblems(400, 404, 409)
  publishPlan(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() request: PublishPlanRequest,
  ): Promise<RevisionDto> {
    return this.plans.publish(actor, id, request.reason, request.isWithoutApprovals);
  }

  @Post(':id/rollback')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'rollBackPlan',
    summary: 'Puts back, as a new revision, the plan that this published one superseded.',
  })
  @ApiOkResponse({ description: 'The revision that it became.', type: RevisionDto })
  @ApiProblems(400, 404, 409)
  rollBackPlan(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Body() request: PublicationRequest,
  ): Promise<RevisionDto> {
    return this.plans.rollback(actor, id, request.reason);
  }
}

import { Body, Controller, Get, HttpCode, Param, Post, Put, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { RowIdPipe } from '../common/row-id.pipe';
import { AnswerPageDto, AnswerQuery, EstablishmentProposalDto, GiveAnswerDto } from './answer.dto';
import { AnswerService } from './answer.service';
import { OpenProposalDto, ProposalDto } from './proposal.dto';
import { ProposalService } from './proposal.service';

const ID = { name: 'id', description: 'Number of the campaign.', schema: { type: 'integer', minimum: 1 } } as const;
const UAI = { name: 'uai', description: 'The UAI: seven digits and a check letter.' } as const;

@ApiTags('answers')
@Controller('campaigns/:id')
export class ProposalController {
  constructor(
    private readonly proposals: ProposalService,
    private readonly answers: AnswerService,
  ) {}

  @Put('proposal')
  @ApiParam(ID)
  @ApiOperation({
    operationId: 'openProposal',
    summary:
      'Shows a plan to heads as a proposal, or moves the deadline of the one that is shown; another plan asks everybody again.',
  })
  @ApiOkResponse({ description: 'The proposal.', type: ProposalDto })
  @ApiProblems(400, 404, 409, 422)
  openProposal(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Body() request: OpenProposalDto,
  ): Promise<ProposalDto> {
    return this.proposals.open(actor, campaignId, request);
  }

  @Get('proposal')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'readProposal', summary: 'What heads are asked about, and until when.' })
  @ApiOkResponse({ description: 'The proposal.', type: ProposalDto })
  @ApiProblems(400, 404)
  readProposal(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) campaignId: number): Promise<ProposalDto> {
    return this.proposals.read(actor, campaignId);
  }

  @Get('establishments/:uai/proposal')
  @ApiParam(ID)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'readEstablishmentProposal',
    summary: 'The proposal as one establishment sees it, with the answers that hold.',
  })
  @ApiOkResponse({ description: 'Its classes and its answers.', type: EstablishmentProposalDto })
  @ApiProblems(400, 404, 422)
  readEstablishmentProposal(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('uai') uai: string,
  ): Promise<EstablishmentProposalDto> {
    return this.answers.ofEstablishment(actor, campaignId, uai);
  }

  @Post('establishments/:uai/answers')
  @HttpCode(200)
  @ApiParam(ID)
  @ApiParam(UAI)
  @ApiOperation({
    operationId: 'giveAnswer',
    summary: 'Accepts the proposal, or asks for a change, for some classes or all; the last answer holds.',
  })
  @ApiOkResponse({ description: 'Where the establishment stands now.', type: EstablishmentProposalDto })
  @ApiProblems(400, 404, 409, 422)
  giveAnswer(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Param('uai') uai: string,
    @Body() request: GiveAnswerDto,
  ): Promise<EstablishmentProposalDto> {
    return this.answers.give(actor, campaignId, uai, request);
  }

  @Get('answers')
  @ApiParam(ID)
  @ApiOperation({ operationId: 'listAnswers', summary: 'Answers to the proposal, the newest first.' })
  @ApiOkResponse({ description: 'A page of answers.', type: AnswerPageDto })
  @ApiProblems(400, 404)
  listAnswers(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) campaignId: number,
    @Query() query: AnswerQuery,
  ): Promise<AnswerPageDto> {
    return this.answers.list(actor, campaignId, query);
  }
}

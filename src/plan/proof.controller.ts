import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../access/actor';
import { CurrentActor } from '../access/current-actor';
import { ApiProblems } from '../common/api-problems';
import { PageQuery } from '../common/page-query.dto';
import { RowIdPipe } from '../common/row-id.pipe';
import { KeptProofPageDto, ProofDto } from './proof.dto';
import { ProofService } from './proof.service';
import { keptProofOf, proofOf } from './proof-wire.rules';

@ApiTags('plans')
@Controller()
export class ProofController {
  constructor(private readonly proofs: ProofService) {}

  @Get('plans/:id/proof')
  @ApiParam({ name: 'id', description: 'Number of the plan.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'readProof',
    summary:
      "Adds up the windows of a published plan's platform and its live holds again, compares with the ledger, and folds the numbered changes.",
  })
  @ApiOkResponse({ description: 'The proof.', type: ProofDto })
  @ApiProblems(400, 404, 409)
  async readProof(@CurrentActor() actor: Actor, @Param('id', RowIdPipe) id: number): Promise<ProofDto> {
    return proofOf(await this.proofs.prove(actor, id));
  }

  @Get('platforms/:id/proofs')
  @ApiParam({ name: 'id', description: 'Number of the platform.', schema: { type: 'integer', minimum: 1 } })
  @ApiOperation({
    operationId: 'listProofs',
    summary:
      'What the proofs of a platform found: each nightly one, and those on demand that said something new, the latest first.',
  })
  @ApiOkResponse({ description: 'A page of proofs.', type: KeptProofPageDto })
  @ApiProblems(400)
  async listProofs(
    @CurrentActor() actor: Actor,
    @Param('id', RowIdPipe) id: number,
    @Query() query: PageQuery,
  ): Promise<KeptProofPageDto> {
    const { items, nextCursor } = await this.proofs.list(actor, id, { limit: query.limit!, cursor: query.cursor });
    return { items: items.map(keptProofOf), nextCursor };
  }
}

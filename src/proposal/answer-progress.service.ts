import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { Actor } from '../access/actor';
import type { Campaign } from '../campaign/campaign.entity';
import { CampaignService } from '../campaign/campaign.service';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import type {
  AnswersByTerritoryDto,
  EstablishmentAnswerPageDto,
  EstablishmentProgressQuery,
  TerritoryProgressQuery,
} from './answer-progress.dto';
import { AnswerProgressStore, type ProgressFilter, type TerritoryProgress } from './answer-progress.store';
import { countsOf, establishmentAnswerOf, progressCsvHeader, progressCsvLine, sumOf } from './answer-progress.rules';
import { proposalPhase } from './proposal.rules';
import { ProposalStore } from './proposal.store';

const CSV_BATCH = 1000;

/** The proposal of a campaign, and whether silence has accepted it. */
interface Shown {
  campaign: Campaign;
  proposalId: number;
  isClosed: boolean;
}

/** Who has answered and who has not. */
@Injectable()
export class AnswerProgressService {
  constructor(
    private readonly campaigns: CampaignService,
    private readonly proposals: ProposalStore,
    private readonly store: AnswerProgressStore,
  ) {}

  /** Counts by territory; of no proposal nobody has answered. @throws NotFoundError */
  async territories(actor: Actor, campaignId: number, query: TerritoryProgressQuery): Promise<AnswersByTerritoryDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const proposal = await this.proposals.current(campaignId);
    const filter = { territory: query.territory, uais: actor.uais };
    const rows = await this.store.territories(campaign, proposal?.id ?? null, filter, query.level ?? 'department');
    const phase = proposal ? proposalPhase(proposal.answersUntil, new Date()) : 'none';
    return {
      phase,
      answersUntil: proposal?.answersUntil.toISOString() ?? null,
      total: countsOf(sumOf(rows), phase === 'closed'),
      items: rows.map((row: TerritoryProgress) => ({
        code: row.code,
        name: row.name,
        kind: row.kind,
        ...countsOf(row, phase === 'closed'),
      })),
    };
  }

  /** @throws NotFoundError, CursorError */
  async establishments(
    actor: Actor,
    campaignId: number,
    query: EstablishmentProgressQuery,
  ): Promise<EstablishmentAnswerPageDto> {
    const { limit = 100, cursor } = query;
    const afterUai = cursor === undefined ? undefined : (decodeCursor(cursor, ['string'])[0] as string);
    const { campaign, proposalId, isClosed } = await this.shown(actor, campaignId);
    const filter = filterOf(actor, query);
    const rows = await this.store.page(campaign, proposalId, filter, afterUai, limit + 1);
    const page = pageOf(rows, limit, ({ uai }) => [uai]);
    return { items: page.items.map((row) => establishmentAnswerOf(row, isClosed)), nextCursor: page.nextCursor };
  }

  /** All of them as CSV, a thousand at a time. @throws NotFoundError */
  async establishmentsFile(
    actor: Actor,
    campaignId: number,
    query: EstablishmentProgressQuery,
  ): Promise<StreamableFile> {
    const shown = await this.shown(actor, campaignId);
    return new StreamableFile(Readable.from(this.lines(shown, filterOf(actor, query))), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: `attachment; filename="reponses-${campaignId}.csv"`,
    });
  }

  private async *lines({ campaign, proposalId, isClosed }: Shown, filter: ProgressFilter): AsyncGenerator<string> {
    yield progressCsvHeader();
    let afterUai: string | undefined;
    for (;;) {
      const rows = await this.store.page(campaign, proposalId, filter, afterUai, CSV_BATCH);
      if (rows.length === 0) return;
      yield rows.map((row) => progressCsvLine(establishmentAnswerOf(row, isClosed))).join('');
      afterUai = rows.at(-1)!.uai;
    }
  }

  private async shown(actor: Actor, campaignId: number): Promise<Shown> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const proposal = await this.proposals.current(campaignId);
    if (!proposal) throw new NotFoundError('proposal', campaignId);
    return {
      campaign,
      proposalId: proposal.id,
      isClosed: proposalPhase(proposal.answersUntil, new Date()) === 'closed',
    };
  }
}

const filterOf = (actor: Actor, { territory, answer }: EstablishmentProgressQuery): ProgressFilter => ({
  territory,
  answer,
  uais: actor.uais,
});

import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Actor, answersFor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { CampaignService } from '../campaign/campaign.service';
import { inTransaction } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import { instantOf } from '../common/wire-time';
import { AnswerProgressStore } from './answer-progress.store';
import type {
  AnswerLinkDto,
  AnswerLinkPageDto,
  AnswerLinkQuery,
  CreateAnswerLinksDto,
  NewAnswerLinkListDto,
} from './answer-link.dto';
import { type AnswerLinkRow, AnswerLinkStore, type UsableLink } from './answer-link.store';
import { AnswerLinkUnusable, AnswersClosed, ProposalRefused } from './proposal.errors';
import { ProposalService } from './proposal.service';

/** 256 bits: nobody guesses one. */
const TOKEN_BYTES = 32;
const MOST_LINKS = 100_000;

/** Links by which a head, a deputy or an inspector answers with one tap and without signing in. */
@Injectable()
export class AnswerLinkService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly campaigns: CampaignService,
    private readonly proposals: ProposalService,
    private readonly progress: AnswerProgressStore,
    private readonly store: AnswerLinkStore,
  ) {}

  /**
   * Makes a link for each establishment asked, all or none; each is told this once.
   *
   * @throws NotFoundError; ProposalRefused (422) for an establishment that does not take part, an expiry out of bounds, or a head
   *   who would make links of another quality than a deputy's; AnswersClosed (409)
   */
  async create(actor: Actor, campaignId: number, request: CreateAnswerLinksDto): Promise<NewAnswerLinkListDto> {
    const campaign = await this.campaigns.find(actor, campaignId);
    const proposal = await this.proposals.current(actor, campaignId);
    const now = new Date();
    if (proposal.answersUntil <= now) throw new AnswersClosed(proposal.answersUntil);
    if (actor.role === 'head' && request.quality !== 'deputy')
      throw new ProposalRefused(
        'only_deputy',
        'A head names a deputy; links for heads and inspectors come from the authority.',
      );
    const expiresAt = request.expiresAt === undefined ? proposal.answersUntil : instantOf(request.expiresAt)!;
    if (expiresAt <= now || expiresAt > proposal.answersUntil) {
      throw new ProposalRefused(
        'expiry',
        'A link expires in the future, and with the deadline for answers at the latest.',
        {
          answersUntil: proposal.answersUntil.toISOString(),
        },
      );
    }
    const filter = {
      territory: request.territory,
      uais: request.uais?.filter((uai) => answersFor(actor, uai)) ?? actor.uais,
    };
    const concerned = await this.progress.page(campaign, proposal.id, filter, undefined, MOST_LINKS);
    const uais = concerned.map(({ uai }) => uai);
    const missing = request.uais?.filter((uai) => !uais.includes(uai)) ?? [];
    if (missing.length > 0) {
      throw new ProposalRefused(
        'establishment_not_concerned',
        `${missing.slice(0, 20).join(', ')}: not in the campaign.`,
        {
          uais: missing,
        },
      );
    }
    const tokens = uais.map(() => randomBytes(TOKEN_BYTES).toString('base64url'));
    const link = { proposalId: proposal.id, quality: request.quality, expiresAt, createdBy: actor.subject };
    const rows = await inTransaction(this.database, async (tx) => {
      const made = await this.store.insert(tx, link, uais, tokens.map(hashOf));
      const { platformId } = campaign;
      const { quality } = request;
      const entries = made.map(({ id, uai }) => ({
        action: 'answer_link.create' as const,
        key: id,
        platformId,
        uai,
        after: { campaignId, quality, expiresAt },
      }));
      await recordAudit(tx, actor, ...entries);
      return made;
    });
    return { items: rows.map((row, i) => ({ ...linkOf(row), path: pathOf(tokens[i]!) })) };
  }

  /** Links of the proposal that is shown, without their tokens. @throws NotFoundError, CursorError */
  async list(actor: Actor, campaignId: number, query: AnswerLinkQuery): Promise<AnswerLinkPageDto> {
    const { limit = 100, cursor, uai } = query;
    const afterId = cursor === undefined ? 0 : (decodeCursor(cursor, ['number'])[0] as number);
    const proposal = await this.proposals.current(actor, campaignId);
    const rows = await this.store.page(proposal.id, { uai, uais: actor.uais }, afterId, limit + 1);
    const page = pageOf(rows, limit, ({ id }) => [id]);
    return { items: page.items.map(linkOf), nextCursor: page.nextCursor };
  }

  /** Makes a link answer no more; what it answered stays. @throws NotFoundError */
  async revoke(actor: Actor, campaignId: number, linkId: number): Promise<void> {
    const link = await this.store.find(campaignId, linkId);
    if (!link || !answersFor(actor, link.uai)) throw new NotFoundError('answer_link', linkId);
    await inTransaction(this.database, async (tx) => {
      await this.store.revoke(tx, linkId);
      await recordAudit(tx, actor, {
        action: 'answer_link.revoke',
        key: linkId,
        uai: link.uai,
        before: { campaignId },
      });
    });
  }

  /** What a token answers. @throws AnswerLinkUnusable */
  async usable(token: string): Promise<UsableLink> {
    const link = await this.store.ofHash(hashOf(token));
    if (!link) throw new AnswerLinkUnusable('unknown');
    if (link.revokedAt || link.isSuperseded) throw new AnswerLinkUnusable('revoked');
    if (link.expiresAt <= new Date()) throw new AnswerLinkUnusable('expired');
    return link;
  }
}

const hashOf = (token: string): Buffer => createHash('sha256').update(token).digest();
const pathOf = (token: string): string => `/reponse/${token}`;

function linkOf(row: AnswerLinkRow): AnswerLinkDto {
  return {
    id: row.id,
    uai: row.uai,
    establishmentName: row.establishmentName,
    quality: row.quality,
    expiresAt: row.expiresAt.toISOString(),
    createdAt: row.createdAt.toISOString(),
    revokedAt: row.revokedAt?.toISOString() ?? null,
  };
}

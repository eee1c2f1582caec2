import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { inTransaction } from '../common/database';
import { DomainError } from '../common/domain-error';
import { decodeCursor, pageOf } from '../common/keyset';
import { WishPlaceService } from '../wish/wish-place.service';
import { AnswerProgressStore } from './answer-progress.store';
import type { AnswerDto, AnswerPageDto, AnswerQuery, EstablishmentProposalDto, GiveAnswerDto } from './answer.dto';
import { type AnswerRow, AnswerStore } from './answer.store';
import { AnswersClosed, ProposalRefused, ProposalSuperseded } from './proposal.errors';
import { mayAnswerLate, proposalPhase, type Quality, qualityOf } from './proposal.rules';
import { proposalOf, ProposalService } from './proposal.service';
import { ProposalStore } from './proposal.store';

const MOST_ANSWERS_OF_A_SCHOOL = 500;

/** What heads, their deputies and inspectors say to a proposal. */
@Injectable()
export class AnswerService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly proposals: ProposalService,
    private readonly proposalStore: ProposalStore,
    private readonly places: WishPlaceService,
    private readonly store: AnswerStore,
    private readonly progress: AnswerProgressStore,
  ) {}

  /** The proposal as an establishment sees it. @throws UaiError, NotFoundError, ProposalRefused where it does not take part */
  async ofEstablishment(actor: Actor, campaignId: number, uai: string): Promise<EstablishmentProposalDto> {
    const place = await this.places.ofEstablishment(actor, campaignId, uai);
    const proposal = await this.proposals.current(actor, campaignId);
    const [state] = await this.progress.page(place.campaign, proposal.id, { uai: place.uai }, undefined, 1);
    if (!state) throw notConcerned(place.uai);
    const now = new Date();
    const filter = { uai: place.uai, isCurrent: true };
    const answers = await this.store.page(proposal.id, filter, undefined, MOST_ANSWERS_OF_A_SCHOOL);
    return {
      uai: place.uai,
      establishmentName: state.name,
      proposal: proposalOf(proposal, now),
      answer: state.answer,
      isAcceptedBySilence:
        proposalPhase(proposal.answersUntil, now) === 'closed' &&
        (state.answer === 'none' || state.answer === 'partly_accepted'),
      classes: await this.store.proposedClasses(proposal.planId, place.establishmentId),
      answers: answers.map(answerOf),
    };
  }

  /**
   * Accepts, or asks for a change, for some classes or all of an establishment; the last answer holds.
   *
   * @param quality in which a link answers; that of the actor's role without it
   * @throws UaiError, NotFoundError, ProposalRefused (422), AnswersClosed, ProposalSuperseded (409)
   */
  async give(
    actor: Actor,
    campaignId: number,
    uai: string,
    request: GiveAnswerDto,
    quality: Quality | undefined = qualityOf(actor),
  ): Promise<EstablishmentProposalDto> {
    const place = await this.places.ofEstablishment(actor, campaignId, uai);
    const proposal = await this.proposals.current(actor, campaignId);
    if (quality === undefined)
      throw new DomainError('proposal.no_quality', 'unprocessable', `A ${actor.role} does not answer for a school.`);
    if (place.classes.length === 0) throw notConcerned(place.uai);
    const isClosed = proposalPhase(proposal.answersUntil, new Date()) === 'closed';
    if (isClosed && !mayAnswerLate(actor, request.lateReason)) throw new AnswersClosed(proposal.answersUntil);
    const comment = request.comment?.trim() ?? '';
    if (request.verdict === 'change' && comment === '')
      throw new ProposalRefused('change_without_comment', 'Say what should change.');
    const known = new Set(place.classes.map(({ id }) => id));
    const unknown = request.classIds?.filter((id) => !known.has(id)) ?? [];
    if (unknown.length > 0) {
      throw new ProposalRefused(
        'class_not_concerned',
        `${unknown.join(', ')}: no class of ${place.uai} that takes part.`,
        {
          classIds: unknown,
        },
      );
    }
    await inTransaction(this.database, async (tx) => {
      if (!(await this.proposalStore.share(tx, proposal.id))) throw new ProposalSuperseded();
      await this.store.insert(tx, {
        proposalId: proposal.id,
        establishmentId: place.establishmentId,
        classIds: request.classIds ? [...new Set(request.classIds)] : null,
        verdict: request.verdict,
        comment: comment === '' ? null : comment,
        quality,
        lateReason: isClosed ? request.lateReason! : null,
      });
      await recordAudit(tx, actor, {
        action: 'answer.give',
        key: place.uai,
        platformId: place.campaign.platformId,
        uai: place.uai,
        after: { campaignId, verdict: request.verdict, classIds: request.classIds ?? null, quality },
        reason: isClosed ? request.lateReason! : null,
      });
    });
    return this.ofEstablishment(actor, campaignId, uai);
  }

  /** Answers to the proposal that is shown, the newest first. @throws NotFoundError, CursorError */
  async list(actor: Actor, campaignId: number, query: AnswerQuery): Promise<AnswerPageDto> {
    const { limit = 100, cursor, uai, verdict } = query;
    const beforeId = cursor === undefined ? undefined : (decodeCursor(cursor, ['number'])[0] as number);
    const { id } = await this.proposals.current(actor, campaignId);
    const rows = await this.store.page(id, { uai, verdict, uais: actor.uais }, beforeId, limit + 1);
    const page = pageOf(rows, limit, (row) => [row.id]);
    return { items: page.items.map(answerOf), nextCursor: page.nextCursor };
  }
}

const answerOf = (row: AnswerRow): AnswerDto => ({ ...row, answeredAt: row.answeredAt.toISOString() });

const notConcerned = (uai: string): ProposalRefused =>
  new ProposalRefused('establishment_not_concerned', `No class of ${uai} takes part in the campaign.`);

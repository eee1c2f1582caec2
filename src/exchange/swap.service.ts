import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { type Actor, answersFor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import type { BookingRequest } from '../booking/booking.dto';
import { BookingJournal } from '../booking/booking-journal';
import type { Operation } from '../booking/booking-operation';
import { BookingPreparation, type Prepared } from '../booking/booking-preparation.service';
import { BookingRefusals } from '../booking/booking-refusals.service';
import { checkFields, checkOwn, keyOf, payloadSha256, revisionOf } from '../booking/booking-request.rules';
import type { BookingHeaders } from '../booking/booking.service';
import type { RequestKey } from '../booking/booking-work';
import type { HeldChangeDto } from '../booking/hold.dto';
import { KeyedRequests } from '../booking/keyed-requests.service';
import { advisoryLock, inTransaction, sqlFailure } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, type Page, pageOf } from '../common/keyset';
import { placeOf } from '../plan/plan-change.service';
import type { LedgerWindow, WindowChange } from '../plan/sequencer.rules';
import { ZonedInstants } from '../plan/zoned-instants';
import { SwapRefused } from './exchange.errors';
import { SWAP_STATES, type SwapDto, type SwapRequest, type SwapState } from './swap.dto';
import { MOST_OPEN_SWAPS, swapExpiry, swapOver } from './swap.rules';
import { type NewSwap, type SwapRow, SwapStore } from './swap.store';
import { AcceptSwapWork, swapDtoOf } from './swap-work';

const OPEN_INDEX = 'swap_proposal_open_idx';

const SETTLED = { declined: 'decline', withdrawn: 'withdraw' } as const;

/** Swaps of two windows, with the consent of both sides where one does not answer for the other. */
@Injectable()
export class SwapService {
  private readonly instants = new ZonedInstants();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly preparation: BookingPreparation,
    private readonly refusals: BookingRefusals,
    private readonly requests: KeyedRequests,
    private readonly journal: BookingJournal,
    private readonly store: SwapStore,
  ) {}

  /** Proposes a swap, which could be made now, to the other side. @throws SwapRefused, BookingRefused, NotFoundError */
  async propose(actor: Actor, request: SwapRequest, headers: BookingHeaders): Promise<SwapDto> {
    const key = keyOf(headers.idempotencyKey);
    const booking: BookingRequest = { ...request, operation: 'swap' };
    checkFields(booking);
    const revision = revisionOf(headers.ifMatch);
    const requestKey = {
      subject: actor.subject,
      key,
      payloadSha256: payloadSha256({ swap: { ...request, revision } }),
    };
    return this.requests.once(requestKey, async () => {
      const prepared = await this.preparation.prepare(actor, booking, revision);
      const [own, other] = prepared.owners;
      checkOwn(actor, [own!]);
      if (answersFor(actor, other!.uai)) {
        throw new SwapRefused('no_consent_needed', 'conflict', 'Both windows are yours: swap them with a booking.');
      }
      const now = new Date();
      // nobody is asked for what cannot be
      const tried = await this.refusals.tried(requestKey, actor, prepared, now);
      if ('answer' in tried) return tried.answer as SwapDto;
      const { changes } = tried;
      const row: NewSwap = {
        id: randomUUID(),
        platformId: own!.platformId,
        planId: own!.planId,
        establishmentId: own!.establishmentId,
        withEstablishmentId: other!.establishmentId,
        windowId: request.windowId,
        withWindowId: request.withWindowId,
        request: booking,
        changes: changes.map((change) => this.changeOf(change, prepared)),
        expiresAt: swapExpiry(changes, now),
        proposedBy: actor.subject,
        reason: request.reason ?? '',
        proposedAt: now,
      };
      return this.keep(actor, requestKey, row, [own!.uai, other!.uai], now);
    });
  }

  /** The swap, made at once. @throws SwapRefused where it is over, BookingRefused where it cannot be made any more */
  async accept(actor: Actor, id: string, headers: BookingHeaders): Promise<SwapDto> {
    const key = keyOf(headers.idempotencyKey);
    const requestKey = { subject: actor.subject, key, payloadSha256: payloadSha256({ acceptSwap: id }) };
    return this.requests.once(requestKey, async () => {
      const swap = await this.visible(actor, id);
      if (!answersFor(actor, swap.withUai)) throw notAsked(swap);
      if (swap.state !== 'proposed') throw swapOver(id);
      const asked = await this.preparation.prepareAgain(actor, swap.request);
      const prepared = { ...asked, operation: { ...asked.operation, askedSide: 1 } as Operation };
      const { reason } = swap;
      const parts = { id: randomUUID(), actor, reason, key: requestKey, prepared, journal: this.journal };
      return this.requests.submit<SwapDto>(
        new AcceptSwapWork(parts, swap, this.store),
        async (error, state) => (await this.refusals.explain(requestKey, actor, prepared, error, state)) as SwapDto,
      );
    });
  }

  /** Says no to a proposal; again: changes nothing. @throws SwapRefused, NotFoundError */
  async decline(actor: Actor, id: string): Promise<SwapDto> {
    const swap = await this.visible(actor, id);
    if (!answersFor(actor, swap.withUai)) throw notAsked(swap);
    return this.settle(actor, swap, 'declined');
  }

  /** Takes one's own proposal back, the same. @throws SwapRefused, NotFoundError */
  async withdraw(actor: Actor, id: string): Promise<SwapDto> {
    const swap = await this.visible(actor, id);
    if (!answersFor(actor, swap.uai)) throw notAsked(swap);
    return this.settle(actor, swap, 'withdrawn');
  }

  async read(actor: Actor, id: string): Promise<SwapDto> {
    return swapDtoOf(await this.visible(actor, id));
  }

  /** What an establishment was offered, and what it offered to others. */
  async list(
    actor: Actor,
    uai: string,
    query: { state?: SwapState; direction?: 'received' | 'made'; limit: number; cursor?: string },
  ): Promise<Page<SwapDto>> {
    checkOwn(actor, [{ uai }]);
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['string', 'string']);
    const before = after && { at: String(after[0]), id: String(after[1]) };
    const filter = { states: query.state ? [query.state] : SWAP_STATES, direction: query.direction };
    const rows = await this.store.list(uai, filter, new Date(), query.limit, before);
    const page = pageOf(rows, query.limit, ({ proposedAt, id }) => [proposedAt.toISOString(), id]);
    return { items: page.items.map(swapDtoOf), nextCursor: page.nextCursor };
  }

  private async keep(actor: Actor, key: RequestKey, row: NewSwap, uais: [string, string], now: Date): Promise<SwapDto> {
    const [uai, withUai] = uais;
    const dto = swapDtoOf({ ...row, uai, withUai, state: 'proposed', bookingId: null });
    try {
      await this.database.transaction(async (tx) => {
        await advisoryLock(tx, 'establishment', row.establishmentId);
        await this.store.lapse(tx, row.windowId, row.withWindowId, now);
        if ((await this.store.openCount(tx, row.establishmentId, now)) >= MOST_OPEN_SWAPS) {
          throw new SwapRefused('too_many', 'conflict', `${MOST_OPEN_SWAPS} proposals of ${uai} wait for an answer.`);
        }
        await this.store.insert(tx, row);
        await this.journal.keep(tx, key, row.platformId, dto);
        const { id, platformId, windowId, withWindowId, reason } = row;
        const after = { windowId, withWindowId, withUai };
        await recordAudit(tx, actor, { action: 'swap.propose', key: id, platformId, uai, after, reason });
      });
    } catch (error) {
      if (sqlFailure(error).constraint !== OPEN_INDEX) throw error;
      throw new SwapRefused('already_proposed', 'conflict', 'This swap waits for an answer already.');
    }
    return dto;
  }

  private async settle(actor: Actor, swap: SwapRow, state: 'declined' | 'withdrawn'): Promise<SwapDto> {
    const settled = { state, by: actor.subject, bookingId: null, now: new Date() };
    const { id, platformId } = swap;
    const uai = state === 'declined' ? swap.withUai : swap.uai;
    await inTransaction(this.database, async (tx) => {
      // the other side may have been faster: then nothing happened
      if (!(await this.store.settle(tx, id, settled))) return;
      await recordAudit(tx, actor, {
        action: `swap.${SETTLED[state]}`,
        key: id,
        platformId,
        uai,
        before: { state: swap.state },
        after: { state },
      });
    });
    const present = await this.visible(actor, swap.id);
    if (present.state !== state) throw swapOver(swap.id);
    return swapDtoOf(present);
  }

  private async visible(actor: Actor, id: string): Promise<SwapRow> {
    const swap = await this.store.find(id, new Date());
    if (!swap || !(answersFor(actor, swap.uai) || answersFor(actor, swap.withUai))) throw new NotFoundError('swap', id);
    return swap;
  }

  private changeOf({ before, after }: WindowChange, { owners }: Prepared): HeldChangeDto {
    const zone = owners.find(({ establishmentId }) => establishmentId === before!.establishmentId)!.timeZone;
    const place = (window: LedgerWindow | null): HeldChangeDto['before'] =>
      window && placeOf(window, zone, this.instants);
    return { kind: 'move', windowId: before!.windowId, before: place(before), after: place(after) };
  }
}

function notAsked({ id }: SwapRow): SwapRefused {
  return new SwapRefused('not_asked', 'forbidden', 'It is for the other side to answer.', { swapId: id });
}

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, type Page, pageOf } from '../common/keyset';
import { Sequencer } from '../plan/sequencer.service';
import type { BookingDto, BookingRequest } from './booking.dto';
import { BookingRefused } from './booking.errors';
import { BookingJournal } from './booking-journal';
import { BookingPreparation, type Prepared } from './booking-preparation.service';
import { BookingRefusals } from './booking-refusals.service';
import { checkConsent, checkFields, checkOwn, keyOf, payloadSha256, revisionOf } from './booking-request.rules';
import type { BookingHeaders } from './booking.service';
import { HOLD_STATES, type HoldDto, type HoldState } from './hold.dto';
import { holdOver } from './hold.rules';
import { type HeldRow, HoldStore } from './hold.store';
import { holdCancellation } from './hold-cancellation';
import { ConfirmWork, HoldWork } from './hold-work';
import { KeyedRequests } from './keyed-requests.service';

/** Bookings that are kept for some minutes before they are confirmed. */
@Injectable()
export class HoldService {
  constructor(
    private readonly preparation: BookingPreparation,
    private readonly journal: BookingJournal,
    private readonly requests: KeyedRequests,
    private readonly store: HoldStore,
    private readonly sequencer: Sequencer,
    private readonly refusals: BookingRefusals,
  ) {}

  /** Takes the room of a booking. @throws BookingRefused, NotFoundError */
  async hold(actor: Actor, request: BookingRequest, headers: BookingHeaders): Promise<HoldDto> {
    const key = keyOf(headers.idempotencyKey);
    checkFields(request);
    if (request.operation === 'release') {
      throw new BookingRefused('fields', 'invalid', 'A release needs no room: there is nothing to hold.');
    }
    const revision = request.operation === 'add' ? undefined : revisionOf(headers.ifMatch);
    const requestKey = {
      subject: actor.subject,
      key,
      payloadSha256: payloadSha256({ hold: { ...request, revision } }),
    };
    return this.requests.once(
      requestKey,
      (prepared: Prepared) => {
        const reason = request.reason ?? '';
        const parts = { id: randomUUID(), actor, reason, key: requestKey, prepared, journal: this.journal };
        return this.requests.submit<HoldDto>(
          new HoldWork(parts, request, this.store),
          async (error, state) => (await this.refusals.explain(requestKey, actor, prepared, error, state)) as HoldDto,
        );
      },
      async () => {
        const prepared = await this.preparation.prepare(actor, request, revision);
        checkConsent(actor, prepared.operation, prepared.owners);
        return prepared;
      },
    );
  }

  /** Makes the booking that a hold is for, decided again with the room that it kept. @throws BookingRefused, NotFoundError */
  async confirm(actor: Actor, holdId: string, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    const requestKey = { subject: actor.subject, key, payloadSha256: payloadSha256({ confirm: holdId }) };
    return this.requests.once(requestKey, async () => {
      const held = await this.own(actor, holdId);
      if (held.state !== 'held') throw holdOver(holdId);
      const prepared = await this.preparation.prepareAgain(actor, held.request);
      const parts = { id: randomUUID(), actor, reason: held.reason, key: requestKey, prepared, journal: this.journal };
      return this.requests.submit<BookingDto>(
        new ConfirmWork(parts, held, this.store),
        async (error, state) => (await this.refusals.explain(requestKey, actor, prepared, error, state)) as BookingDto,
      );
    });
  }

  /** Gives the room back; doing it again changes nothing. @throws BookingRefused where it was confirmed, NotFoundError */
  async cancel(actor: Actor, holdId: string): Promise<HoldDto> {
    const held = await this.own(actor, holdId);
    if (held.state === 'held') await this.sequencer.submit(holdCancellation(actor, held.platformId, holdId));
    const ended = await this.own(actor, holdId);
    if (ended.state === 'confirmed') throw holdOver(holdId);
    return dtoOf(ended);
  }

  /** @throws NotFoundError */
  async read(actor: Actor, holdId: string): Promise<HoldDto> {
    return dtoOf(await this.own(actor, holdId));
  }

  async list(
    actor: Actor,
    uai: string,
    query: { state?: HoldState; limit: number; cursor?: string },
  ): Promise<Page<HoldDto>> {
    checkOwn(actor, [{ uai }]);
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, ['string', 'string']);
    const before = after && { at: String(after[0]), id: String(after[1]) };
    const rows = await this.store.list(uai, query.state ? [query.state] : HOLD_STATES, query.limit, before);
    const page = pageOf(rows, query.limit, ({ heldAt, id }) => [heldAt.toISOString(), id]);
    return { items: page.items.map(dtoOf), nextCursor: page.nextCursor };
  }

  private async own(actor: Actor, holdId: string): Promise<HeldRow> {
    const held = await this.store.find(holdId);
    if (!held) throw new NotFoundError('hold', holdId);
    checkOwn(actor, [held]);
    return held;
  }
}

function dtoOf({ id, uai, state, expiresAt, request, planId, heldBy, reason, changes, bookingId }: HeldRow): HoldDto {
  const { operation } = request;
  return { id, uai, state, expiresAt: expiresAt.toISOString(), operation, planId, heldBy, reason, changes, bookingId };
}

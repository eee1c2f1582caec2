import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { NotFoundError } from '../common/domain-error';
import type { BookingDto, BookingRequest } from './booking.dto';
import { BookingJournal } from './booking-journal';
import { BookingPreparation, type Prepared } from './booking-preparation.service';
import { BookingRefusals } from './booking-refusals.service';
import { checkConsent, checkFields, checkUndo, keyOf, payloadSha256, revisionOf } from './booking-request.rules';
import { BookingWork, type RequestKey, UndoWork } from './booking-work';
import { KeyedRequests } from './keyed-requests.service';

export interface BookingHeaders {
  idempotencyKey: string | undefined;
  ifMatch: string | undefined;
}

/** Changes of the published plan by heads, one transaction each through the sequencer. */
@Injectable()
export class BookingService {
  constructor(
    private readonly preparation: BookingPreparation,
    private readonly journal: BookingJournal,
    private readonly requests: KeyedRequests,
    private readonly refusals: BookingRefusals,
  ) {}

  /** Books all of a request or nothing; the same request again gets the same answer. @throws BookingRefused, NotFoundError */
  async book(actor: Actor, request: BookingRequest, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    checkFields(request);
    const revision = request.operation === 'add' ? undefined : revisionOf(headers.ifMatch);
    const requestKey = { subject: actor.subject, key, payloadSha256: payloadSha256({ ...request, revision }) };
    return this.requests.once(
      requestKey,
      (prepared: Prepared) => this.submit(actor, requestKey, prepared, request.reason ?? '', null),
      async () => {
        const prepared = await this.preparation.prepare(actor, request, revision);
        checkConsent(actor, prepared.operation, prepared.owners);
        return prepared;
      },
    );
  }

  /** Takes the actor's own booking back, where nothing has happened to its windows since and their places are free. @throws BookingRefused, NotFoundError */
  async undo(actor: Actor, bookingId: string, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    const requestKey = { subject: actor.subject, key, payloadSha256: payloadSha256({ undo: bookingId }) };
    return this.requests.once(requestKey, async () => {
      const booking = await this.journal.booking(bookingId);
      if (!booking) throw new NotFoundError('booking', bookingId);
      const prepared = await this.preparation.undo(actor, bookingId, booking.planId);
      checkUndo(actor, booking.bookedBy, prepared.owners);
      return this.submit(actor, requestKey, prepared, '', bookingId);
    });
  }

  private async submit(
    actor: Actor,
    key: RequestKey,
    prepared: Prepared,
    reason: string,
    undoesBookingId: string | null,
  ): Promise<BookingDto> {
    const parts = { id: randomUUID(), actor, reason, key, prepared, journal: this.journal };
    const work = undoesBookingId === null ? new BookingWork(parts) : new UndoWork(parts, undoesBookingId, this.journal);
    return this.requests.submit<BookingDto>(
      work,
      async (error, state) => (await this.refusals.explain(key, actor, prepared, error, state)) as BookingDto,
    );
  }
}

import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { NotFoundError } from '../common/domain-error';
import { Sequencer } from '../plan/sequencer.service';
import { ZonedInstants } from '../plan/zoned-instants';
import type { BookingDto, BookingRequest } from './booking.dto';
import { BookingRefused } from './booking.errors';
import { BookingJournal } from './booking-journal';
import { needsOf } from './booking-needs.rules';
import { BookingPreparation, type Prepared } from './booking-preparation.service';
import { checkFields, keyOf, payloadSha256, revisionOf } from './booking-request.rules';
import { BookingWork, type RequestKey } from './booking-work';

export interface BookingHeaders {
  idempotencyKey: string | undefined;
  ifMatch: string | undefined;
}

/** Changes of the published plan by heads, one transaction each through the sequencer. */
@Injectable()
export class BookingService {
  private readonly instants = new ZonedInstants();
  /** Keys of requests that are under way in this replica; another one's are decided by the platform's lock. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly preparation: BookingPreparation,
    private readonly journal: BookingJournal,
    private readonly sequencer: Sequencer,
  ) {}

  /** Books all of a request or nothing; the same request again gets the same answer. @throws BookingRefused, NotFoundError */
  async book(actor: Actor, request: BookingRequest, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    checkFields(request);
    const revision = request.operation === 'add' ? undefined : revisionOf(headers.ifMatch);
    const payload = payloadSha256({ ...request, revision });
    return this.once({ subject: actor.subject, key, payloadSha256: payload }, async (requestKey) => {
      const prepared = await this.preparation.prepare(actor, request, revision);
      return this.submit(actor, requestKey, prepared, request.reason ?? '', null);
    });
  }

  /** Takes the actor's own booking back, where nothing has happened to its windows since and their places are free. @throws BookingRefused, NotFoundError */
  async undo(actor: Actor, bookingId: string, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    const payload = payloadSha256({ undo: bookingId });
    return this.once({ subject: actor.subject, key, payloadSha256: payload }, async (requestKey) => {
      const booking = await this.journal.booking(bookingId);
      if (!booking) throw new NotFoundError('booking', bookingId);
      if (booking.bookedBy !== actor.subject) {
        throw new BookingRefused('not_own', 'conflict', 'Only who made a booking can take it back.');
      }
      return this.submit(
        actor,
        requestKey,
        await this.preparation.undo(actor, bookingId, booking.planId),
        '',
        bookingId,
      );
    });
  }

  private async once(key: RequestKey, work: (key: RequestKey) => Promise<BookingDto>): Promise<BookingDto> {
    const name = `${key.subject}\n${key.key}`;
    if (this.underWay.has(name)) {
      throw new BookingRefused('key_in_progress', 'conflict', 'The same request is being worked on.');
    }
    this.underWay.add(name);
    try {
      return (await this.journal.find(key)) ?? (await work(key));
    } finally {
      this.underWay.delete(name);
    }
  }

  private async submit(
    actor: Actor,
    key: RequestKey,
    prepared: Prepared,
    reason: string,
    undoesBookingId: string | null,
  ): Promise<BookingDto> {
    const { owner, owners, operation, windows, seen } = prepared;
    const work = new BookingWork(
      randomUUID(),
      owner.platformId,
      owner.planId,
      actor,
      reason,
      key,
      operation,
      undoesBookingId,
      seen,
      new Map(owners.map(({ establishmentId, timeZone }) => [establishmentId, timeZone])),
      needsOf(operation, owners, windows),
      this.journal,
    );
    const outcome = await this.sequencer.submit(work);
    if (outcome.kind === 'refused') throw outcome.error;
    if (outcome.kind === 'repeated') return outcome.answer as BookingDto;
    return work.answer(outcome.epoch, outcome.changes, this.instants);
  }
}

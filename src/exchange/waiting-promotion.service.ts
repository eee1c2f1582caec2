import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import type { BookingDto, BookingRequest } from '../booking/booking.dto';
import { BookingJournal } from '../booking/booking-journal';
import { BookingPreparation, type Prepared } from '../booking/booking-preparation.service';
import { BookingRefusals } from '../booking/booking-refusals.service';
import { checkOwn, keyOf, payloadSha256, revisionOf } from '../booking/booking-request.rules';
import type { BookingHeaders } from '../booking/booking.service';
import { KeyedRequests } from '../booking/keyed-requests.service';
import { WaitingRefused } from './exchange.errors';
import { ownEntry } from './own-entry';
import type { PromotionRequest } from './waiting.dto';
import { waitingOver } from './waiting.rules';
import { WaitingStore } from './waiting.store';
import { PromoteWork } from './waiting-work';

/** A window that a head gives back for an entry of the same head that waits. */
@Injectable()
export class WaitingPromotion {
  constructor(
    private readonly preparation: BookingPreparation,
    private readonly requests: KeyedRequests,
    private readonly refusals: BookingRefusals,
    private readonly journal: BookingJournal,
    private readonly store: WaitingStore,
  ) {}

  /** Gives the window back and lets the entry take its place, in one transaction. @throws WaitingRefused, BookingRefused, NotFoundError */
  async promote(actor: Actor, id: string, promotion: PromotionRequest, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    const revision = revisionOf(headers.ifMatch);
    const payload = payloadSha256({ promote: id, ...promotion, revision });
    const requestKey = { subject: actor.subject, key, payloadSha256: payload };
    return this.requests.once(requestKey, async () => {
      const entry = await ownEntry(this.store, actor, id);
      if (entry.state !== 'waiting') throw waitingOver(id);
      const release: BookingRequest = { operation: 'release', windowId: promotion.windowId };
      const given = await this.preparation.prepare(actor, release, revision);
      checkOwn(actor, given.owners);
      const prepared = substituted(given, await this.preparation.prepareAgain(actor, entry.request));
      const reason = promotion.reason ?? entry.reason;
      const parts = { id: randomUUID(), actor, reason, key: requestKey, prepared, journal: this.journal };
      return this.requests.submit<BookingDto>(
        new PromoteWork(parts, entry, new Set(), this.store),
        async (error, state) => (await this.refusals.explain(requestKey, actor, prepared, error, state)) as BookingDto,
      );
    });
  }
}

/** What is taken, with what is given back for it. @throws WaitingRefused where they stand in two plans, or are one window */
function substituted(given: Prepared, taken: Prepared): Prepared {
  const { operation } = taken;
  if (
    given.owner.planId !== taken.owner.planId ||
    given.operation.kind !== 'release' ||
    (operation.kind !== 'move' && operation.kind !== 'add')
  ) {
    throw new WaitingRefused('other_plan', 'conflict', 'The window stands in another plan than the wish.');
  }
  const releasedIds = given.operation.windowIds;
  if (taken.windows.some(({ windowId }) => releasedIds.includes(windowId))) {
    throw new WaitingRefused(
      'same_window',
      'unprocessable',
      'The window that is given back is the one that would move.',
    );
  }
  return {
    owner: taken.owner,
    owners: [...taken.owners, ...given.owners],
    operation: { ...operation, releasedIds },
    windows: [...taken.windows, ...given.windows],
    seen: given.seen,
  };
}

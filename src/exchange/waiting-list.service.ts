import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import type { BookingDto, BookingRequest } from '../booking/booking.dto';
import { BookingJournal } from '../booking/booking-journal';
import { BookingPreparation, type Prepared } from '../booking/booking-preparation.service';
import { checkFields, checkOwn, keyOf, payloadSha256, revisionOf } from '../booking/booking-request.rules';
import type { BookingHeaders } from '../booking/booking.service';
import { HoldService } from '../booking/hold.service';
import { KeyedRequests } from '../booking/keyed-requests.service';
import { instantOfCell } from '../common/civil-time';
import { inTransaction, sqlFailure } from '../common/database';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, type Page, pageOf } from '../common/keyset';
import { WaitingRefused } from './exchange.errors';
import {
  type PromotionRequest,
  WAITING_STATES,
  type WaitingEntryDto,
  type WaitingRequest,
  type WaitingState,
} from './waiting.dto';
import { acceptableStarts, MOST_ENTRIES, waitedCells, waitingOver, waitsUntil } from './waiting.rules';
import { type WaitingRow, WaitingStore } from './waiting.store';
import { PromoteWork } from './waiting-work';

const ONCE_INDEX = 'waiting_entry_once_idx';

/** Wishes that wait for room, in the order in which they came. */
@Injectable()
export class WaitingListService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly preparation: BookingPreparation,
    private readonly requests: KeyedRequests,
    private readonly journal: BookingJournal,
    private readonly holds: HoldService,
    private readonly store: WaitingStore,
  ) {}

  /** Puts a wish at the end of the list. @throws WaitingRefused, BookingRefused, NotFoundError */
  async join(actor: Actor, asked: WaitingRequest, headers: BookingHeaders): Promise<WaitingEntryDto> {
    const key = keyOf(headers.idempotencyKey);
    const { takesAutomatically = false, improvementMinutes = null, ...request } = asked;
    checkFields(request);
    if (improvementMinutes !== null && (request.operation === 'add' || request.isSeries)) {
      throw new WaitingRefused('fields', 'invalid', 'Only one window that moves has a least improvement.');
    }
    const requestKey = { subject: actor.subject, key, payloadSha256: payloadSha256({ wait: { ...asked } }) };
    return this.requests
      .once(requestKey, async () => {
        const prepared = await this.preparation.prepare(actor, request, undefined);
        checkOwn(actor, prepared.owners);
        const now = new Date();
        const { owner } = prepared;
        const starts = this.starts(prepared, request, improvementMinutes);
        const until = waitsUntil(prepared, starts);
        if (until <= now)
          throw new WaitingRefused('too_late', 'unprocessable', 'It is too late to wait for this start.');
        await this.preparation.checkWaitable(prepared, now);
        const id = randomUUID();
        try {
          await this.database.transaction(async (tx) => {
            if ((await this.store.waitingCount(tx, owner.establishmentId, now)) >= MOST_ENTRIES) {
              throw new WaitingRefused('too_many', 'conflict', `${MOST_ENTRIES} wishes of ${owner.uai} wait already.`);
            }
            await this.store.insert(tx, {
              id,
              platformId: owner.platformId,
              establishmentId: owner.establishmentId,
              request,
              takesAutomatically,
              improvementMinutes,
              cells: waitedCells(prepared, starts),
              askedBy: actor.subject,
              reason: request.reason ?? '',
              waitsUntil: until,
            });
            await this.journal.keep(tx, requestKey, owner.platformId, { id });
            const { platformId, uai } = owner;
            const { reason } = request;
            await recordAudit(tx, actor, { action: 'waiting.join', key: id, platformId, uai, after: request, reason });
          });
        } catch (error) {
          const isThere = sqlFailure(error).constraint === ONCE_INDEX;
          if (!isThere && !(error instanceof WaitingRefused)) throw error;
          // by the same request, where another replica has answered it meanwhile
          const earlier = await this.journal.find(requestKey);
          if (earlier) return earlier as { id: string };
          throw isThere ? new WaitingRefused('already', 'conflict', 'This wish waits already.') : error;
        }
        return { id };
      })
      .then(({ id }) => this.read(actor, id));
  }

  /** Leaves the list, or turns the offer down; again: changes nothing. @throws WaitingRefused where it was taken, NotFoundError */
  async withdraw(actor: Actor, id: string): Promise<WaitingEntryDto> {
    const entry = await this.own(actor, id);
    if (entry.state === 'offered') await this.holds.cancel(actor, entry.holdId!);
    else {
      await inTransaction(this.database, async (tx) => {
        if (!(await this.store.withdraw(tx, id))) return;
        await recordAudit(tx, actor, { action: 'waiting.leave', key: id, platformId: entry.platformId });
      });
    }
    const present = await this.own(actor, id);
    if (present.state === 'taken') throw waitingOver(id);
    return dtoOf(present);
  }

  /** Gives a window back and lets an entry of one's own take its place, in one transaction. @throws WaitingRefused, BookingRefused, NotFoundError */
  async promote(actor: Actor, id: string, promotion: PromotionRequest, headers: BookingHeaders): Promise<BookingDto> {
    const key = keyOf(headers.idempotencyKey);
    const revision = revisionOf(headers.ifMatch);
    const payload = payloadSha256({ promote: id, ...promotion, revision });
    const requestKey = { subject: actor.subject, key, payloadSha256: payload };
    return this.requests.once(requestKey, async () => {
      const entry = await this.own(actor, id);
      if (entry.state !== 'waiting') throw waitingOver(id);
      const release: BookingRequest = { operation: 'release', windowId: promotion.windowId };
      const given = await this.preparation.prepare(actor, release, revision);
      checkOwn(actor, given.owners);
      const taken = await this.preparation.prepareAgain(actor, entry.request);
      const prepared = this.substituted(given, taken);
      const reason = promotion.reason ?? entry.reason;
      const parts = { id: randomUUID(), actor, reason, key: requestKey, prepared, journal: this.journal };
      return this.requests.submit<BookingDto>(new PromoteWork(parts, entry, new Set(), this.store));
    });
  }

  async read(actor: Actor, id: string): Promise<WaitingEntryDto> {
    return dtoOf(await this.own(actor, id));
  }

  async list(
    actor: Actor,
    uai: string,
    query: { state?: WaitingState; limit: number; cursor?: string },
  ): Promise<Page<WaitingEntryDto>> {
    checkOwn(actor, [{ uai }]);
    const [after] = query.cursor === undefined ? [0] : decodeCursor(query.cursor, ['number']);
    const states = query.state ? [query.state] : WAITING_STATES;
    const rows = await this.store.list(uai, states, new Date(), query.limit, Number(after));
    const page = pageOf(rows, query.limit, ({ arrival }) => [arrival]);
    return { items: page.items.map(dtoOf), nextCursor: page.nextCursor };
  }

  /** @throws WaitingRefused where the window's own start is as good as it asks */
  private starts(prepared: Prepared, { windowId }: BookingRequest, improvementMinutes: number | null): number[] {
    const present = prepared.windows.find((window) => window.windowId === windowId)?.startCell;
    const starts = acceptableStarts(prepared, improvementMinutes, present);
    if (starts.length === 0) {
      throw new WaitingRefused('nothing_better', 'unprocessable', 'No start of the day is better by as much.');
    }
    return starts;
  }

  private substituted(given: Prepared, taken: Prepared): Prepared {
    const { operation } = taken;
    if (
      given.owner.planId !== taken.owner.planId ||
      given.operation.kind !== 'release' ||
      (operation.kind !== 'move' && operation.kind !== 'add')
    ) {
      throw new WaitingRefused('other_plan', 'conflict', 'The window stands in another plan than the wish.');
    }
    const releasedIds = given.operation.windowIds;
    return {
      owner: taken.owner,
      owners: [...taken.owners, ...given.owners],
      operation: { ...operation, releasedIds },
      windows: [...taken.windows, ...given.windows],
      seen: given.seen,
    };
  }

  private async own(actor: Actor, id: string): Promise<WaitingRow> {
    const entry = await this.store.find(id, new Date());
    if (!entry) throw new NotFoundError('waiting_entry', id);
    checkOwn(actor, [entry]);
    return entry;
  }
}

/** Where an offer lies, or what was taken stands. */
function offeredStart({ state, heldChanges, takenCell }: WaitingRow): string | null {
  if (takenCell !== null) return instantOfCell(takenCell);
  const offered = state === 'offered' ? heldChanges?.find(({ after }) => after !== null)?.after : undefined;
  return offered ? instantOfCell(offered.startCell) : null;
}

function dtoOf(row: WaitingRow): WaitingEntryDto {
  const { id, state, uai, position, request, takesAutomatically, improvementMinutes, holdId, bookingId } = row;
  return {
    id,
    state,
    uai,
    position,
    operation: request.operation as 'move' | 'add',
    windowId: request.windowId ?? null,
    classId: request.classId ?? null,
    audience: request.audience ?? null,
    startsAt: request.startsAt!,
    offeredStartsAt: offeredStart(row),
    takesAutomatically,
    improvementMinutes,
    holdId,
    offerExpiresAt: row.offerExpiresAt?.toISOString() ?? null,
    offerEndedAt: row.offerEndedAt?.toISOString() ?? null,
    bookingId,
    waitsUntil: row.waitsUntil.toISOString(),
    askedBy: row.askedBy,
    reason: row.reason,
  };
}

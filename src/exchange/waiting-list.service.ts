import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import type { BookingRequest } from '../booking/booking.dto';
import { BookingJournal } from '../booking/booking-journal';
import { BookingPreparation, type Prepared } from '../booking/booking-preparation.service';
import { checkFields, checkOwn, keyOf, payloadSha256 } from '../booking/booking-request.rules';
import type { BookingHeaders } from '../booking/booking.service';
import { HoldService } from '../booking/hold.service';
import { KeyedRequests } from '../booking/keyed-requests.service';
import { instantOfCell } from '../common/civil-time';
import { advisoryLock, inTransaction, sqlFailure } from '../common/database';
import { decodeCursor, type Page, pageOf } from '../common/keyset';
import { WaitingRefused } from './exchange.errors';
import { ownEntry } from './own-entry';
import { WAITING_STATES, type WaitingEntryDto, type WaitingRequest, type WaitingState } from './waiting.dto';
import { acceptableStarts, MOST_ENTRIES, waitedCells, waitingOver, waitsUntil } from './waiting.rules';
import { type WaitingRow, WaitingStore } from './waiting.store';

const ONCE_INDEX = 'waiting_entry_once_idx';
/** How often an entry is taken off the list, each time as it stands then. */
const MOST_ATTEMPTS = 3;

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
            await advisoryLock(tx, 'establishment', owner.establishmentId);
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
          if (sqlFailure(error).constraint !== ONCE_INDEX) throw error;
          throw new WaitingRefused('already', 'conflict', 'This wish waits already.');
        }
        return { id };
      })
      .then(({ id }) => this.read(actor, id));
  }

  /** Leaves the list, or turns the offer down; again: changes nothing. @throws WaitingRefused where it was taken, NotFoundError */
  async withdraw(actor: Actor, id: string): Promise<WaitingEntryDto> {
    let entry = await ownEntry(this.store, actor, id);
    // it may be offered, or an offer of it end, while it is on its way out
    for (let left = MOST_ATTEMPTS; left > 0 && (entry.state === 'waiting' || entry.state === 'offered'); left--) {
      if (entry.state === 'offered') await this.holds.cancel(actor, entry.holdId!);
      else await this.leave(actor, entry);
      entry = await ownEntry(this.store, actor, id);
    }
    if (entry.state === 'taken') throw waitingOver(id);
    return dtoOf(entry);
  }

  private async leave(actor: Actor, { id, platformId }: WaitingRow): Promise<void> {
    await inTransaction(this.database, async (tx) => {
      if (!(await this.store.withdraw(tx, id))) return;
      await recordAudit(tx, actor, { action: 'waiting.leave', key: id, platformId });
    });
  }

  async read(actor: Actor, id: string): Promise<WaitingEntryDto> {
    return dtoOf(await ownEntry(this.store, actor, id));
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
    isSeries: request.isSeries ?? false,
    exceptDates: request.exceptDates ?? [],
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

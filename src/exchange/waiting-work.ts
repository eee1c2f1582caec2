import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import type { BookingDto } from '../booking/booking.dto';
import { decideBooking } from '../booking/booking-operation.rules';
import { checkSinceRead } from '../booking/booking-request.rules';
import { BookingRefused } from '../booking/booking.errors';
import type { Prepared } from '../booking/booking-preparation.service';
import { type Accepted, KeyedWork, type WorkParts } from '../booking/booking-work';
import { heldCells, holdExpiry } from '../booking/hold.rules';
import { HoldWork } from '../booking/hold-work';
import type { HoldStore } from '../booking/hold.store';
import { cellOfStart, isOf } from '../booking/place.rules';
import { instantOfCell } from '../common/civil-time';
import { KEPT_HOLDER_ID } from '../plan/kept-room';
import { NOTHING_NEEDED, NOTHING_TO_REMEMBER, type SequencedRequest } from '../plan/sequencer';
import type { CellDeltas, Decision, HoldChange, LedgerHold, LedgerState, WindowChange } from '../plan/sequencer.rules';
import type { ZonedInstants } from '../plan/zoned-instants';
import { WaitingRefused } from './exchange.errors';
import { acceptableStarts, LEAST_OFFER_MILLISECONDS, OFFER_MINUTES, waitingOver } from './waiting.rules';
import type { WaitingRow, WaitingStore } from './waiting.store';

const NO_REVISIONS: ReadonlyMap<number, number> = new Map();

type Entry = Pick<WaitingRow, 'id' | 'request' | 'takesAutomatically' | 'improvementMinutes'>;

/** The kept room that may be given to the list in one round: that which was kept before the round read the list. */
export type KeptIds = Set<string>;

const keptIn = (state: LedgerState, ids: KeptIds): LedgerHold[] =>
  [...state.holds()].filter(({ holdId }) => ids.has(holdId));

/** Whether what an entry wants stands there already, by whatever way it came. */
function isMet({ operation }: Prepared, state: LedgerState, starts: readonly number[]): boolean {
  if (!('targets' in operation)) return false;
  return operation.targets.every(({ windowId, owner, day, startMinute }) => {
    const wanted = cellOfStart(day, startMinute, owner.timeZone);
    if (windowId !== null) {
      const present = state.window(windowId)?.startCell;
      return present !== undefined && (present === wanted || starts.length === 0);
    }
    return [...state.windows()].some((window) => window.startCell === wanted && isOf(owner, window));
  });
}

/** The first of the starts that would do at which there is room. @throws WaitingRefused where the wish is met, BookingRefused where there is none */
function firstThatFits(prepared: Prepared, entry: Entry, state: LedgerState, now: Date): WindowChange[] {
  const { operation, owner } = prepared;
  if (!('targets' in operation)) throw waitingOver(entry.id);
  checkSinceRead(state, prepared);
  const present = state.window(operation.targets[0]!.windowId ?? 0)?.startCell;
  const starts = acceptableStarts(prepared, entry.improvementMinutes, present);
  if (isMet(prepared, state, starts)) throw new WaitingRefused('met', 'conflict', 'What was waited for is there.');
  let refusal: BookingRefused = new BookingRefused('no_room', 'conflict', 'Nothing better is free.');
  for (const startMinute of starts) {
    const targets = operation.targets.map((target) => ({ ...target, startMinute }));
    try {
      return decideBooking({ ...operation, targets }, owner.planId, NO_REVISIONS, state, now, false);
    } catch (error) {
      if (!(error instanceof BookingRefused)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

/** An entry is served once, also where two rounds asked in one batch: their looks at the table saw it wait both. @throws WaitingRefused */
function claim(state: LedgerState, { id }: Entry): void {
  if (!state.claim(`waiting ${id}`)) throw waitingOver(id);
}

/** What changes that were decided with kept room take of it: each kept hold that they touch gives way to what is left of it. */
function takenOf(kept: readonly LedgerHold[], used: CellDeltas, ids: KeptIds): HoldChange[] {
  const wanted: CellDeltas = new Map([...used].map(([cell, load]) => [cell, { ...load }]));
  return kept.flatMap((hold): HoldChange[] => {
    const rest: CellDeltas = new Map();
    let isTouched = false;
    for (const [cell, load] of hold.cells) {
      const want = wanted.get(cell) ?? { sessions: 0, logins: 0 };
      const sessions = Math.min(load.sessions, want.sessions);
      const logins = Math.min(load.logins, want.logins);
      want.sessions -= sessions;
      want.logins -= logins;
      isTouched ||= sessions > 0 || logins > 0;
      const left = { sessions: load.sessions - sessions, logins: load.logins - logins };
      if (left.sessions > 0 || left.logins > 0) rest.set(cell, left);
    }
    if (!isTouched) return [];
    const ended: HoldChange = { ended: hold, as: 'confirmed' };
    if (rest.size === 0) return [ended];
    const holdId = randomUUID();
    ids.add(holdId);
    return [ended, { taken: { ...hold, holdId, cells: rest } }];
  });
}

/** Ends a round: kept room that nobody on the list could use is everybody's. */
export function endOfRound(actor: Actor, platformId: number, ids: KeptIds): SequencedRequest {
  return {
    id: randomUUID(),
    platformId,
    actor,
    reason: '',
    needs: { ...NOTHING_NEEDED, holderIds: [KEPT_HOLDER_ID] },
    journal: NOTHING_TO_REMEMBER,
    isAfterServing: true,
    decide: (state) => ({
      changes: [],
      holds: keptIn(state, ids).map((hold): HoldChange => ({ ended: hold, as: 'cancelled' })),
    }),
  };
}

/** Room that is offered to an entry: a hold, which it confirms or not. */
export class OfferWork extends HoldWork {
  constructor(
    parts: WorkParts,
    private readonly entry: Entry,
    private readonly keptIds: KeptIds,
    holds: HoldStore,
    private readonly waiting: WaitingStore,
  ) {
    super(parts, entry.request, holds, [KEPT_HOLDER_ID]);
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.waiting.lockWaiting(tx, this.entry.id))) throw waitingOver(this.entry.id);
  }

  override decide(state: LedgerState, now: Date): Decision {
    const kept = keptIn(state, this.keptIds);
    this.changes = state.withoutHolds(kept, () => firstThatFits(this.prepared, this.entry, state, now));
    const expiresAt = holdExpiry(this.changes, OFFER_MINUTES, now);
    if (expiresAt.getTime() - now.getTime() < LEAST_OFFER_MILLISECONDS) throw waitingOver(this.entry.id);
    // who waits for a whole morning is not to keep it for himself either
    this.checkCount(state);
    claim(state, this.entry);
    const offer = this.takeHold(state, expiresAt);
    return { changes: [], holds: [{ taken: offer }, ...takenOf(kept, offer.cells, this.keptIds)] };
  }

  override async record(tx: EntityManager, outcome: Accepted, instants: ZonedInstants): Promise<void> {
    // what is confirmed of an improvement is the start that was found; a series names its first date, which may be excepted
    if (this.entry.improvementMinutes !== null) {
      const [{ after }] = this.changes as [WindowChange];
      this.request = { ...this.request, startsAt: instantOfCell(after!.startCell) };
    }
    await super.record(tx, outcome, instants);
    await this.waiting.offer(tx, this.entry.id, this.id);
  }
}

/** Room that an entry takes without being asked. */
export class TakeWork extends KeyedWork {
  constructor(
    parts: WorkParts,
    protected readonly entry: Entry,
    private readonly keptIds: KeptIds,
    private readonly waiting: WaitingStore,
  ) {
    super(parts, { holderIds: [KEPT_HOLDER_ID] });
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.waiting.lockWaiting(tx, this.entry.id))) throw waitingOver(this.entry.id);
  }

  decide(state: LedgerState, now: Date): Decision {
    const kept = keptIn(state, this.keptIds);
    const changes = state.withoutHolds(kept, () => firstThatFits(this.prepared, this.entry, state, now));
    claim(state, this.entry);
    return { changes, holds: takenOf(kept, heldCells(state.deltasOf(changes)), this.keptIds) };
  }

  override answer(outcome: Accepted, instants: ZonedInstants): BookingDto {
    return this.bookingOf(outcome, instants);
  }

  override record(tx: EntityManager): Promise<void> {
    return this.waiting.take(tx, this.entry.id, this.id);
  }
}

/** A place that is given back, and an entry that takes what it leaves, at once. */
export class PromoteWork extends TakeWork {
  protected override isAsked(): boolean {
    return true;
  }

  override decide(state: LedgerState, now: Date): Decision {
    checkSinceRead(state, this.prepared);
    const changes = decideBooking(this.operation, this.planId, this.seen, state, now);
    claim(state, this.entry);
    return { changes, holds: [] };
  }
}

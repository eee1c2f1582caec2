import type { EntityManager } from 'typeorm';
import type { BookingDto } from '../booking/booking.dto';
import { decideBooking } from '../booking/booking-operation.rules';
import { BookingRefused } from '../booking/booking.errors';
import { type Accepted, KeyedWork, type WorkParts } from '../booking/booking-work';
import { holdExpiry } from '../booking/hold.rules';
import { HoldWork } from '../booking/hold-work';
import type { HoldStore } from '../booking/hold.store';
import type { Decision, LedgerState, WindowChange } from '../plan/sequencer.rules';
import type { ZonedInstants } from '../plan/zoned-instants';
import { acceptableStarts, LEAST_OFFER_MILLISECONDS, OFFER_MINUTES, waitingOver } from './waiting.rules';
import type { WaitingRow, WaitingStore } from './waiting.store';

const NO_REVISIONS: ReadonlyMap<number, number> = new Map();

type Entry = Pick<WaitingRow, 'id' | 'request' | 'takesAutomatically' | 'improvementMinutes'>;

/** The first of the starts that would do at which there is room. @throws BookingRefused where there is none */
function firstThatFits(parts: WorkParts, entry: Entry, state: LedgerState, now: Date): WindowChange[] {
  const { operation, owner } = parts.prepared;
  if (!('targets' in operation)) throw waitingOver(entry.id);
  const present = state.window(operation.targets[0]!.windowId ?? 0)?.startCell;
  let refusal: BookingRefused = new BookingRefused('no_room', 'conflict', 'Nothing better is free.');
  for (const startMinute of acceptableStarts(parts.prepared, entry.improvementMinutes, present)) {
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

/** Room that is offered to an entry: a hold, which it confirms or not. */
export class OfferWork extends HoldWork {
  constructor(
    private readonly parts: WorkParts,
    private readonly entry: Entry,
    holds: HoldStore,
    private readonly waiting: WaitingStore,
  ) {
    super(parts, entry.request, holds);
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.waiting.lockWaiting(tx, this.entry.id))) throw waitingOver(this.entry.id);
  }

  override decide(state: LedgerState, now: Date): Decision {
    this.changes = firstThatFits(this.parts, this.entry, state, now);
    const expiresAt = holdExpiry(this.changes, OFFER_MINUTES, now);
    if (expiresAt.getTime() - now.getTime() < LEAST_OFFER_MILLISECONDS) throw waitingOver(this.entry.id);
    return { changes: [], holds: [{ taken: this.takeHold(state, expiresAt) }] };
  }

  override async record(tx: EntityManager, outcome: Accepted, instants: ZonedInstants): Promise<void> {
    // what is confirmed is the start that was found, not the one that was wished
    const [{ after }] = this.changes as [WindowChange];
    this.request = { ...this.request, startsAt: new Date(after!.startCell * 300_000).toISOString() };
    await super.record(tx, outcome, instants);
    await this.waiting.offer(tx, this.entry.id, this.id);
  }
}

/** Room that an entry takes without being asked. */
export class TakeWork extends KeyedWork {
  constructor(
    private readonly parts: WorkParts,
    private readonly entry: Entry,
    private readonly waiting: WaitingStore,
  ) {
    super(parts);
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.waiting.lockWaiting(tx, this.entry.id))) throw waitingOver(this.entry.id);
  }

  decide(state: LedgerState, now: Date): Decision {
    return { changes: firstThatFits(this.parts, this.entry, state, now), holds: [] };
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
  override decide(state: LedgerState, now: Date): Decision {
    return { changes: decideBooking(this.operation, this.planId, this.seen, state, now), holds: [] };
  }
}

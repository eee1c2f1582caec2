import type { EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import type { DomainError } from '../common/domain-error';
import type { NumberedChange, SequencedOutcome, SequencedRequest, SequencerNeeds } from '../plan/sequencer';
import type { SequencerJournal } from '../plan/sequencer';
import { type Decision, kindOfChange, type LedgerState, type WindowChange } from '../plan/sequencer.rules';
import { placeOf } from '../plan/plan-change.service';
import type { ZonedInstants } from '../plan/zoned-instants';
import type { BookedChangeDto, BookingDto } from './booking.dto';
import type { Prepared } from './booking-preparation.service';
import { BookingRefused } from './booking.errors';
import { needsOf } from './booking-needs.rules';
import { isExplainable, type Operation, type SeenRevisions } from './booking-operation';
import { decideBooking } from './booking-operation.rules';
import { checkSinceRead } from './booking-request.rules';

/** What names a request, so that it is answered once. */
export interface RequestKey {
  subject: string;
  key: string;
  payloadSha256: Buffer;
}

export type Accepted = Extract<SequencedOutcome, { kind: 'accepted' }>;

/** What every request carries through the sequencer, whatever it asks. */
export interface WorkParts {
  id: string;
  actor: Actor;
  reason: string;
  /** Null for what nobody repeats: the service's own works, and what is the same however often it is done. */
  key: RequestKey | null;
  prepared: Prepared;
  journal: SequencerJournal;
}

/** A request that changes windows or holds, on its way through the sequencer. */
export abstract class KeyedWork implements SequencedRequest {
  readonly id: string;
  readonly actor: Actor;
  readonly reason: string;
  readonly key: RequestKey | null;
  readonly journal: SequencerJournal;
  readonly platformId: number;
  readonly planId: number;
  readonly operation: Operation;
  protected readonly prepared: Prepared;
  protected readonly seen: SeenRevisions;
  /** Zone of each establishment that takes part. */
  private readonly timeZoneOf: ReadonlyMap<number, string>;
  readonly needs: SequencerNeeds;

  constructor({ id, actor, reason, key, prepared, journal }: WorkParts, needs: Partial<SequencerNeeds> = {}) {
    const { owner, owners, operation, windows, seen } = prepared;
    this.id = id;
    this.actor = actor;
    this.reason = reason;
    this.key = key;
    this.journal = journal;
    this.platformId = owner.platformId;
    this.planId = owner.planId;
    this.operation = operation;
    this.prepared = prepared;
    this.seen = seen;
    this.timeZoneOf = new Map(owners.map(({ establishmentId, timeZone }) => [establishmentId, timeZone]));
    const own = needsOf(operation, owners, windows);
    this.needs = { ...own, ...needs, windowIds: [...own.windowIds, ...(needs.windowIds ?? [])] };
  }

  abstract decide(state: LedgerState, now: Date): Decision;

  /** What the caller is told, now and whenever the request comes again. */
  abstract answer(outcome: Accepted, instants: ZonedInstants): object;

  /** Whether it is a booking, which others may look up and undo. */
  isBooking(): boolean {
    return true;
  }

  /** Whether more is to be said of a refusal than can be found under the lock: who asked looks for it and keeps it then. */
  isExplained(error: DomainError): boolean {
    return this.key !== null && this.isAsked() && isExplainable(this.operation, error);
  }

  /** Whether somebody asked for just this place, who wants to hear what instead. */
  protected isAsked(): boolean {
    return false;
  }

  /** Whether the tables of its feature still allow it, asked under the platform's lock. @throws DomainError */
  check?(tx: EntityManager): Promise<void>;

  /** What it leaves in these tables, once it is accepted and the booking is written. */
  record?(tx: EntityManager, outcome: Accepted, instants: ZonedInstants): Promise<void>;

  protected bookingOf({ epoch, changes }: Accepted, instants: ZonedInstants): BookingDto {
    return {
      id: this.id,
      operation: this.operation.kind,
      planId: this.planId,
      epoch,
      reason: this.reason,
      changes: changes.map((change) => ({
        ...this.placesOf(change, instants),
        revision: change.revision,
        windowId: (change.after ?? change.before)!.windowId,
      })),
    };
  }

  protected placesOf(
    change: WindowChange | NumberedChange,
    instants: ZonedInstants,
  ): Pick<BookedChangeDto, 'kind' | 'before' | 'after'> {
    const { before, after } = change;
    const zone = this.timeZoneOf.get((after ?? before)!.establishmentId) ?? 'UTC';
    return {
      kind: kindOfChange({ before, after }),
      before: before && placeOf(before, zone, instants),
      after: after && placeOf(after, zone, instants),
    };
  }
}

/** A booking that is decided at once. */
export class BookingWork extends KeyedWork {
  decide(state: LedgerState, now: Date): Decision {
    // an undo asks about its windows itself
    if (this.operation.kind !== 'undo') checkSinceRead(state, this.prepared);
    return { changes: decideBooking(this.operation, this.planId, this.seen, state, now), holds: [] };
  }

  protected override isAsked(): boolean {
    return true;
  }

  answer(outcome: Accepted, instants: ZonedInstants): BookingDto {
    return this.bookingOf(outcome, instants);
  }
}

/** A booking that takes another one back, once: a window that is gone does not tell who released it last, and the release of a later one stays. */
export class UndoWork extends BookingWork {
  constructor(
    parts: WorkParts,
    readonly undoesBookingId: string,
    private readonly bookings: { isUndone(tx: EntityManager, bookingId: string): Promise<boolean> },
  ) {
    super(parts);
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.bookings.isUndone(tx, this.undoesBookingId))) return;
    throw new BookingRefused('not_last', 'conflict', 'This booking was taken back already.');
  }
}

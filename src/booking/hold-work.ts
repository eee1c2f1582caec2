import type { EntityManager } from 'typeorm';
import type { Decision, LedgerHold, LedgerState, WindowChange } from '../plan/sequencer.rules';
import type { ZonedInstants } from '../plan/zoned-instants';
import type { BookingDto, BookingRequest } from './booking.dto';
import { decideBooking } from './booking-operation.rules';
import { type Accepted, KeyedWork, type WorkParts } from './booking-work';
import { checkSinceRead, checkUnmoved } from './booking-request.rules';
import type { HeldChangeDto, HoldDto } from './hold.dto';
import { checkHoldCount, heldCells, HOLD_MINUTES, holdExpiry, liveHold } from './hold.rules';
import type { HeldRow, HoldStore } from './hold.store';

const NO_REVISIONS: ReadonlyMap<number, number> = new Map();

/** A booking that takes its room now and is confirmed later; it is named like the hold. */
export class HoldWork extends KeyedWork {
  private hold: LedgerHold | undefined;
  protected changes: WindowChange[] = [];

  constructor(
    parts: WorkParts,
    protected request: BookingRequest,
    private readonly store: HoldStore,
    otherHolderIds: readonly number[] = [],
  ) {
    super(parts, { holderIds: [parts.prepared.owner.establishmentId, ...otherHolderIds] });
    this.establishmentId = parts.prepared.owner.establishmentId;
    this.uai = parts.prepared.owner.uai;
  }

  private readonly establishmentId: number;
  private readonly uai: string;

  override isBooking(): boolean {
    return false;
  }

  protected override isAsked(): boolean {
    return true;
  }

  decide(state: LedgerState, now: Date): Decision {
    this.checkCount(state);
    checkSinceRead(state, this.prepared);
    this.changes = decideBooking(this.operation, this.planId, this.seen, state, now);
    return { changes: [], holds: [{ taken: this.takeHold(state, holdExpiry(this.changes, HOLD_MINUTES, now)) }] };
  }

  override answer(_outcome: Accepted, instants: ZonedInstants): HoldDto {
    return {
      id: this.id,
      uai: this.uai,
      state: 'held',
      expiresAt: this.hold!.expiresAt.toISOString(),
      operation: this.request.operation,
      planId: this.planId,
      heldBy: this.actor.subject,
      reason: this.reason,
      changes: this.heldChanges(instants),
      bookingId: null,
    };
  }

  override async record(tx: EntityManager, _outcome: Accepted, instants: ZonedInstants): Promise<void> {
    await this.store.insert(tx, {
      holdId: this.id,
      planId: this.planId,
      request: this.request,
      changes: this.heldChanges(instants),
      heldBy: this.actor.subject,
      reason: this.reason,
    });
  }

  /** @throws BookingRefused where the establishment has as many live holds as it may */
  protected checkCount(state: LedgerState): void {
    checkHoldCount(state, this.establishmentId);
  }

  protected takeHold(state: LedgerState, expiresAt: Date): LedgerHold {
    const cells = heldCells(state.deltasOf(this.changes));
    this.hold = { holdId: this.id, establishmentId: this.establishmentId, expiresAt, cells };
    return this.hold;
  }

  private heldChanges(instants: ZonedInstants): HeldChangeDto[] {
    return this.changes.map((change) => ({
      ...this.placesOf(change, instants),
      windowId: change.before?.windowId ?? null,
    }));
  }
}

/** The windows that somebody decided on: one that left its series since is none of those that a series is prepared with. */
export const windowIdsOf = (changes: readonly HeldChangeDto[]): number[] =>
  changes.flatMap(({ windowId }) => windowId ?? []);

/** Turns a hold into the booking that it was for, decided again with its room. */
export class ConfirmWork extends KeyedWork {
  constructor(
    parts: WorkParts,
    private readonly held: HeldRow,
    private readonly store: HoldStore,
  ) {
    super(parts, { holdIds: [held.id], windowIds: windowIdsOf(held.changes) });
  }

  protected override isAsked(): boolean {
    return true;
  }

  decide(state: LedgerState, now: Date): Decision {
    const hold = liveHold(state, this.held.id);
    checkUnmoved(state, this.operation, this.held.changes);
    const changes = state.withoutHolds([hold], () =>
      decideBooking(this.operation, this.planId, NO_REVISIONS, state, now),
    );
    return { changes, holds: [{ ended: hold, as: 'confirmed' }] };
  }

  override answer(outcome: Accepted, instants: ZonedInstants): BookingDto {
    return this.bookingOf(outcome, instants);
  }

  override record(tx: EntityManager): Promise<void> {
    return this.store.confirm(tx, this.held.id, this.id);
  }
}

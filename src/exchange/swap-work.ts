import type { EntityManager } from 'typeorm';
import { decideBooking } from '../booking/booking-operation.rules';
import { checkUnmoved } from '../booking/booking-request.rules';
import { type Accepted, KeyedWork, type WorkParts } from '../booking/booking-work';
import { windowIdsOf } from '../booking/hold-work';
import type { Decision, LedgerState } from '../plan/sequencer.rules';
import type { ZonedInstants } from '../plan/zoned-instants';
import type { SwapDto } from './swap.dto';
import { swapOver } from './swap.rules';
import type { SwapRow, SwapStore } from './swap.store';

const NO_REVISIONS: ReadonlyMap<number, number> = new Map();

/** A proposal that the other side accepts: everything is decided again. */
export class AcceptSwapWork extends KeyedWork {
  private readonly now = new Date();

  constructor(
    parts: WorkParts,
    private readonly swap: SwapRow,
    private readonly store: SwapStore,
  ) {
    super(parts, { windowIds: windowIdsOf(swap.changes) });
  }

  override async check(tx: EntityManager): Promise<void> {
    if (!(await this.store.lockOpen(tx, this.swap.id, this.now))) throw swapOver(this.swap.id);
  }

  protected override isAsked(): boolean {
    return true;
  }

  decide(state: LedgerState, now: Date): Decision {
    checkUnmoved(state, this.operation, this.swap.changes);
    return { changes: decideBooking(this.operation, this.planId, NO_REVISIONS, state, now), holds: [] };
  }

  override answer(outcome: Accepted, instants: ZonedInstants): SwapDto {
    const changes = outcome.changes.map((change) => ({
      ...this.placesOf(change, instants),
      windowId: change.before!.windowId,
    }));
    return { ...swapDtoOf(this.swap), state: 'accepted', planId: this.planId, changes, bookingId: this.id };
  }

  override async record(tx: EntityManager): Promise<void> {
    const { subject } = this.actor;
    await this.store.settle(tx, this.swap.id, { state: 'accepted', by: subject, bookingId: this.id, now: this.now });
  }
}

export function swapDtoOf(row: SwapRow): SwapDto {
  const { id, state, uai, withUai, windowId, withWindowId, planId, changes, reason, proposedBy, bookingId } = row;
  return {
    id,
    state,
    uai,
    withUai,
    windowId,
    withWindowId,
    planId,
    changes,
    reason,
    proposedBy,
    proposedAt: row.proposedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    bookingId,
  };
}

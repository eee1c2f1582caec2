import { CELL_MINUTES } from '../kernel/cell-grid';
import type { CellDeltas, LedgerHold, LedgerState, WindowChange } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import { FREEZE_CELLS, NOTICE_CELLS } from './place.rules';

/** Long enough to ask a colleague across the corridor, too short to keep a Monday morning for oneself. */
export const HOLD_MINUTES = 5;
/** Live holds of an establishment: it may think about some places at a time, not about a whole morning. */
export const MOST_HOLDS = 10;
const MILLISECONDS_PER_MINUTE = 60_000;
export const MILLISECONDS_PER_CELL = CELL_MINUTES * MILLISECONDS_PER_MINUTE;

/** The room that a hold keeps: what its changes add to each cell, never what they give back. In whole thousandths. */
export function heldCells(deltas: CellDeltas): CellDeltas {
  const cells: CellDeltas = new Map();
  for (const [cell, { sessions, logins }] of deltas) {
    if (sessions > 0 || logins > 0) cells.set(cell, { sessions: Math.max(0, sessions), logins: Math.max(0, logins) });
  }
  return cells;
}

/** When a hold ends: after some minutes, and never later than its changes could still be made. */
export function holdExpiry(changes: readonly WindowChange[], holdMinutes: number, now: Date): Date {
  const ends = changes.flatMap(({ before, after }) => [
    ...(before ? [(before.startCell - FREEZE_CELLS) * MILLISECONDS_PER_CELL] : []),
    ...(after ? [(after.startCell - NOTICE_CELLS) * MILLISECONDS_PER_CELL] : []),
  ]);
  return new Date(Math.min(now.getTime() + holdMinutes * MILLISECONDS_PER_MINUTE, ...ends));
}

/** @throws BookingRefused where an establishment has as many live holds as it may */
export function checkHoldCount(state: LedgerState, establishmentId: number): void {
  let count = 0;
  for (const hold of state.holds()) if (hold.establishmentId === establishmentId) count++;
  if (count >= MOST_HOLDS) {
    throw new BookingRefused('too_many_holds', 'conflict', `The establishment has ${MOST_HOLDS} live holds already.`, {
      holdCount: count,
    });
  }
}

/** The hold while it lives. @throws BookingRefused */
export function liveHold(state: LedgerState, holdId: string): LedgerHold {
  const hold = state.hold(holdId);
  if (!hold) throw holdOver(holdId);
  return hold;
}

export function holdOver(holdId: string): BookingRefused {
  return new BookingRefused('hold_over', 'conflict', 'The hold has ended: its place is free for everybody again.', {
    holdId,
  });
}

import type { LedgerState, LedgerWindow, WindowChange } from '../plan/sequencer.rules';
import type { BookingOwner } from './booking-owner';
import { conflictsOf, isRival } from './place.rules';

/** A window of an operation at the place that it is to have. */
export interface Placed extends WindowChange {
  after: LedgerWindow;
  owner: BookingOwner;
}

/** Who would be in two windows at once, with what an operation places where it does. */
export function conflictsAmong(
  placed: readonly Placed[],
  state: LedgerState,
  released: readonly WindowChange[],
): object[] {
  return conflictsWith(placed, rivalsOf(placed, state, released));
}

/** Windows that stay where they are and could be in the way at some hour: of the same owners, pupils or teachers. */
export function rivalsOf(
  placed: readonly Placed[],
  state: LedgerState,
  released: readonly WindowChange[],
): readonly LedgerWindow[] {
  const moved = new Set([...placed, ...released].map(({ before, after }) => (after ?? before)!.windowId));
  const rivals: LedgerWindow[] = [];
  for (const window of state.windows()) {
    if (moved.has(window.windowId)) continue;
    if (placed.some(({ after, owner }) => isRival(after, owner, window))) rivals.push(window);
  }
  return rivals;
}

/** The same, of rivals that are known: the operation is tried at one start after the other. */
export function conflictsWith(placed: readonly Placed[], rivals: readonly LedgerWindow[]): object[] {
  const others = placed.length === 1 ? rivals : [...rivals, ...placed.map(({ after }) => after)];
  return placed.flatMap(({ after, owner }) => conflictsOf(after, owner, others));
}

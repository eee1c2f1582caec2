import { instantOfCell } from '../common/civil-time';
import { counted } from '../common/counted';
import type { LedgerState, LedgerWindow } from '../plan/sequencer.rules';
import { BookingRefused } from './booking.errors';
import type { BookingOwner } from './booking-owner';

/** A window of an owner that would stand somewhere. */
interface Placing {
  before: LedgerWindow | null;
  after: LedgerWindow;
  owner: BookingOwner;
}

/** A cell in which an establishment would have more windows of classes at once than its line takes. */
interface CrowdedCell {
  uai: string;
  most: number;
  cell: number;
}

/**
 * The first cell in which windows would bring an establishment over its limit of simultaneous windows: the law of the allocation. Where
 * the limit was lowered below what a plan has, nothing may make it worse. `released` goes.
 */
export function crowdedCell(
  placed: readonly Placing[],
  state: LedgerState,
  releasedIds: readonly number[],
): CrowdedCell | undefined {
  const limited = placed.filter(({ owner }) => owner.windowLimit !== null);
  if (limited.length === 0) return undefined;
  const gone = new Set([...releasedIds, ...placed.flatMap(({ before }) => (before ? [before.windowId] : []))]);
  const present = [...state.windows()].filter(({ classId }) => classId !== null);
  const staying = present.filter(({ windowId }) => !gone.has(windowId));
  for (const { after, owner } of limited) {
    const isHere = ({ establishmentId }: LedgerWindow): boolean => establishmentId === owner.establishmentId;
    const now = present.filter(isHere);
    const then = [...staying, ...placed.map((one) => one.after)].filter(isHere);
    const most = owner.windowLimit!;
    for (let cell = after.startCell; cell < after.startCell + after.cellCount; cell++) {
      const count = countIn(then, cell);
      if (count > most && count > countIn(now, cell)) return { uai: owner.uai, most, cell };
    }
  }
  return undefined;
}

const countIn = (windows: readonly LedgerWindow[], cell: number): number =>
  windows.reduce(
    (count, { startCell, cellCount }) => count + Number(startCell <= cell && cell < startCell + cellCount),
    0,
  );

/** @throws BookingRefused where an establishment would have more windows at once than its line takes */
export function checkWindowLimit(
  placed: readonly Placing[],
  state: LedgerState,
  releasedIds: readonly number[],
  alternatives: () => object[],
): void {
  const crowded = crowdedCell(placed, state, releasedIds);
  if (!crowded) return;
  const at = instantOfCell(crowded.cell);
  throw new BookingRefused(
    'establishment_full',
    'conflict',
    `${crowded.uai} takes ${counted(crowded.most, 'window')} of classes at once, and has as many at ${at}.`,
    { ...crowded, at, alternatives: alternatives() },
  );
}

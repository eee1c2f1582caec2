import { AUDIENCES } from '../campaign/window-kind';
import { CELLS_PER_DAY, DRAIN_CELLS, LEAD_CELLS } from '../kernel/cell-grid';
import type { BundleChange, BundleRoomChange, BundleWindow, NamedRule } from '../kernel/decision/bundle-content';
import type { LedgerWindow } from '../plan/sequencer.rules';
import type { DeltaChangeRow } from './bundle.store';
import { BUNDLE_DAYS } from './gateway-settings.rules';

const ownerOf = (window: LedgerWindow): number => window.classId ?? window.establishmentId;
const windowOf = ({ startCell, cellCount, activity }: LedgerWindow): BundleWindow => [startCell, cellCount, activity];

/** What a delta says of numbered changes, in their order; a change that a gateway cannot see is left out. */
export function bundleChangesOf(rows: readonly DeltaChangeRow[]): BundleChange[] {
  return rows.flatMap(({ before, after }) => {
    const window = after ?? before;
    if (!window) return [];
    const removes = before && before.startCell;
    const adds = after && windowOf(after);
    if (before && after && String(windowOf(before)) === String(adds)) return [];
    return [{ audience: AUDIENCES[window.audience]!, ownerId: ownerOf(window), removes, adds }];
  });
}

/** What no bundle that is held reaches beyond; its last day may have 25 hours. */
const BUNDLE_CELLS = (BUNDLE_DAYS + 1) * CELLS_PER_DAY;

/** Cells in which numbered changes may have left more or less than before: of each window, its lead and its drain; of the capacity, those to come. */
export function changedCellsOf(rows: readonly DeltaChangeRow[], nowCell: number): number[] {
  const cells = new Set<number>();
  for (const { before, after, firstCell, endCell } of rows) {
    const end = Math.min(endCell ?? nowCell, nowCell + BUNDLE_CELLS);
    for (let cell = Math.max(firstCell ?? nowCell, nowCell); cell < end; cell++) cells.add(cell);
    for (const window of [before, after]) {
      if (!window) continue;
      const end = window.startCell + window.cellCount + DRAIN_CELLS;
      for (let cell = window.startCell - LEAD_CELLS; cell < end; cell++) cells.add(cell);
    }
  }
  return [...cells];
}

/** The bytes that are signed. */
export const deltaBytesOf = (
  platformId: number,
  epoch: number,
  from: number,
  to: number,
  issuedAtSeconds: number,
  changes: readonly BundleChange[],
  /** All that are in force or to come, where they have changed. */
  rules: readonly NamedRule[] | undefined,
  /** What the changes leave for the waiting room. */
  room: readonly BundleRoomChange[],
): string =>
  JSON.stringify({
    ...{ format: 'etale-delta/1', platformId, epoch, from, to, issuedAt: issuedAtSeconds, changes, rules },
    ...(room.length > 0 && { room }),
  });

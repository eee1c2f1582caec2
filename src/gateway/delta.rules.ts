import { AUDIENCES } from '../campaign/window-kind';
import type { BundleChange, BundleWindow, NamedRule } from '../kernel/decision/bundle-content';
import type { LedgerWindow } from '../plan/sequencer.rules';
import type { DeltaChangeRow } from './bundle.store';

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
): string =>
  JSON.stringify({ format: 'etale-delta/1', platformId, epoch, from, to, issuedAt: issuedAtSeconds, changes, rules });

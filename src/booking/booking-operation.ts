import { civilOfCell } from '../common/civil-time';
import type { DomainError } from '../common/domain-error';
import type { WindowChange } from '../plan/sequencer.rules';
import type { BookingOwner, OwnerDay } from './booking-owner';
import { isSameOwner } from './place.rules';

/** Refusals of one window of which is said what instead. */
const EXPLAINED = new Set([
  'booking.cell_full',
  'booking.conflict',
  'booking.establishment_full',
  'booking.rule_limit',
]);

/** A window that is to stand on a day, from whatever place it has now. */
export interface Target {
  owner: BookingOwner;
  /** Null for one that is added. */
  windowId: number | null;
  day: OwnerDay;
  /** Local minutes. */
  startMinute: number;
  cellCount: number;
}

/** A prepared operation: everything that does not change under the platform's lock. */
export type Operation =
  /** Moved or added into what the windows of `releasedIds`, if there are any, leave; those of `stayingIds` are left behind by their series. */
  | {
      kind: 'move';
      targets: readonly Target[];
      isSeries: boolean;
      releasedIds?: readonly number[];
      stayingIds?: readonly number[];
    }
  | { kind: 'add'; targets: readonly Target[]; isSeries: boolean; profileId: number; releasedIds?: readonly number[] }
  | { kind: 'release'; windowIds: readonly number[] }
  /** Pairs of windows, one after the other; `askedSide` is whose swap it is for who asks, the first ones where it is not said. */
  | { kind: 'swap'; targets: readonly Target[]; isSeries: boolean; askedSide?: 0 | 1; stayingIds?: readonly number[] }
  | { kind: 'undo'; done: readonly WindowChange[]; owners: ReadonlyMap<number, BookingOwner> };

/** An operation whose windows get a place of their own choice. */
export type PlacedOperation = Extract<Operation, { kind: 'move' | 'add' }>;

export const ALTERNATIVE_COUNT = 3;

/** A start that is free instead of the wanted one. */
export interface Alternative {
  startsAt: string;
  startCell: number;
  verdict: 'free' | 'tight';
  /** By the clock; together with the days. */
  minutesFromWanted: number;
  daysFromWanted: number;
}

/** Revisions that the caller has seen, by window. */
export type SeenRevisions = ReadonlyMap<number, number>;

/**
 * What whoever asks wanted for the own windows, as windows that look for a place by themselves: what is said instead of a swap, of an undo
 * or of a window given back for another that is refused. Undefined where nothing was wanted.
 */
export function insteadOf(operation: Operation): PlacedOperation | undefined {
  // nobody gives a window back for another place than the one that it was to leave
  if (operation.kind === 'move' || operation.kind === 'add') return { ...operation, releasedIds: [] };
  if (operation.kind === 'swap') {
    const { targets, isSeries, askedSide = 0 } = operation;
    return { kind: 'move', targets: targets.filter((_, i) => i % 2 === askedSide), isSeries };
  }
  return operation.kind === 'undo' ? restored(operation) : undefined;
}

/** The windows of the first owner that would stand as before: moved back, or added again. */
function restored({ done, owners }: Extract<Operation, { kind: 'undo' }>): PlacedOperation | undefined {
  const gone = done.flatMap(({ before, after }) => (before ? [{ before, isThere: after !== null }] : []));
  const [first] = gone;
  if (!first) return undefined;
  const targets = gone
    .filter(({ before, isThere }) => isThere === first.isThere && isSameOwner(before, first.before))
    .map(({ before, isThere }): Target => {
      const owner = owners.get(before.windowId)!;
      const { on, minuteOfDay: startMinute } = civilOfCell(before.startCell, owner.timeZone);
      const { windowId, headcount, cellCount } = before;
      return {
        owner: { ...owner, headcount },
        windowId: isThere ? windowId : null,
        day: owner.days.get(on)!,
        startMinute,
        cellCount,
      };
    });
  const isSeries = targets.length > 1;
  return first.isThere
    ? { kind: 'move', targets, isSeries }
    : { kind: 'add', targets, isSeries, profileId: first.before.profileId };
}

/** Whether more is to be said of a refusal: of one window that has no place where it is wanted. */
export function isExplainable(operation: Operation, { code, facts }: DomainError): boolean {
  // asked again: the answer of then names the partners of then
  const isNew = EXPLAINED.has(code) && 'alternatives' in facts && !('swapPartners' in facts);
  return isNew && insteadOf(operation)?.targets.length === 1;
}

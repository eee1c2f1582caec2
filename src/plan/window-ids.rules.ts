import type { PlanColumns } from './plan-draft';

/** Of consecutive window ids: the first one and how many. */
export interface IdRun {
  first: number;
  count: number;
}

// a campaign lasts at most 70 days, so its days differ modulo 1024
const DAY_SLOTS = 1024;
const ORDINAL_SLOTS = 256;
const AUDIENCE_SLOTS = 4;

/** What tells a window of a campaign from all its others whatever its start, as one exact number: class or establishment (32 bits), day (10), ordinal (8), audience (2). */
export function identityKey(
  establishmentId: number,
  classId: number,
  audience: number,
  localDay: number,
  ordinal: number,
): number {
  const owner = classId >= 0 ? classId * 2 : establishmentId * 2 + 1;
  return ((owner * DAY_SLOTS + (localDay % DAY_SLOTS)) * ORDINAL_SLOTS + ordinal) * AUDIENCE_SLOTS + audience;
}

/** Window ids of a draft: those of the same windows in the campaign's latest plan, 0 where a window is new. */
export function inheritedIds(columns: PlanColumns, known: Map<number, number>): Float64Array {
  const ids = new Float64Array(columns.windowCount);
  if (known.size === 0) return ids;
  for (let i = 0; i < columns.windowCount; i++) {
    const key = identityKey(
      columns.establishmentId[i]!,
      columns.classId[i]!,
      columns.audience[i]!,
      columns.localDay[i]!,
      columns.ordinal[i]!,
    );
    ids[i] = known.get(key) ?? 0;
    // whoever comes second with the same identity is another window
    known.delete(key);
  }
  return ids;
}

/** Gives the windows that are still without one an id from the runs, in order. */
export function fillIds(ids: Float64Array, runs: readonly IdRun[]): void {
  let run = 0;
  let used = 0;
  for (let i = 0; i < ids.length; i++) {
    if (ids[i] !== 0) continue;
    while (used === runs[run]!.count) {
      run++;
      used = 0;
    }
    ids[i] = runs[run]!.first + used++;
  }
}

/**
 * Series ids, 0 for none: a series is called after its earliest window, so that it keeps its id as long as that window lives.
 */
export function seriesIds(columns: PlanColumns, ids: Float64Array): Float64Array {
  const earliest = new Map<number, number>();
  for (let i = 0; i < columns.windowCount; i++) {
    const series = columns.series[i]!;
    if (series < 0) continue;
    const best = earliest.get(series);
    if (best === undefined || columns.startCell[i]! < columns.startCell[best]!) earliest.set(series, i);
  }
  return Float64Array.from(columns.series, (series) => (series < 0 ? 0 : ids[earliest.get(series)!]!));
}

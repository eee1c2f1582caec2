import type { ProblemBuilder } from './problem-builder';

/** A window, by what makes it the same in every plan of its campaign. */
export interface WantedWindow {
  establishmentId: number;
  /** -1 for an establishment's own window. */
  classId: number;
  /** Index into AUDIENCES. */
  audience: number;
  /** Days since 1970-01-01. */
  localDay: number;
  ordinal: number;
}

/** Where a window may start. */
export interface WindowStarts {
  /** Absolute cells on the date that was asked, ascending. */
  starts: number[];
  /** Cells from that date to each date that shares its choice, 0 for itself: more than one where hours are kept each week. */
  shifts: number[];
  /** Fewest cells to the next window of the class. */
  gapCells: number;
  /** What it takes of its establishment's limit of simultaneous windows. */
  siteUnits: number;
}

/** What the laws that bind a window with others need of its establishment. */
export interface WindowSite {
  /** Most simultaneous windows of classes, 0 for no limit. */
  siteLimit: number;
  /** Establishments whose own windows start `spacingCells` away from its own at least; of an establishment's own window only. */
  neighbourIds: number[];
  spacingCells: number;
}

/** The starts of one window among the demands that were gathered; the builder is empty afterwards. */
export function startsOfWindow(builder: ProblemBuilder, wanted: WantedWindow): WindowStarts | undefined {
  const { problem, identity } = builder.demands.take();
  const candidates = builder.candidates.lists.take();
  const occurrences = builder.occurrences.take();
  for (let demand = 0; demand < problem.demandCount; demand++) {
    if (
      identity.establishmentId[demand] !== wanted.establishmentId ||
      identity.classId[demand] !== wanted.classId ||
      identity.audience[demand] !== wanted.audience ||
      identity.ordinal[demand] !== wanted.ordinal
    )
      continue;
    const days = identity.localDay.subarray(identity.dayOffset[demand], identity.dayOffset[demand + 1]);
    const date = days.indexOf(wanted.localDay);
    if (date < 0) continue;
    const set = problem.demandCandidates[demand]!;
    const from = occurrences.offset[problem.demandOccurrences[demand]!]!;
    const shifts = occurrences.values.subarray(from, from + days.length);
    const away = shifts[date]!;
    return {
      starts: Array.from(
        candidates.values.subarray(candidates.offset[set], candidates.offset[set + 1]),
        (cell) => cell + builder.originCell + away,
      ),
      shifts: Array.from(shifts, (shift) => shift - away),
      gapCells: problem.demandGapCells[demand]!,
      siteUnits: problem.demandSiteUnits[demand]!,
    };
  }
  return undefined;
}

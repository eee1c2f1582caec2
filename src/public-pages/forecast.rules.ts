import type { CapacityCells } from '../capacity/capacity-cells';
import type { CapacityStep, Regulation } from '../capacity/capacity.rules';
import type { CivilDate } from '../common/civil-time';
import type { CellLoad } from '../plan/plan-curve.rules';

export const TRAFFIC_LEVELS = ['calm', 'busy', 'very_busy', 'full'] as const;
/** As traffic bulletins of a departure day say it. */
export type TrafficLevel = (typeof TRAFFIC_LEVELS)[number];

/** From these shares of the usable capacity on, per mille, an hour is busy, very busy, full. */
export const LEVELS_FROM_PER_MILLE = { busy: 500, very_busy: 750, full: 950 } as const;

const ALL = 1000;
const HOURS_PER_DAY = 24;

/** What the ledger says of the cells of a range, in thousandths. */
export interface LedgerCells {
  planned: CellLoad;
  limit: CellLoad;
  isKnown: Uint8Array;
}

/** An hour of a day on the platform's clock. */
export interface HourForecast {
  hour: number;
  firstCell: number;
  /** Share of the usable capacity that is taken, in the mean of its cells; null where nothing can be said. */
  takenPerMille: number | null;
  level: TrafficLevel | null;
}

/**
 * How much of the usable capacity (effective less headroom) is taken in each cell, per mille, of sessions or logins, whichever is
 * tighter: planned windows, expected other visitors and what plans keep for late-comers. Where the ledger has a row what is free
 * is its limit less what is planned; elsewhere capacity less background. -1 where no capacity is declared.
 */
export function takenPerMille(capacity: CapacityCells, ledger: LedgerCells): Int32Array {
  return Int32Array.from({ length: capacity.cellCount }, (_, cell) => {
    const taken = (of: 'sessions' | 'logins'): number => {
      const [declared, effective, headroom, background] =
        of === 'sessions'
          ? [
              capacity.plannedSessions,
              capacity.effectiveSessions,
              capacity.headroomSessions,
              capacity.backgroundSessions,
            ]
          : [capacity.plannedLogins, capacity.effectiveLogins, capacity.headroomLogins, capacity.backgroundLogins];
      if (declared[cell] === 0) return -1;
      const usable = effective[cell]! - headroom[cell]!;
      if (usable <= 0) return ALL;
      const free = ledger.isKnown[cell]
        ? ledger.limit[of][cell]! - ledger.planned[of][cell]!
        : usable - background[cell]!;
      return Math.min(ALL, Math.max(0, Math.round(ALL - (free * ALL) / usable)));
    };
    return Math.max(taken('sessions'), taken('logins'));
  });
}

export function trafficLevelOf(perMille: number): TrafficLevel {
  const { busy, very_busy, full } = LEVELS_FROM_PER_MILLE;
  return perMille >= full ? 'full' : perMille >= very_busy ? 'very_busy' : perMille >= busy ? 'busy' : 'calm';
}

/**
 * The hours of one day, each with the mean of its cells: a good plan fills a cell of nearly every hour to the brim, so the fullest
 * one would call them all full. An hour that the clock skips is missing, one that it has twice is one.
 * `hourOfCell[i]` is the hour of the i-th cell of the day. A day outside every published campaign has no levels: who would come
 * then is nowhere planned.
 */
export function hoursOf(
  firstCell: number,
  hourOfCell: readonly number[],
  taken: Int32Array,
  isPlanned: boolean,
): HourForecast[] {
  const hours: HourForecast[] = [];
  for (let hour = 0; hour < HOURS_PER_DAY; hour++) {
    const cells = [...hourOfCell.keys()].filter((cell) => hourOfCell[cell] === hour);
    if (cells.length === 0) continue;
    const known = cells.map((cell) => taken[cell]!).filter((share) => share >= 0);
    const mean = Math.round(known.reduce((sum, share) => sum + share, 0) / known.length);
    const perMille = isPlanned && known.length > 0 ? mean : null;
    hours.push({
      hour,
      firstCell: firstCell + cells[0]!,
      takenPerMille: perMille,
      level: perMille === null ? null : trafficLevelOf(perMille),
    });
  }
  return hours;
}

/** Hours in a row that have the same level, [fromHour, toHour). */
export interface TrafficRun {
  fromHour: number;
  toHour: number;
  level: TrafficLevel;
  mostPerMille: number;
}

export function runsOf(hours: readonly Omit<HourForecast, 'firstCell'>[]): TrafficRun[] {
  const runs: TrafficRun[] = [];
  for (const { hour, level, takenPerMille: perMille } of hours) {
    if (level === null) continue;
    const last = runs.at(-1);
    if (last && last.level === level && last.toHour === hour) {
      last.toHour = hour + 1;
      last.mostPerMille = Math.max(last.mostPerMille, perMille!);
    } else runs.push({ fromHour: hour, toHour: hour + 1, level, mostPerMille: perMille! });
  }
  return runs;
}

/** The first day of the forecast: today where a published campaign is under way or none comes, else the first day of the next one. */
export function firstForecastDay(today: CivilDate, campaigns: readonly { startsOn: CivilDate }[]): CivilDate {
  const next = campaigns.map(({ startsOn }) => startsOn).sort()[0];
  return next === undefined || next < today ? today : next;
}

/** Something that is said beforehand about a platform's capacity. */
export interface Announcement {
  kind: 'capacity_step' | 'regulation';
  startsAt: Date;
  /** Null: until the next one. */
  endsAt: Date | null;
  /** What is left, or what there is after a step, of the capacity that stood before; the scarcer of sessions and logins. */
  capacityPerMille: number;
  reason: string;
}

/** Steps that begin in a stretch of time and regulations that touch it, by their start; a first step changes nothing that was known. */
export function announcementsOf(
  steps: readonly (CapacityStep & { reason: string })[],
  regulations: readonly (Regulation & { reason: string })[],
  between: { startsAt: Date; endsAt: Date },
): Announcement[] {
  const changes = steps.flatMap((step, at): Announcement[] => {
    const before = steps[at - 1];
    if (!before || step.startsAt < between.startsAt || step.startsAt >= between.endsAt) return [];
    const ratio = Math.min(
      step.concurrentSessions / before.concurrentSessions,
      step.loginsPerMinute / before.loginsPerMinute,
    );
    const { startsAt, reason } = step;
    return [{ kind: 'capacity_step', startsAt, endsAt: null, capacityPerMille: Math.round(ratio * ALL), reason }];
  });
  const cuts = regulations.map(({ startsAt, endsAt, sessionsPerMille, loginsPerMille, reason }): Announcement => {
    return {
      kind: 'regulation',
      startsAt,
      endsAt,
      capacityPerMille: Math.min(sessionsPerMille, loginsPerMille),
      reason,
    };
  });
  return [...changes, ...cuts].sort((a, b) => a.startsAt.getTime() - b.startsAt.getTime());
}

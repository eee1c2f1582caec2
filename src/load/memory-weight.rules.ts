import type { ClassMemory } from '../plan/plan-memory';

/** How far back a plan remembers. */
export const MEMORY_DAYS = 28;
/** The share of the classes of a plan that are among its worst, where they stand further than WORST_ABOVE_MINUTES from their wish on average. */
export const WORST_SHARE = 0.05;
export const WORST_ABOVE_MINUTES = 30;

const MINUTES_PER_WEIGHT = 30;
const MOST_WEIGHT = 4;

/** What the windows of one class, of the days that are remembered, were displaced by. */
export interface PastDisplacement {
  meanMinutes: number;
  /** Whether it was among the worst of a plan. */
  wasWorst: boolean;
}

/**
 * Weight and limit of a class: 1 and one more for each half an hour of mean displacement (rounded), at most 4, in whole steps so that few
 * groups come of it; whoever was among the worst may stand no further from its wish than what makes one among them.
 */
export function memoryOf({ meanMinutes, wasWorst }: PastDisplacement): ClassMemory {
  return {
    weight: Math.min(MOST_WEIGHT, 1 + Math.round(meanMinutes / MINUTES_PER_WEIGHT)),
    limitMinutes: wasWorst ? WORST_ABOVE_MINUTES : null,
  };
}

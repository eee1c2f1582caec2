import { type StepArm } from '../protection/ladder.rules';
import type { StepMeasures } from '../protection/protection-step';
import type { StepRow } from '../protection/protection.store';

/** A glass counts for so long against the next one of the same person, also when it is over or was taken back. */
export const GLASS_HOURS = 24;

const HOUR = 3_600_000;

/** What of a step the rule of two people looks at. */
export type Ruling = Pick<StepRow, 'startsAt' | 'endsAt' | 'measures'>;

/** Sorts of measures: two steps of which one sort is in both do the same to people. */
export function sortsOf(measures: StepMeasures): Set<string> {
  const { defersRelatives, isLiveOnly, walkInPerMille, idleMinutes, featuresOff, capacityPerMille } = measures;
  const sorts = [
    defersRelatives && 'relatives',
    isLiveOnly && 'live_only',
    walkInPerMille < 1000 && 'walk_in',
    idleMinutes !== null && 'idle',
    featuresOff.length > 0 && 'features',
    capacityPerMille < 1000 && 'capacity',
  ].filter((sort) => sort !== false);
  return new Set<string>(sorts.length > 0 ? sorts : (['by_hand'] satisfies StepArm[]));
}

const shareSort = (a: Ruling, b: Ruling): boolean => {
  const sorts = sortsOf(a.measures);
  return [...sortsOf(b.measures)].some((sort) => sorts.has(sort));
};
const overlap = (a: Ruling, b: Ruling): boolean => a.startsAt < b.endsAt && b.startsAt < a.endsAt;

/**
 * The steps of one person that count together with a new one: at the same time, of the same sort, of some departments each, and seen
 * by nobody else. Departments with more than half of the schools, one by one, are a regional step.
 *
 * @param own steps of the same person that no second person has confirmed
 */
export function countedTogether(step: Ruling, own: readonly StepRow[]): StepRow[] {
  return own.filter((its) => its.state === 'in_force' && !its.isRegional && overlap(step, its) && shareSort(step, its));
}

/**
 * Whether a break-glass would prolong another of the same person that nobody confirmed: it lies before or after it within a day, or
 * does the same beside it. Taking the first back makes no room for a second.
 */
export function prolongsGlass(step: Ruling, own: readonly StepRow[]): boolean {
  return own.some((its) => {
    if (!its.isBreakGlass || its.state === 'proposed') return false;
    const apart = Math.abs(step.startsAt.getTime() - its.startsAt.getTime());
    return apart < GLASS_HOURS * HOUR && (!overlap(step, its) || shareSort(step, its));
  });
}

import type { Campaign } from '../campaign/campaign.entity';
import { type CompiledRule, ruleOfAudience, ruleOfLevels } from '../campaign/compiled-rule';
import { windowCounts } from '../campaign/window-count.rules';
import type { Audience } from '../campaign/window-kind';
import type { CivilDate } from '../common/civil-time';
import type { ConcernedClass } from './wish-place.store';
import { type ClassDays, mostFixedWindows } from './wish.rules';

/** An establishment in a campaign: its days, the rules, its classes that take part. */
export interface WishPlace {
  campaign: Campaign;
  rules: readonly CompiledRule[];
  establishmentId: number;
  uai: string;
  /** By code; empty where it does not take part. */
  classes: readonly ConcernedClass[];
  dates: readonly CivilDate[];
  firstWeekday: number;
  openHalves: Uint8Array;
}

/** The days of a class under its rule; undefined where no rule is for it. */
export function daysOfClass(place: WishPlace, { levels }: Pick<ConcernedClass, 'levels'>): ClassDays | undefined {
  const rule = ruleOfLevels(place.rules, levels);
  return rule && { ...place, rule };
}

/** The days of the establishment's own windows; undefined where they have no rule. */
export function daysOfAudience(place: WishPlace, audience: Exclude<Audience, 'pupils'>): ClassDays | undefined {
  const rule = ruleOfAudience(place.rules, audience);
  return rule && { ...place, rule };
}

export const divisionsOf = ({ classes }: WishPlace): ConcernedClass[] =>
  classes.filter(({ kind }) => kind === 'division');

/** Most dated fixed windows of the establishment that need no approval. */
export function fixedCapOf(place: WishPlace): number {
  let windowCount = 0;
  for (const division of divisionsOf(place)) {
    const rule = ruleOfLevels(place.rules, division.levels);
    if (!rule) continue;
    for (const count of windowCounts(rule, place.openHalves, place.firstWeekday, division.id)) windowCount += count;
  }
  return mostFixedWindows(windowCount, place.dates.length, place.firstWeekday, place.campaign.rules);
}

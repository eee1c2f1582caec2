import { concerns } from './decide';
import type { GatePlan } from './gate-plan';
import type { QuotaLeft, Visitor } from './visitor';

/** Places of one agent's walk-in quota that a visitor may have in a whole cell to come, under the steps that are in force now. */
export function walkInsPerCell(plan: GatePlan, visitor: Visitor, now: number): number {
  const { quotas, rules } = plan.content;
  let perMille = 1000;
  for (const rule of rules) {
    if (rule.walkInPerMille < perMille && concerns(plan, rule, visitor, now)) perMille = rule.walkInPerMille;
  }
  const kept = visitor.isAdmittedToday ? quotas.keptPerCell : 0;
  return Math.max(0, Math.floor((quotas.walkInPerCell * perMille) / 1000) - kept);
}

/**
 * Places that are left in the present cell to those to whom a step leaves the fewest of any, admitted today or not; Infinity where none
 * leaves some.
 */
export function fewestWalkInsLeft(
  { content }: GatePlan,
  { walkInCount, walkInWholeCount, keptCount }: QuotaLeft,
  now: number,
): number {
  let fewest = Infinity;
  for (const { startsAt, endsAt, walkInPerMille } of content.rules) {
    if (walkInPerMille >= 1000 || now < startsAt || now >= endsAt) continue;
    const left = Math.floor((walkInWholeCount * walkInPerMille) / 1000 - (walkInWholeCount - walkInCount));
    for (const its of [left, left - keptCount]) if (its > 0) fewest = Math.min(fewest, its);
  }
  return fewest;
}

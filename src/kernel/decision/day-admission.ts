import { CELL_SECONDS } from '../cell-grid';
import type { BundleRule } from './bundle-content';
import { decide } from './decide';
import { relativesOwner, type GatePlan, windowsOfOwner, entryAt } from './gate-plan';
import { ADMIT, emptyDecision, PUPIL, type QuotaLeft, RELATIVE, type Visitor } from './visitor';

/** A class that would have an admission on a day (its local midnight, Unix seconds), and under some rules has none. */
export interface ShutOut {
  classIndex: number;
  dayAt: number;
}

const NO_QUOTA: QuotaLeft = { walkInCount: 0, walkInWholeCount: 0, keptCount: 0, urgentCount: 0 };
const SIGNED_HEADER = 1;

/**
 * The classes whose pupils the rules leave without any admission on a day that they touch, although they have one without them: law 8.
 * The gate itself is asked (`decide`), with every quota empty, at each instant at which its answer can turn to yes: entries of
 * windows and of evening hours, ends of rules, begins of exemptions. Pupils of the youngest are asked as their relatives.
 */
export function shutOutBy(plan: GatePlan, rules: readonly BundleRule[]): ShutOut[] {
  const { content } = plan;
  const asked = (its: readonly BundleRule[]): GatePlan => ({
    ...plan,
    content: { ...content, rules: its, posture: 'enforced', staleAfter: Infinity, expiresAt: Infinity },
  });
  const [ruled, free] = [asked(rules), asked([])];
  const common = [...rules.map(({ endsAt }) => endsAt), ...content.exemptions.map(({ startsAt }) => startsAt)];
  const shutOut: ShutOut[] = [];
  for (const [zone, { midnights }] of content.zones.entries()) {
    const days = midnights.slice(0, -1).flatMap((from, k) => {
      const to = midnights[k + 1]!;
      return rules.some(({ startsAt, endsAt }) => startsAt < to && endsAt > from) ? [[from, to] as const] : [];
    });
    if (days.length === 0) continue;
    const shared = [...common, ...content.catchUps.filter((its) => its.zone === zone).map(({ startCell }) => startCell * CELL_SECONDS)]; // prettier-ignore
    for (let c = 0; c < plan.classCount; c++) {
      if (plan.establishmentZone[plan.classEstablishment[c]!] !== zone) continue;
      const visitor = pupilOf(plan, c);
      const instants = [...entriesOf(plan, c), ...shared];
      for (const [from, to] of days) {
        const its = [from, ...instants.filter((at) => at > from && at < to)];
        if (!its.some((at) => isAdmitted(ruled, visitor, at)) && its.some((at) => isAdmitted(free, visitor, at)))
          shutOut.push({ classIndex: c, dayAt: from });
      }
    }
  }
  return shutOut;
}

const pupilOf = (plan: GatePlan, c: number): Visitor => ({
  profile: plan.classHasParentAccounts[c] === 1 ? RELATIVE : PUPIL,
  classes: [c],
  establishments: [],
  levels: 0,
  knownBy: SIGNED_HEADER,
  isAdmittedToday: false,
  hasSession: false,
  wantsUrgentPass: false,
  feature: -1,
  draw: 0,
});

/** Entries of the windows that can let a class in: its own, where it has none those of its school, and those of its relatives. */
function entriesOf(plan: GatePlan, c: number): number[] {
  const establishment = plan.classEstablishment[c]!;
  const owners = [c, relativesOwner(plan, establishment)];
  if (windowsOfOwner(plan, c).length === 0) {
    for (let k = plan.classOffset[establishment]!; k < plan.classOffset[establishment + 1]!; k++) owners.push(k);
  }
  return owners.flatMap((owner) => windowsOfOwner(plan, owner).map(([startCell]) => entryAt(startCell)));
}

function isAdmitted(plan: GatePlan, visitor: Visitor, at: number): boolean {
  const out = emptyDecision();
  decide(plan, visitor, NO_QUOTA, at, out);
  return out.enforcedKind === ADMIT;
}

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
/** Written anew by each question: a region asks millions. */
const ANSWER = emptyDecision();

/** An admission is one that a whole class can use: so long, or as long as it is open without any rule. */
export const LEAST_SPAN_SECONDS = 15 * 60;

/**
 * The classes whose pupils the rules leave without an admission on a day that they touch, although they have one without them: law 8.
 * The gate itself is asked (`decide`) at each instant at which its answer can change: begins and ends of windows, evening hours,
 * exemptions and rules. An admission lasts a quarter of an hour, or as long as the way in is open without the rules where that is
 * shorter. What counts is a way of one's own, with every quota empty; only for who has none on a free day the walk-in quota does, as
 * full as the rules leave it. Pupils of the youngest are asked as their relatives.
 */
export function shutOutBy(plan: GatePlan, rules: readonly BundleRule[]): ShutOut[] {
  const { content } = plan;
  const asked = (its: readonly BundleRule[]): GatePlan => ({
    ...plan,
    content: { ...content, rules: its, posture: 'enforced', staleAfter: Infinity, expiresAt: Infinity },
  });
  const [ruled, free] = [asked(rules), asked([])];
  const { walkInPerCell, keptPerCell } = content.quotas;
  const quota: QuotaLeft = {
    walkInCount: walkInPerCell,
    walkInWholeCount: walkInPerCell,
    keptCount: keptPerCell,
    urgentCount: 0,
  };
  const common = [...rules, ...content.exemptions].flatMap(({ startsAt, endsAt }) => [startsAt, endsAt]);
  const shutOut: ShutOut[] = [];
  for (const [zone, { midnights }] of content.zones.entries()) {
    const days = midnights.slice(0, -1).flatMap((from, k) => {
      const to = midnights[k + 1]!;
      return rules.some(({ startsAt, endsAt }) => startsAt < to && endsAt > from) ? [[from, to] as const] : [];
    });
    if (days.length === 0) continue;
    const evenings = content.catchUps.filter((its) => its.zone === zone);
    const shared = [
      ...common,
      ...evenings.flatMap(({ startCell, endCell }) => [startCell * CELL_SECONDS, endCell * CELL_SECONDS]),
    ];
    for (let c = 0; c < plan.classCount; c++) {
      if (plan.establishmentZone[plan.classEstablishment[c]!] !== zone) continue;
      const visitor = pupilOf(plan, c);
      const instants = [...turnsOf(plan, c), ...shared];
      for (const [from, to] of days) {
        const turns = [...new Set([from, to, ...instants.filter((at) => at > from && at < to)])].sort((a, b) => a - b);
        if (isShutOut(ruled, free, visitor, quota, turns)) shutOut.push({ classIndex: c, dayAt: from });
      }
    }
  }
  return shutOut;
}

function isShutOut(
  ruled: GatePlan,
  free: GatePlan,
  visitor: Visitor,
  quota: QuotaLeft,
  turns: readonly number[],
): boolean {
  const own = admittedSeconds(ruled, visitor, NO_QUOTA, turns);
  if (own >= LEAST_SPAN_SECONDS) return false;
  const ownWhenFree = admittedSeconds(free, visitor, NO_QUOTA, turns);
  if (ownWhenFree > 0) return own < Math.min(LEAST_SPAN_SECONDS, ownWhenFree);
  const whenFree = admittedSeconds(free, visitor, quota, turns);
  return admittedSeconds(ruled, visitor, quota, turns) < Math.min(LEAST_SPAN_SECONDS, whenFree);
}

/** The longest time without a break in which the gate says yes; no longer than is asked for. Between two turns its answer is the same. */
function admittedSeconds(plan: GatePlan, visitor: Visitor, quota: QuotaLeft, turns: readonly number[]): number {
  let longest = 0;
  let current = 0;
  for (let k = 0; k + 1 < turns.length && longest < LEAST_SPAN_SECONDS; k++) {
    decide(plan, visitor, quota, turns[k]!, ANSWER);
    current = ANSWER.enforcedKind === ADMIT ? current + turns[k + 1]! - turns[k]! : 0;
    longest = Math.max(longest, current);
  }
  return longest;
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

/** Entries and ends of the windows that can let a class in: its own, where it has none those of its school, and those of its relatives. */
function turnsOf(plan: GatePlan, c: number): number[] {
  const establishment = plan.classEstablishment[c]!;
  const owners = [c, relativesOwner(plan, establishment)];
  if (windowsOfOwner(plan, c).length === 0) {
    for (let k = plan.classOffset[establishment]!; k < plan.classOffset[establishment + 1]!; k++) owners.push(k);
  }
  return owners.flatMap((owner) =>
    windowsOfOwner(plan, owner).flatMap(([startCell, cellCount]) => [
      entryAt(startCell),
      (startCell + cellCount) * CELL_SECONDS,
    ]),
  );
}

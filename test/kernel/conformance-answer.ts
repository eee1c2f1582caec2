import type { BundleChange, BundleContent } from '../../src/kernel/decision/bundle-content';
import { decide } from '../../src/kernel/decision/decide';
import { applyChanges, gatePlanOf } from '../../src/kernel/decision/gate-plan';
import {
  DECISION_KINDS,
  DECISION_REASONS,
  emptyDecision,
  KNOWN_BY,
  SPENDS,
  VISITOR_PROFILES,
  WAY,
  type Decision,
  type QuotaLeft,
  type Visitor,
} from '../../src/kernel/decision/visitor';

/** A visitor as gateways/conformance/README.md writes one: names and ids, no index. */
export interface KitVisitor {
  profile: (typeof VISITOR_PROFILES)[number];
  classes: number[];
  establishments: number[];
  levels: number[];
  knownBy: (typeof KNOWN_BY)[number];
  isAdmittedToday: boolean;
  hasSession: boolean;
  wantsUrgentPass: boolean;
  feature: string | null;
  draw: number;
}

/** What is asked of a gateway. */
export interface KitQuestion {
  case: string;
  bundle: string;
  changes: BundleChange[];
  visitor: KitVisitor;
  quota: QuotaLeft;
  now: number;
}

/** What it must decide; instants are Unix seconds, null where there is none. */
export interface KitDecision {
  kind: string;
  enforcedKind: string;
  reason: string;
  until: number | null;
  opensAt: number | null;
  retryAt: number | null;
  idleMinutes: number;
  featuresOff: string[];
  spends: string;
  ways: string[];
}

const MOST_BITS = 31;
const bitsOf = (numbers: readonly number[]): number => numbers.reduce((bits, k) => bits | (1 << k), 0);
export const numbersOf = (bits: number): number[] =>
  [...Array(MOST_BITS).keys()].filter((k) => (bits & (1 << k)) !== 0);

/** A visitor in terms of a bundle's columns. */
export function visitorOfKit(content: BundleContent, visitor: KitVisitor): Visitor {
  return {
    ...visitor,
    profile: VISITOR_PROFILES.indexOf(visitor.profile),
    classes: visitor.classes.map((id) => content.classes.id.indexOf(id)),
    establishments: visitor.establishments.map((id) => content.establishments.id.indexOf(id)),
    levels: bitsOf(visitor.levels),
    knownBy: KNOWN_BY.indexOf(visitor.knownBy),
    feature: visitor.feature === null ? -1 : content.features.indexOf(visitor.feature),
  };
}

/** The same the other way round. */
export function kitOfVisitor(content: BundleContent, visitor: Visitor): KitVisitor {
  return {
    ...visitor,
    profile: VISITOR_PROFILES[visitor.profile]!,
    classes: visitor.classes.map((c) => content.classes.id[c]!),
    establishments: visitor.establishments.map((e) => content.establishments.id[e]!),
    levels: numbersOf(visitor.levels),
    knownBy: KNOWN_BY[visitor.knownBy]!,
    feature: visitor.feature < 0 ? null : content.features[visitor.feature]!,
  };
}

function kitOfDecision({ features }: BundleContent, out: Decision): KitDecision {
  const at = (seconds: number) => (seconds > 0 ? seconds : null);
  return {
    kind: DECISION_KINDS[out.kind]!,
    enforcedKind: DECISION_KINDS[out.enforcedKind]!,
    reason: DECISION_REASONS[out.reason]!,
    until: at(out.until),
    opensAt: at(out.opensAt),
    retryAt: at(out.retryAt),
    idleMinutes: out.idleMinutes,
    featuresOff: features.filter((_, k) => (out.featuresOff & (1 << k)) !== 0),
    spends: SPENDS[out.spends]!,
    ways: Object.entries(WAY).flatMap(([name, bit]) => ((out.ways & bit) !== 0 ? [name] : [])),
  };
}

/** What our own gateway decides. */
export function answerOf(content: BundleContent, { changes, visitor, quota, now }: KitQuestion): KitDecision {
  const plan = gatePlanOf(content);
  for (const change of changes) applyChanges(plan, [change]);
  const out = emptyDecision();
  decide(plan, visitorOfKit(content, visitor), quota, now, out);
  return kitOfDecision(content, out);
}

/** What a visitor is at the ENT; the index is what a pass and a bundle store. Staff is everybody who works there. */
export const VISITOR_PROFILES = ['pupil', 'relative', 'staff', 'unknown'] as const;
export const PUPIL = 0;
export const RELATIVE = 1;
export const STAFF = 2;
export const UNKNOWN = 3;

/** How the gateway knows a visitor's classes, most trusted first. A class chosen by oneself is admitted within the walk-in quota only. */
export const KNOWN_BY = ['pass', 'signed_header', 'userinfo', 'class_link', 'chosen', 'nothing'] as const;
export const CHOSEN = 4;

/** What counts know of who came: who only chose a class has shown no profile, and is counted apart. The index is what tables store. */
export const COUNTED_PROFILES = [...VISITOR_PROFILES, 'chosen'] as const;
export type CountedProfile = (typeof COUNTED_PROFILES)[number];

/** Who stands at the gate: no person, only what binds a visitor. Indices are those of the bundle's columns. */
export interface Visitor {
  /** Index into VISITOR_PROFILES. */
  profile: number;
  /** Classes and groups, of several children together. */
  classes: readonly number[];
  /** Establishments of the visitor, where a class is not known or relatives have windows of their own. */
  establishments: readonly number[];
  /** Bits of the levels of those whose class the plan does not know; 0 where nothing is known. */
  levels: number;
  /** Index into KNOWN_BY. */
  knownBy: number;
  isAdmittedToday: boolean;
  hasSession: boolean;
  wantsUrgentPass: boolean;
  /** Index into the bundle's features, -1 for none in particular. */
  feature: number;
  /** The visitor's own draw, a whole number in [0, 2^32): spreads those who come back. */
  draw: number;
}

/** What is left of the quotas of the present cell, as the agent counts them. */
export interface QuotaLeft {
  /** Admissions outside a window. */
  walkInCount: number;
  /** Those of the whole cell, spent ones included: of it a step leaves a share. */
  walkInWholeCount: number;
  /** The part of them that is kept for those who were not admitted today. */
  keptCount: number;
  urgentCount: number;
}

export const NOTHING_LEFT: QuotaLeft = Object.freeze({
  walkInCount: 0,
  walkInWholeCount: 0,
  keptCount: 0,
  urgentCount: 0,
});

export const DECISION_KINDS = ['admit', 'wait', 'refuse'] as const;
export const ADMIT = 0;
export const WAIT = 1;
export const REFUSE = 2;

/** Why; the index is what is counted and sent. */
export const DECISION_REASONS = [
  'session',
  'staff',
  'not_bound',
  'exempt',
  'window',
  'level_window',
  'catch_up',
  'walk_in',
  'urgent_pass',
  'plan_too_old',
  'outside_window',
  'quota_empty',
  'relatives_wait',
  'live_only',
  'feature_off',
  'class_unknown',
] as const;
/** Those, and what an agent says by itself: called from its waiting room. */
export const ANSWER_REASONS = [...DECISION_REASONS, 'waiting_room'] as const;
export type DecisionReason = (typeof DECISION_REASONS)[number];
const reason = (name: DecisionReason): number => DECISION_REASONS.indexOf(name);
export const REASON = {
  session: reason('session'),
  staff: reason('staff'),
  notBound: reason('not_bound'),
  exempt: reason('exempt'),
  window: reason('window'),
  levelWindow: reason('level_window'),
  catchUp: reason('catch_up'),
  walkIn: reason('walk_in'),
  urgentPass: reason('urgent_pass'),
  planTooOld: reason('plan_too_old'),
  outsideWindow: reason('outside_window'),
  quotaEmpty: reason('quota_empty'),
  relativesWait: reason('relatives_wait'),
  liveOnly: reason('live_only'),
  featureOff: reason('feature_off'),
  classUnknown: reason('class_unknown'),
  /** Never said by `decide`: the agent's own, for who was called from its waiting room. */
  waitingRoom: ANSWER_REASONS.indexOf('waiting_room'),
} as const;

/** Ways that are left to who is not let in; bits of `ways`. */
export const WAY = { staticWork: 1, urgentPass: 2, telephone: 4, chooseClass: 8, comeBack: 16 } as const;

/** What an admission takes from. */
export const SPENDS = ['nothing', 'walk_in', 'urgent'] as const;
export const SPENDS_NOTHING = 0;
export const SPENDS_WALK_IN = 1;
export const SPENDS_URGENT = 2;

/** What a gateway does with a visitor; instants are Unix seconds. */
export interface Decision {
  /** Index into DECISION_KINDS: what is done. */
  kind: number;
  /** What would be done were the posture `enforced`: equal to `kind` where it is. */
  enforcedKind: number;
  /** Index into DECISION_REASONS. */
  reason: number;
  /** When the admission ends; 0 for who is not let in (who is inside, and refused a feature, stays until then). */
  until: number;
  /** The visitor's own next opening, where `enforcedKind` is not admit and there is one; else 0. */
  opensAt: number;
  /** When to come back where `enforcedKind` is not admit, spread by the visitor's own draw; else 0. */
  retryAt: number;
  idleMinutes: number;
  /** Bit k set: feature k is off. */
  featuresOff: number;
  /** Places of the walk-in quota that are left to this visitor, the own one included; 0 where none is spent. */
  walkInCount: number;
  /** Index into SPENDS. */
  spends: number;
  /** Bits of WAY, for who is not admitted. */
  ways: number;
}

export const emptyDecision = (): Decision => ({
  kind: ADMIT,
  enforcedKind: ADMIT,
  reason: 0,
  until: 0,
  opensAt: 0,
  retryAt: 0,
  idleMinutes: 0,
  featuresOff: 0,
  walkInCount: 0,
  spends: SPENDS_NOTHING,
  ways: 0,
});

import { CELL_SECONDS } from '../cell-grid';
import type { AgedBehaviour, BundleRule } from './bundle-content';
import { DRAIN_SECONDS, entryAt, relativesOwner, type GatePlan } from './gate-plan';
import {
  ADMIT,
  CHOSEN,
  PUPIL,
  REASON,
  REFUSE,
  RELATIVE,
  SPENDS_NOTHING,
  SPENDS_URGENT,
  SPENDS_WALK_IN,
  STAFF,
  WAIT,
  WAY,
  NOTHING_LEFT,
  type Decision,
  type QuotaLeft,
  type Visitor,
} from './visitor';

/** Who has no opening to wait for comes back after one to five minutes. */
const COME_BACK_SECONDS = 60;
const COME_BACK_SPREAD_SECONDS = 240;
const DRAWS = 2 ** 32;

/** What the windows of a visitor say at an instant. */
interface Openings {
  /** End of the latest window that is open, 0 for none. */
  openUntil: number;
  /** Entry of the next one, Infinity for none. */
  nextEntryAt: number;
}

/**
 * What a gateway does with a visitor: a pure function, written into `out`. Law 8 holds by construction: whoever is not let
 * in is told an instant and the ways that are left, and who was not admitted today comes first in the quota and in the evening.
 *
 * In this order: a feature that is switched off; a running session; staff; a plan too old to bind; exemptions; whom no campaign
 * binds, unless a rule lets in live windows only; the own windows, of all classes together; evening catch-up; the walk-in quota; an
 * urgent pass. Relatives that a rule defers have the last of these only.
 *
 * @param now Unix seconds, @param quota what is left in the present cell
 */
export function decide(plan: GatePlan, visitor: Visitor, quota: QuotaLeft, now: number, out: Decision): void {
  const { content } = plan;
  out.kind = out.enforcedKind = ADMIT;
  out.opensAt = 0;
  out.ways = 0;
  out.spends = SPENDS_NOTHING;
  out.walkInCount = 0;
  out.idleMinutes = content.idleMinutes;
  out.featuresOff = 0;
  let relativesWaitUntil = 0;
  let liveOnlyUntil = 0;
  let walkInPerMille = 1000;
  for (const rule of content.rules) {
    if (!concerns(plan, rule, visitor, now)) continue;
    out.featuresOff |= rule.featuresOff;
    if (rule.idleMinutes !== null) out.idleMinutes = Math.min(out.idleMinutes, rule.idleMinutes);
    if (rule.relativesWaitUntil !== null)
      relativesWaitUntil = Math.max(relativesWaitUntil, deferredUntil(plan, rule, visitor, now));
    if (rule.isLiveOnly) liveOnlyUntil = Math.max(liveOnlyUntil, rule.endsAt);
    walkInPerMille = Math.min(walkInPerMille, rule.walkInPerMille);
  }
  out.until = now + content.openPassSeconds;
  out.retryAt = spread(COME_BACK_SPREAD_SECONDS, visitor, now + COME_BACK_SECONDS);

  if (isOff(visitor, out)) return turnAway(plan, visitor, quota, out, REFUSE, REASON.featureOff);
  if (visitor.hasSession) return admit(out, REASON.session);
  if (visitor.profile === STAFF) return admit(out, REASON.staff);
  const aged = agedBehaviour(plan, now);
  if (aged === 'advise' || (aged === 'open_to_pupils_and_staff' && visitor.profile === PUPIL)) {
    return admit(out, REASON.planTooOld);
  }
  // who chose a class has shown nothing: only the quota lets in
  const isShown = visitor.knownBy !== CHOSEN;
  const exemptUntil = isShown ? exemptionEnd(plan, visitor, now) : 0;
  if (exemptUntil > 0) return admit(out, REASON.exempt, exemptUntil);
  const isKnown =
    visitor.classes.length > 0 ||
    (visitor.establishments.length > 0 && (visitor.profile === RELATIVE || visitor.levels !== 0));
  // relatives of the youngest come in the class windows, as their children's way in: no step keeps them out; all others wait, bound or not
  const isDeferred = relativesWaitUntil > now && visitor.profile === RELATIVE && !comesForChildren(plan, visitor);
  const isLiveOnly = liveOnlyUntil > 0;
  const isFree = isKnown && isShown && !isDeferred && !isBound(plan, visitor, now);
  if (isFree && !isLiveOnly) return admit(out, REASON.notBound);

  const openings: Openings = { openUntil: 0, nextEntryAt: Infinity };
  const isByLevel = lookAtWindows(plan, visitor, now, isLiveOnly, openings);
  if (openings.openUntil > 0 && isShown && !isDeferred) {
    return admit(out, isByLevel ? REASON.levelWindow : REASON.window, openings.openUntil + DRAIN_SECONDS);
  }
  const catchUp = isShown && !isDeferred && !isLiveOnly ? catchUpOf(plan, visitor, now) : undefined;
  if (catchUp && catchUp.entryAt <= now) return admit(out, REASON.catchUp, catchUp.endAt + DRAIN_SECONDS);
  if (catchUp) openings.nextEntryAt = Math.min(openings.nextEntryAt, catchUp.entryAt);
  // whom nothing binds comes in when the step is over, unless a campaign has begun by then
  if (isFree && !isBound(plan, visitor, liveOnlyUntil))
    openings.nextEntryAt = Math.min(openings.nextEntryAt, liveOnlyUntil);

  const walkInCount = isDeferred || isLiveOnly ? 0 : walkInsLeft(visitor, quota, walkInPerMille);
  if (walkInCount > 0) {
    out.spends = SPENDS_WALK_IN;
    out.walkInCount = walkInCount;
    return admit(out, REASON.walkIn, openings.openUntil > 0 ? openings.openUntil + DRAIN_SECONDS : out.until);
  }
  if (visitor.wantsUrgentPass && quota.urgentCount > 0) {
    out.spends = SPENDS_URGENT;
    return admit(out, REASON.urgentPass);
  }
  // a window that was only chosen may be open already: then there is nothing to wait for but the quota of the next cell
  let opensAt = isShown || openings.openUntil === 0 ? openings.nextEntryAt : Infinity;
  if (isDeferred) opensAt = Math.max(relativesWaitUntil, Number.isFinite(opensAt) ? opensAt : 0);
  if (Number.isFinite(opensAt)) {
    out.opensAt = opensAt;
    out.retryAt = spread(content.entrySpreadSeconds, visitor, opensAt);
  }
  if (!isKnown) return turnAway(plan, visitor, quota, out, REFUSE, REASON.classUnknown);
  if (isDeferred) return turnAway(plan, visitor, quota, out, WAIT, REASON.relativesWait);
  if (isLiveOnly) return turnAway(plan, visitor, quota, out, WAIT, REASON.liveOnly);
  return turnAway(plan, visitor, quota, out, WAIT, out.opensAt > 0 ? REASON.outsideWindow : REASON.quotaEmpty);
}

/**
 * What holds for a visitor who was let in until `until`: no window and no quota is looked at again, but steps in force shorten idleness and
 * switch features off. Who asks for one of these is refused it and stays inside, hence `until` in a refusal too.
 *
 * @returns since when (Unix seconds) the idle time is as short as it is; 0 where no step shortens it
 */
export function stay(plan: GatePlan, visitor: Visitor, until: number, now: number, out: Decision): number {
  const { content } = plan;
  let shortenedAt = 0;
  out.idleMinutes = content.idleMinutes;
  for (const rule of content.rules) {
    if (!concerns(plan, rule, visitor, now)) continue;
    out.featuresOff |= rule.featuresOff;
    if (rule.idleMinutes === null || rule.idleMinutes >= out.idleMinutes) continue;
    out.idleMinutes = rule.idleMinutes;
    shortenedAt = rule.startsAt;
  }
  if (isOff(visitor, out)) {
    out.retryAt = spread(COME_BACK_SPREAD_SECONDS, visitor, now + COME_BACK_SECONDS);
    turnAway(plan, visitor, NOTHING_LEFT, out, REFUSE, REASON.featureOff);
  }
  out.until = until;
  return shortenedAt;
}

const isOff = ({ feature }: Visitor, { featuresOff }: Decision): boolean =>
  feature >= 0 && (featuresOff & (1 << feature)) !== 0;

function admit(out: Decision, reason: number, until = out.until): void {
  out.reason = reason;
  out.until = until;
  out.retryAt = 0;
}

/** Says no where the posture does; where it only measures or advises, lets in and tells what would have been said. */
function turnAway(
  plan: GatePlan,
  visitor: Visitor,
  quota: QuotaLeft,
  out: Decision,
  kind: number,
  reason: number,
): void {
  out.enforcedKind = kind;
  out.reason = reason;
  out.ways = WAY.staticWork | WAY.telephone | WAY.comeBack;
  if (quota.urgentCount > 0) out.ways |= WAY.urgentPass;
  if (visitor.classes.length === 0) out.ways |= WAY.chooseClass;
  if (plan.content.posture !== 'enforced') return;
  out.kind = kind;
  out.until = 0;
}

function agedBehaviour({ content }: GatePlan, now: number): AgedBehaviour {
  if (now >= content.expiresAt) return content.whenExpired;
  return now >= content.staleAfter ? content.whenStale : 'reuse';
}

/** Whether a rule is in force and about this visitor. */
export function concerns(
  plan: GatePlan,
  { startsAt, endsAt, scope }: BundleRule,
  visitor: Visitor,
  now: number,
): boolean {
  if (now < startsAt || now >= endsAt) return false;
  if (scope.profiles.length > 0 && !scope.profiles.includes(visitor.profile)) return false;
  const { departments, kinds = [], levels = 0 } = scope;
  if (levels !== 0 && !isOfLevels(plan, levels, visitor)) return false;
  if (departments.length === 0 && kinds.length === 0) return true;
  let isSomewhere = false;
  for (const establishment of establishmentsOf(plan, visitor)) {
    isSomewhere = true;
    if (departments.length > 0 && !departments.includes(plan.establishmentDepartment[establishment]!)) return false;
    const kind = plan.content.establishments.kind?.[establishment];
    if (kinds.length > 0 && (kind === undefined || !kinds.includes(kind))) return false;
  }
  return isSomewhere;
}

/**
 * Until when a rule keeps relatives waiting: to its next hours in the zone of their school, else to its end; 0 where its hours are on.
 * Of several zones, and of all where no school is known, the last counts.
 */
function deferredUntil(plan: GatePlan, rule: BundleRule, visitor: Visitor, now: number): number {
  const end = rule.relativesWaitUntil!;
  const { relativesHours } = rule;
  if (!relativesHours) return end;
  const schools = establishmentsOf(plan, visitor);
  const zones = schools.length > 0 ? schools.map((e) => plan.establishmentZone[e]!) : plan.content.zones.keys();
  let until = 0;
  for (const zone of zones) {
    let next = end;
    for (const hours of relativesHours) {
      if (hours.zone === zone && hours.to > now) next = Math.min(next, hours.from);
    }
    if (next > now) until = Math.max(until, next);
  }
  return until;
}

/** Whether all that is known of the visitor's levels is of these; nothing known is of none. */
function isOfLevels(plan: GatePlan, levels: number, visitor: Visitor): boolean {
  let its = visitor.levels;
  for (const c of visitor.classes) its |= plan.classLevels[c]!;
  return its !== 0 && (its & ~levels) === 0;
}

/** Establishments of a visitor, those of the classes first. */
function establishmentsOf(plan: GatePlan, { classes, establishments }: Visitor): readonly number[] {
  if (classes.length === 0) return establishments;
  const all = classes.map((c) => plan.classEstablishment[c]!);
  for (const e of establishments) if (!all.includes(e)) all.push(e);
  return all;
}

function exemptionEnd(plan: GatePlan, visitor: Visitor, now: number): number {
  let end = 0;
  for (const { classIndex, establishmentIndex, startsAt, endsAt } of plan.content.exemptions) {
    if (now < startsAt || now >= endsAt || endsAt <= end || visitor.profile === RELATIVE) continue;
    const isIts =
      classIndex >= 0
        ? visitor.classes.includes(classIndex)
        : establishmentsOf(plan, visitor).includes(establishmentIndex);
    if (isIts) end = endsAt;
  }
  return end;
}

/** Whether a campaign binds the visitor on the present day of their school: one that binds any child binds. */
function isBound(plan: GatePlan, visitor: Visitor, now: number): boolean {
  for (const c of visitor.classes) {
    const e = plan.classEstablishment[c]!;
    const campaigns =
      visitor.profile === RELATIVE && plan.classHasParentAccounts[c] === 0
        ? plan.relativesCampaigns[e]!
        : plan.classCampaigns[c]!;
    if (isInForce(plan, campaigns, plan.establishmentZone[e]!, now)) return true;
  }
  if (visitor.classes.length > 0) return false;
  for (const e of visitor.establishments) {
    let campaigns = plan.relativesCampaigns[e]!;
    if (visitor.profile !== RELATIVE) {
      campaigns = 0;
      for (let c = plan.classOffset[e]!; c < plan.classOffset[e + 1]!; c++) {
        if ((plan.classLevels[c]! & visitor.levels) !== 0) campaigns |= plan.classCampaigns[c]!;
      }
    }
    if (isInForce(plan, campaigns, plan.establishmentZone[e]!, now)) return true;
  }
  return false;
}

function isInForce({ content }: GatePlan, campaigns: number, zone: number, now: number): boolean {
  for (let k = 0; k < content.campaigns.length; k++) {
    if ((campaigns & (1 << k)) === 0) continue;
    const [from, to] = content.campaigns[k]!.days[zone]!;
    if (now >= from && now < to) return true;
  }
  return false;
}

/**
 * Relatives by whom one of the youngest comes, who have no account of their own: of a class that was shown, or of a school of which no
 * class was, where one of the levels that are known (of all where none is) is theirs. In doubt they come for a child.
 */
export function comesForChildren(plan: GatePlan, visitor: Visitor): boolean {
  for (const c of visitor.classes) if (plan.classHasParentAccounts[c] === 1) return true;
  for (const e of visitor.establishments) {
    if (visitor.classes.some((c) => plan.classEstablishment[c] === e)) continue;
    for (let c = plan.classOffset[e]!; c < plan.classOffset[e + 1]!; c++) {
      if (plan.classHasParentAccounts[c] !== 1) continue;
      if (visitor.levels === 0 || (visitor.levels & plan.classLevels[c]!) !== 0) return true;
    }
  }
  return false;
}

/**
 * Reads the windows of all that binds the visitor into `openings`. A class that has none in the plan, or one that the plan does
 * not know, has those of its level at its school; one whose windows are over waits for its own.
 *
 * @returns true where none of the own windows is open
 */
function lookAtWindows(
  plan: GatePlan,
  visitor: Visitor,
  now: number,
  isLiveOnly: boolean,
  openings: Openings,
): boolean {
  const isRelative = visitor.profile === RELATIVE;
  for (const c of visitor.classes) {
    if (isRelative && plan.classHasParentAccounts[c] === 0) {
      look(plan, relativesOwner(plan, plan.classEstablishment[c]!), now, isLiveOnly, openings);
    } else {
      look(plan, c, now, isLiveOnly, openings);
    }
  }
  if (isRelative) {
    for (const e of visitor.establishments) look(plan, relativesOwner(plan, e), now, isLiveOnly, openings);
    return false;
  }
  const isOwnOpen = openings.openUntil > 0;
  for (const e of establishmentsOf(plan, visitor)) {
    const levels = levelsWithoutWindows(plan, visitor, e);
    if (levels === 0) continue;
    for (let c = plan.classOffset[e]!; c < plan.classOffset[e + 1]!; c++) {
      if ((plan.classLevels[c]! & levels) !== 0) look(plan, c, now, isLiveOnly, openings);
    }
  }
  return !isOwnOpen;
}

/** Levels of the visitor's classes at a school that have no window in the plan; those of unknown classes where none has one. */
function levelsWithoutWindows(plan: GatePlan, visitor: Visitor, establishment: number): number {
  let levels = 0;
  let hasOwn = false;
  for (const c of visitor.classes) {
    if (plan.classEstablishment[c] !== establishment) continue;
    if (hasWindows(plan, c)) hasOwn = true;
    else levels |= plan.classLevels[c]!;
  }
  return hasOwn ? levels : levels | visitor.levels;
}

const hasWindows = (plan: GatePlan, owner: number): boolean =>
  plan.isChanged[owner] === 1
    ? plan.changed.get(owner)!.length > 0
    : plan.windowOffset[owner]! < plan.windowOffset[owner + 1]!;

function look(plan: GatePlan, owner: number, now: number, isLiveOnly: boolean, openings: Openings): void {
  if (plan.isChanged[owner] === 1) {
    for (const [startCell, cellCount, activity] of plan.changed.get(owner)!) {
      if (isLiveOnly && activity !== 1) continue;
      see(entryAt(startCell), (startCell + cellCount) * CELL_SECONDS, now, openings);
    }
    return;
  }
  for (let w = plan.windowOffset[owner]!, end = plan.windowOffset[owner + 1]!; w < end; w++) {
    if (isLiveOnly && plan.windowIsLive[w] !== 1) continue;
    see(plan.windowEntryAt[w]!, plan.windowEndAt[w]!, now, openings);
  }
}

function see(windowEntryAt: number, endAt: number, now: number, openings: Openings): void {
  if (windowEntryAt > now) {
    if (windowEntryAt < openings.nextEntryAt) openings.nextEntryAt = windowEntryAt;
  } else if (endAt > now && endAt > openings.openUntil) openings.openUntil = endAt;
}

/** The evening hours of the present day that are still to come or on, for who was not admitted today. */
function catchUpOf(plan: GatePlan, visitor: Visitor, now: number): { entryAt: number; endAt: number } | undefined {
  if (visitor.isAdmittedToday) return undefined;
  let best: { entryAt: number; endAt: number } | undefined;
  for (const e of establishmentsOf(plan, visitor)) {
    const zone = plan.establishmentZone[e]!;
    const midnight = nextMidnight(plan.content.zones[zone]!.midnights, now);
    for (const { zone: its, startCell, endCell } of plan.content.catchUps) {
      const hours = { entryAt: startCell * CELL_SECONDS, endAt: endCell * CELL_SECONDS };
      if (its !== zone || hours.endAt <= now || hours.entryAt >= midnight) continue;
      if (!best || hours.entryAt < best.entryAt) best = hours;
    }
  }
  return best;
}

function nextMidnight(midnights: readonly number[], now: number): number {
  for (const midnight of midnights) if (midnight > now) return midnight;
  return Infinity;
}

/**
 * Those who were admitted today leave the kept part to those who were not. A step cuts the whole quota of the cell, and what was spent of
 * it counts, whoever spent it: a share of what is left would never be used up.
 */
function walkInsLeft(
  { isAdmittedToday }: Visitor,
  { walkInCount, walkInWholeCount, keptCount }: QuotaLeft,
  perMille: number,
): number {
  const spentCount = walkInWholeCount - walkInCount;
  const left = walkInWholeCount * perMille - (spentCount + (isAdmittedToday ? keptCount : 0)) * 1000;
  return Math.max(0, Math.floor(left / 1000));
}

const spread = (seconds: number, { draw }: Visitor, from: number): number =>
  from + Math.floor((draw * seconds) / DRAWS);

import type { BundleChange, BundleContent, BundleRule } from './bundle-content';
import {
  DECISION_REASONS,
  KNOWN_BY,
  VISITOR_PROFILES,
  type DecisionReason,
  type QuotaLeft,
  type Visitor,
} from './visitor';

/** A decision as the definitions give it, posture aside. */
export interface CheckedDecision {
  kind: 'admit' | 'wait' | 'refuse';
  reason: DecisionReason;
  /** End of an admission by a window or by the evening hours, else null. */
  windowUntil: number | null;
  opensAt: number;
}

interface Row {
  audience: 'pupils' | 'relatives' | 'staff';
  owner: number;
  startCell: number;
  cellCount: number;
  isLive: boolean;
}

/** The windows of a bundle one by one, with changes applied in their order. Shares only types with the code that it checks. */
export function rowsOf(content: BundleContent, changes: readonly BundleChange[] = []): Row[] {
  const rows: Row[] = [];
  const { count, gap, cellCount, activity } = content.windows;
  const classCount = content.classes.id.length;
  const establishmentCount = content.establishments.id.length;
  let w = 0;
  count.forEach((windowCount, k) => {
    const audience = k < classCount ? 'pupils' : k < classCount + establishmentCount ? 'relatives' : 'staff';
    const owner = k < classCount ? k : (k - classCount) % establishmentCount;
    let cell = content.firstCell;
    for (let n = 0; n < windowCount; n++, w++) {
      cell += gap[w]!;
      rows.push({ audience, owner, startCell: cell, cellCount: cellCount[w]!, isLive: activity[w] === 1 });
    }
  });
  return changes.reduce((now, change) => {
    const owner = (change.audience === 'pupils' ? content.classes : content.establishments).id.indexOf(change.ownerId);
    const kept = now.filter(
      (r) => !(r.audience === change.audience && r.owner === owner && r.startCell === change.removes),
    );
    if (!change.adds) return kept;
    const [startCell, cells, kind] = change.adds;
    if (startCell < content.firstCell || startCell >= content.endCell) return kept;
    return [...kept, { audience: change.audience, owner, startCell, cellCount: cells, isLive: kind === 1 }];
  }, rows);
}

/** What must be decided, from the definitions, row by row. */
export function checkedDecision(
  content: BundleContent,
  rows: readonly Row[],
  visitor: Visitor,
  quota: QuotaLeft,
  now: number,
): CheckedDecision {
  const profile = VISITOR_PROFILES[visitor.profile]!;
  const isChosen = KNOWN_BY[visitor.knownBy] === 'chosen';
  const schools = [
    ...new Set([...visitor.classes.map((c) => content.classes.establishment[c]!), ...visitor.establishments]),
  ];
  const inForce = content.rules.filter((rule) => holds(content, rule, visitor, schools, now));
  const say = (kind: CheckedDecision['kind'], reason: DecisionReason, more: Partial<CheckedDecision> = {}) => {
    if (!DECISION_REASONS.includes(reason)) throw new Error(reason);
    return { kind, reason, windowUntil: null, opensAt: 0, ...more };
  };

  if (visitor.feature >= 0 && inForce.some((rule) => Math.floor(rule.featuresOff / 2 ** visitor.feature) % 2 === 1)) {
    return say('refuse', 'feature_off');
  }
  if (visitor.hasSession) return say('admit', 'session');
  if (profile === 'staff') return say('admit', 'staff');
  const aged = now >= content.expiresAt ? content.whenExpired : now >= content.staleAfter ? content.whenStale : 'reuse';
  if (aged === 'advise' || (aged === 'open_to_pupils_and_staff' && profile === 'pupil'))
    return say('admit', 'plan_too_old');
  const exempt = content.exemptions.some(
    (x) =>
      x.startsAt <= now &&
      now < x.endsAt &&
      profile !== 'relative' &&
      !isChosen &&
      (x.classIndex === -1 ? schools.includes(x.establishmentIndex) : visitor.classes.includes(x.classIndex)),
  );
  if (exempt) return say('admit', 'exempt');

  const sharesLevel = (c: number, levels: number) =>
    [...Array(31).keys()].some((k) => bit(content.classes.levels[c]!, k) && bit(levels, k));
  const classesOfLevel = (school: number, levels: number) =>
    content.classes.id
      .map((_, c) => c)
      .filter((c) => content.classes.establishment[c] === school && sharesLevel(c, levels));
  const isRelative = profile === 'relative';
  const hasNothing =
    visitor.classes.length === 0 && (visitor.establishments.length === 0 || (!isRelative && visitor.levels === 0));
  const bindings = visitor.classes.map((c) => {
    const school = content.classes.establishment[c]!;
    const isOwn = !isRelative || content.classes.hasParentAccounts[c] === 1;
    return { school, bits: isOwn ? content.classes.campaigns[c]! : content.establishments.relativesCampaigns[school]! };
  });
  if (visitor.classes.length === 0) {
    for (const school of visitor.establishments) {
      if (isRelative) bindings.push({ school, bits: content.establishments.relativesCampaigns[school]! });
      else
        for (const c of classesOfLevel(school, visitor.levels))
          bindings.push({ school, bits: content.classes.campaigns[c]! });
    }
  }
  const isBoundAt = (instant: number) =>
    bindings.some(({ school, bits }) =>
      content.campaigns.some(({ days }, k) => {
        const [from, to] = days[content.establishments.zone[school]!]!;
        return bit(bits, k) && from <= instant && instant < to;
      }),
    );
  const zonesConcerned = content.zones
    .map((_, zone) => zone)
    .filter((zone) => schools.length === 0 || schools.some((school) => content.establishments.zone[school] === zone));
  // the first instant from now on at which a zone is not kept waiting by a rule
  const openFrom = ({ relativesWaitUntil, relativesHours = [] }: BundleRule, zone: number) => {
    const its = relativesHours.filter((hours) => hours.zone === zone);
    if (its.some(({ from, to }) => from <= now && now < to)) return 0;
    const later = its.map(({ from }) => from).filter((from) => from > now);
    return Math.min(relativesWaitUntil!, ...later);
  };
  const deferring = inForce.filter((rule) => rule.relativesWaitUntil !== null);
  const waitUntil = Math.max(0, ...deferring.flatMap((rule) => zonesConcerned.map((zone) => openFrom(rule, zone))));
  // of a school of which no class was shown, any class of the youngest that the levels allow may be the child's
  const shownSchools = visitor.classes.map((c) => content.classes.establishment[c]);
  const mayBeOf = content.classes.id
    .map((_, c) => c)
    .filter((c) => {
      const school = content.classes.establishment[c]!;
      const isOpenSchool = visitor.establishments.includes(school) && !shownSchools.includes(school);
      return isOpenSchool && (visitor.levels === 0 || sharesLevel(c, visitor.levels));
    });
  const isOfYoungest = [...visitor.classes, ...mayBeOf].some((c) => content.classes.hasParentAccounts[c] === 1);
  const isDeferred = isRelative && waitUntil > now && !isOfYoungest;
  const isFree = !hasNothing && !isChosen && !isDeferred && !isBoundAt(now);
  const liveOnlyEnds = inForce.filter((rule) => rule.isLiveOnly).map(({ endsAt }) => endsAt);
  const liveOnly = liveOnlyEnds.length > 0;
  if (isFree && !liveOnly) return say('admit', 'not_bound');

  const mayUse = (r: Row) => !liveOnly || r.isLive;
  const own = rows.filter((r) => {
    if (r.audience === 'staff' || !mayUse(r)) return false;
    if (r.audience === 'pupils')
      return visitor.classes.includes(r.owner) && (!isRelative || content.classes.hasParentAccounts[r.owner] === 1);
    const older = visitor.classes
      .filter((c) => content.classes.hasParentAccounts[c] === 0)
      .map((c) => content.classes.establishment[c]);
    return isRelative && (visitor.establishments.includes(r.owner) || older.includes(r.owner));
  });
  // a class without any window in the plan has those of its level at its school; never one that has its own
  const hasAny = (c: number) => rows.some((r) => r.audience === 'pupils' && r.owner === c);
  const byLevel = rows.filter((r) => {
    if (isRelative || r.audience !== 'pupils' || !mayUse(r)) return false;
    const school = content.classes.establishment[r.owner]!;
    const ofSchool = visitor.classes.filter((c) => content.classes.establishment[c] === school);
    const isOfUnknown = schools.includes(school) && !ofSchool.some(hasAny) && sharesLevel(r.owner, visitor.levels);
    return isOfUnknown || ofSchool.some((c) => !hasAny(c) && sharesLevel(r.owner, content.classes.levels[c]!));
  });
  const isOpen = (r: Row) => entry(r) <= now && now < end(r);
  const usable = [...own, ...byLevel];
  const openUntil = Math.max(0, ...usable.filter(isOpen).map(end));
  const isFreeAfter = isFree && !isBoundAt(Math.max(...liveOnlyEnds));
  const entries = [...usable.map(entry), ...(isFreeAfter ? [Math.max(...liveOnlyEnds)] : [])];
  let opensAt = Math.min(Infinity, ...entries.filter((at) => at > now));

  if (openUntil > 0 && !isChosen && !isDeferred) {
    return say('admit', isRelative || own.some(isOpen) ? 'window' : 'level_window', { windowUntil: openUntil + 600 });
  }
  if (!isChosen && !isDeferred && !liveOnly && !visitor.isAdmittedToday) {
    const evenings = content.catchUps.filter(({ zone, startCell, endCell }) => {
      const midnight = content.zones[zone]!.midnights.find((at) => at > now) ?? Infinity;
      return (
        schools.some((s) => content.establishments.zone[s] === zone) &&
        endCell * 300 > now &&
        startCell * 300 < midnight
      );
    });
    const first = evenings.sort((a, b) => a.startCell - b.startCell)[0];
    if (first && first.startCell * 300 <= now)
      return say('admit', 'catch_up', { windowUntil: first.endCell * 300 + 600 });
    if (first) opensAt = Math.min(opensAt, first.startCell * 300);
  }
  const walkInPerMille = Math.min(1000, ...inForce.map((rule) => rule.walkInPerMille));
  // the share of the cell's quota that the steps leave, in whole places, less those that somebody has had
  const places = Math.floor((quota.walkInWholeCount * walkInPerMille) / 1000);
  const taken = quota.walkInWholeCount - quota.walkInCount + (visitor.isAdmittedToday ? quota.keptCount : 0);
  if (!isDeferred && !liveOnly && places > taken) return say('admit', 'walk_in');
  if (visitor.wantsUrgentPass && quota.urgentCount > 0) return say('admit', 'urgent_pass');
  if (isChosen && openUntil > 0) opensAt = Infinity;
  const told = isDeferred
    ? Math.max(waitUntil, opensAt === Infinity ? 0 : opensAt)
    : opensAt === Infinity
      ? 0
      : opensAt;
  if (hasNothing) return say('refuse', 'class_unknown', { opensAt: told });
  const why = isDeferred ? 'relatives_wait' : liveOnly ? 'live_only' : told > 0 ? 'outside_window' : 'quota_empty';
  return say('wait', why, { opensAt: told });
}

const bit = (bits: number, k: number): boolean => Math.floor(bits / 2 ** k) % 2 === 1;
const entry = (r: Row): number => r.startCell * 300 - 300;
const end = (r: Row): number => (r.startCell + r.cellCount) * 300;

function holds(
  content: BundleContent,
  rule: BundleRule,
  visitor: Visitor,
  schools: readonly number[],
  now: number,
): boolean {
  const { profiles, departments } = rule.scope;
  const isEverywhere =
    departments.length === 0 ||
    (schools.length > 0 && schools.every((s) => departments.includes(content.establishments.department[s]!)));
  const kinds = rule.scope.kinds ?? [];
  const isOfKind =
    kinds.length === 0 ||
    (schools.length > 0 && schools.every((s) => kinds.includes(content.establishments.kind?.[s] ?? NaN)));
  const seen = [...Array(31).keys()].filter(
    (k) => bit(visitor.levels, k) || visitor.classes.some((c) => bit(content.classes.levels[c]!, k)),
  );
  const ofLevels = rule.scope.levels ?? 0;
  const isOfLevels = ofLevels === 0 || (seen.length > 0 && seen.every((k) => bit(ofLevels, k)));
  return (
    isOfKind &&
    isOfLevels &&
    rule.startsAt <= now &&
    now < rule.endsAt &&
    (profiles.length === 0 || profiles.includes(visitor.profile)) &&
    isEverywhere
  );
}

import type { BundleContent } from './bundle-content';
import { decide } from './decide';
import { applyChanges, BundleInvalid, gatePlanOf } from './gate-plan';
import {
  DECISION_KINDS,
  DECISION_REASONS,
  emptyDecision,
  PUPIL,
  RELATIVE,
  SPENDS,
  STAFF,
  UNKNOWN,
  WAY,
  type QuotaLeft,
  type Visitor,
} from './visitor';

const MIDNIGHT = 1_764_543_600;
const at = (hours: number, minutes = 0): number => MIDNIGHT + hours * 3600 + minutes * 60;
const cell = (hours: number, minutes = 0): number => at(hours, minutes) / 300;

/** One school: 6A at 9:45 for 45 minutes and live at 14:00, 6B at 10:30, a nursery class at 11:00, relatives at 18:00; catch-up 20-22 h. */
const CONTENT: BundleContent = {
  format: 'etale-bundle/1',
  platformId: 1,
  epoch: 1,
  revision: 7,
  issuedAt: at(6),
  staleAfter: at(30),
  expiresAt: at(54),
  whenStale: 'open_to_pupils_and_staff',
  whenExpired: 'advise',
  posture: 'enforced',
  firstCell: cell(0),
  endCell: cell(24),
  entrySpreadSeconds: 300,
  openPassSeconds: 7200,
  idleMinutes: 20,
  quotas: { walkInPerCell: 10, keptPerCell: 5, urgentPerCell: 2 },
  features: ['news', 'video'],
  departments: ['59'],
  zones: [{ name: 'Europe/Paris', midnights: [at(0), at(24), at(48)] }],
  campaigns: [{ days: [[at(0), at(24)]] }],
  catchUps: [{ zone: 0, startCell: cell(20), endCell: cell(22) }],
  establishments: {
    id: [50],
    uai: ['9900002X'],
    structure: ['77'],
    name: ['Collège'],
    telephone: ['0320000000'],
    department: [0],
    zone: [0],
    relativesCampaigns: [1],
  },
  classes: {
    id: [1, 2, 3, 4],
    establishment: [0, 0, 0, 0],
    name: ['6A', '6B', 'PS', '6C'],
    levels: [2, 2, 1, 2],
    hasParentAccounts: [0, 0, 1, 0],
    campaigns: [1, 1, 1, 1],
  },
  windows: {
    count: [2, 1, 1, 0, 1, 0],
    gap: [
      cell(9, 45) - cell(0),
      cell(14) - cell(9, 45),
      cell(10, 30) - cell(0),
      cell(11) - cell(0),
      cell(18) - cell(0),
    ],
    cellCount: [9, 6, 9, 6, 12],
    activity: [0, 1, 0, 0, 0],
  },
  exemptions: [],
  rules: [],
};
const RULE = {
  id: 1,
  startsAt: at(0),
  endsAt: at(24),
  scope: { departments: [], profiles: [] },
  relativesWaitUntil: null,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: 0,
};
const VISITOR: Visitor = {
  profile: PUPIL,
  classes: [0],
  establishments: [],
  levels: 0,
  knownBy: 1,
  isAdmittedToday: false,
  hasSession: false,
  wantsUrgentPass: false,
  feature: -1,
  draw: 2 ** 31,
};
const EMPTY: QuotaLeft = { walkInCount: 0, walkInWholeCount: 0, keptCount: 0, urgentCount: 0 };

function decided(
  now: number,
  visitor: Partial<Visitor> = {},
  content: Partial<BundleContent> = {},
  quota: Partial<QuotaLeft> = {},
) {
  const out = emptyDecision();
  // of a quota nothing is spent yet unless a test says so
  const left = { ...EMPTY, walkInWholeCount: quota.walkInCount ?? 0, ...quota };
  decide(gatePlanOf({ ...CONTENT, ...content }), { ...VISITOR, ...visitor }, left, now, out);
  const { until, opensAt, retryAt, idleMinutes, ways } = out;
  return {
    kind: DECISION_KINDS[out.kind],
    reason: DECISION_REASONS[out.reason],
    spends: SPENDS[out.spends],
    until,
    opensAt,
    retryAt,
    idleMinutes,
    ways,
  };
}

describe('a pupil at the gate', () => {
  it('enters from five minutes before the start to the end, and stays until the drain', () => {
    expect(decided(at(9, 40) - 1).kind).toBe('wait');
    expect(decided(at(9, 40))).toMatchObject({ kind: 'admit', reason: 'window', until: at(10, 40) });
    expect(decided(at(10, 30) - 1).kind).toBe('admit');
    expect(decided(at(10, 30)).kind).toBe('wait');
  });
  it('is told the own opening and comes back spread over the minutes after it', () => {
    expect(decided(at(8))).toMatchObject({
      kind: 'wait',
      reason: 'outside_window',
      opensAt: at(9, 40),
      retryAt: at(9, 42) + 30,
    });
    expect(decided(at(8), { draw: 0 }).retryAt).toBe(at(9, 40));
  });
  it('of several classes has the windows of all of them', () => {
    expect(decided(at(10, 32), { classes: [0, 1] })).toMatchObject({ kind: 'admit', until: at(11, 25) });
  });
  it('of a class without windows has those of its level', () => {
    expect(decided(at(10), { classes: [3] })).toMatchObject({ kind: 'admit', reason: 'level_window' });
    expect(decided(at(10), { classes: [], establishments: [0], levels: 2 }).reason).toBe('level_window');
  });
  it('whose windows are over waits, and never enters by those of another class of its level', () => {
    expect(decided(at(15, 10), { isAdmittedToday: true })).toMatchObject({ kind: 'wait', reason: 'quota_empty' });
    const first = [1, 1, 1, 0, 1, 0];
    const gap = [cell(9, 45), cell(14), cell(11), cell(18)].map((start) => start - cell(0));
    const late = { windows: { count: first, gap, cellCount: [9, 9, 6, 12], activity: [0, 0, 0, 0] } };
    expect(decided(at(14, 10), {}, late)).toMatchObject({ kind: 'wait', opensAt: at(20) });
    expect(decided(at(14, 10), { classes: [0, 3] }, late)).toMatchObject({ kind: 'admit', reason: 'level_window' });
  });
  it('who was not admitted today enters in the evening, who was waits', () => {
    expect(decided(at(20, 30))).toMatchObject({ kind: 'admit', reason: 'catch_up', until: at(22, 10) });
    expect(decided(at(20, 30), { isAdmittedToday: true })).toMatchObject({ kind: 'wait', reason: 'quota_empty' });
  });
  it('outside the window takes from the walk-in quota, of which a part is kept for those not admitted today', () => {
    const quota = { walkInCount: 1, keptCount: 1 };
    expect(decided(at(8), {}, {}, quota)).toMatchObject({ kind: 'admit', reason: 'walk_in', spends: 'walk_in' });
    expect(decided(at(8), { isAdmittedToday: true }, {}, quota).kind).toBe('wait');
  });
  it('who only chose a class takes from the quota even inside its window', () => {
    expect(decided(at(10), { knownBy: 4 })).toMatchObject({ kind: 'wait', reason: 'quota_empty', opensAt: 0 });
    expect(decided(at(10), { knownBy: 4 }, {}, { walkInCount: 1 })).toMatchObject({
      reason: 'walk_in',
      spends: 'walk_in',
    });
  });
  it('with an urgent pass takes from its own quota', () => {
    expect(decided(at(8), { wantsUrgentPass: true }, {}, { urgentCount: 1 })).toMatchObject({
      reason: 'urgent_pass',
      spends: 'urgent',
    });
    expect(decided(at(8), {}, {}, { urgentCount: 1 }).ways & WAY.urgentPass).not.toBe(0);
  });
  it('in an exam is let in at any time', () => {
    const exemptions = [{ classIndex: 0, establishmentIndex: 0, startsAt: at(8), endsAt: at(9) }];
    expect(decided(at(8), {}, { exemptions })).toMatchObject({ reason: 'exempt', until: at(9) });
    expect(decided(at(8), { classes: [1] }, { exemptions }).kind).toBe('wait');
  });
  it('of whom nothing is known is asked for the class, and never left without a way', () => {
    const nobody = { profile: UNKNOWN, classes: [], knownBy: 5 };
    const { kind, reason, ways } = decided(at(8), nobody);
    expect({ kind, reason, ways }).toEqual({
      kind: 'refuse',
      reason: 'class_unknown',
      ways: WAY.staticWork | WAY.telephone | WAY.chooseClass | WAY.comeBack,
    });
  });
  it('is bound on the days of a campaign only', () => {
    expect(decided(at(27))).toMatchObject({ kind: 'admit', reason: 'not_bound' });
  });
});

describe('relatives', () => {
  it('have the windows of the establishment, those of the youngest the windows of the class', () => {
    expect(decided(at(9, 50), { profile: RELATIVE }).opensAt).toBe(at(17, 55));
    expect(decided(at(18, 30), { profile: RELATIVE })).toMatchObject({ kind: 'admit', reason: 'window' });
    expect(decided(at(11, 10), { profile: RELATIVE, classes: [2] })).toMatchObject({ kind: 'admit', reason: 'window' });
  });
  it('wait where a rule defers them, but for those of the youngest', () => {
    const rules = [{ ...RULE, relativesWaitUntil: at(19) }];
    expect(decided(at(18, 30), { profile: RELATIVE }, { rules })).toMatchObject({
      kind: 'wait',
      reason: 'relatives_wait',
      opensAt: at(19),
    });
    expect(decided(at(11, 10), { profile: RELATIVE, classes: [2] }, { rules }).kind).toBe('admit');
    // of whom only the school is known: it has a nursery class, unless the levels say that the child is older
    const bySchool = { profile: RELATIVE, classes: [], establishments: [0] };
    expect(decided(at(18, 30), bySchool, { rules })).toMatchObject({ kind: 'admit', reason: 'window' });
    expect(decided(at(18, 30), { ...bySchool, levels: 1 }, { rules }).kind).toBe('admit');
    expect(decided(at(18, 30), { ...bySchool, levels: 2 }, { rules }).reason).toBe('relatives_wait');
    expect(decided(at(18, 30), { ...bySchool, classes: [0] }, { rules }).reason).toBe('relatives_wait');
    const older = { classes: { ...CONTENT.classes, hasParentAccounts: [0, 0, 0, 0] } };
    expect(decided(at(18, 30), bySchool, { ...older, rules }).reason).toBe('relatives_wait');
    // where the school gives them no windows nothing binds them, and they wait all the same
    const establishments = { ...CONTENT.establishments, relativesCampaigns: [0] };
    const unbound = { profile: RELATIVE, classes: [0] };
    expect(decided(at(12), unbound, { establishments })).toMatchObject({ kind: 'admit', reason: 'not_bound' });
    expect(decided(at(12), unbound, { establishments, rules })).toMatchObject({
      kind: 'wait',
      reason: 'relatives_wait',
      opensAt: at(19),
    });
  });
});

describe('the gate itself', () => {
  it('never stops staff nor a running session', () => {
    expect(decided(at(3), { profile: STAFF, classes: [] })).toMatchObject({
      kind: 'admit',
      reason: 'staff',
      until: at(5),
    });
    expect(decided(at(3), { hasSession: true })).toMatchObject({ kind: 'admit', reason: 'session' });
  });
  it('switches heavy features off and shortens idle sessions where a rule says so', () => {
    const rules = [{ ...RULE, featuresOff: 2, idleMinutes: 5 }];
    expect(decided(at(10), { feature: 1 }, { rules })).toMatchObject({ kind: 'refuse', reason: 'feature_off' });
    expect(decided(at(10), { feature: 0 }, { rules })).toMatchObject({ kind: 'admit', idleMinutes: 5 });
  });
  it('lets only live windows in where a rule says so', () => {
    const rules = [{ ...RULE, isLiveOnly: true }];
    expect(decided(at(10), {}, { rules })).toMatchObject({ kind: 'wait', reason: 'live_only', opensAt: at(13, 55) });
    expect(decided(at(14), {}, { rules })).toMatchObject({ kind: 'admit', reason: 'window' });
  });
  it('lets whom nothing binds wait for the end of such a rule, unless a window of theirs is live, an exam or their work lets them in', () => {
    const free = { rules: [{ ...RULE, isLiveOnly: true, endsAt: at(12) }], campaigns: [] };
    const quota = { walkInCount: 5 };
    expect(decided(at(10), {}, free, quota)).toMatchObject({
      kind: 'wait',
      reason: 'live_only',
      opensAt: at(12),
      retryAt: at(12, 2) + 30,
    });
    expect(decided(at(10), { profile: RELATIVE }, free, quota)).toMatchObject({ kind: 'wait', opensAt: at(12) });
    expect(decided(at(12), {}, free)).toMatchObject({ kind: 'admit', reason: 'not_bound' });
    const exemptions = [{ classIndex: 0, establishmentIndex: 0, startsAt: at(8), endsAt: at(11) }];
    expect(decided(at(10), {}, { ...free, exemptions })).toMatchObject({ kind: 'admit', reason: 'exempt' });
    expect(decided(at(10), { profile: STAFF }, free)).toMatchObject({ kind: 'admit', reason: 'staff' });
    const long = { ...free, rules: [{ ...RULE, isLiveOnly: true }] };
    expect(decided(at(14), {}, long)).toMatchObject({ kind: 'admit', reason: 'window' });
    // the campaign that begins before the rule ends binds them then
    const soon = { ...free, campaigns: [{ days: [[at(11), at(24)] as const] }] };
    expect(decided(at(10), { classes: [1] }, soon)).toMatchObject({ kind: 'wait', reason: 'live_only', opensAt: 0 });
  });
  it('lets everybody in while it measures, and says what it would have done', () => {
    const out = emptyDecision();
    decide(gatePlanOf({ ...CONTENT, posture: 'shadow' }), VISITOR, EMPTY, at(8), out);
    expect([DECISION_KINDS[out.kind], DECISION_KINDS[out.enforcedKind], out.until]).toEqual(['admit', 'wait', at(10)]);
  });
  it('does with an old plan what the plan declared', () => {
    const late = { campaigns: [{ days: [[at(0), at(96)] as const] }] };
    expect(decided(at(31), {}, late)).toMatchObject({ kind: 'admit', reason: 'plan_too_old' });
    expect(decided(at(31), { profile: RELATIVE }, late).kind).toBe('wait');
    expect(decided(at(55), { profile: RELATIVE }, late)).toMatchObject({ kind: 'admit', reason: 'plan_too_old' });
  });
});

describe('a delta', () => {
  it('moves a window for the next visitor', () => {
    const plan = gatePlanOf(CONTENT);
    applyChanges(plan, [{ audience: 'pupils', ownerId: 1, removes: cell(9, 45), adds: [cell(8), 9, 0] }]);
    const out = emptyDecision();
    decide(plan, VISITOR, EMPTY, at(8), out);
    expect(DECISION_REASONS[out.reason]).toBe('window');
  });
  it('that does not fit is refused whole', () => {
    const plan = gatePlanOf(CONTENT);
    const good = { audience: 'pupils', ownerId: 1, removes: cell(9, 45), adds: null } as const;
    expect(() => applyChanges(plan, [good, { ...good, removes: cell(9, 50) }])).toThrow(BundleInvalid);
    expect(() => applyChanges(plan, [good, { ...good, ownerId: 99 }])).toThrow(BundleInvalid);
    const out = emptyDecision();
    decide(plan, VISITOR, EMPTY, at(9, 45), out);
    expect(DECISION_REASONS[out.reason]).toBe('window');
  });
});

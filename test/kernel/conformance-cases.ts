import type { BundleChange, BundleContent, BundleRule } from '../../src/kernel/decision/bundle-content';
import type { QuotaLeft } from '../../src/kernel/decision/visitor';
import type { KitDecision, KitVisitor } from './conformance-answer';

/** 1 December 2025, midnight in Paris: an ordinary Monday. Clocks below are those of Paris. */
const MIDNIGHT = 1_764_543_600;
const at = (hours: number, minutes = 0): number => MIDNIGHT + hours * 3600 + minutes * 60;
const cell = (hours: number, minutes = 0): number => at(hours, minutes) / 300;

const RULE: BundleRule = {
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

/**
 * A collège in Paris time (6A at 9:45 for 45 minutes and live at 14:00 for 30, 6B at 10:30, a nursery class at 11:00, 6C without
 * windows, relatives at 18:00 for an hour) and a school in Guadeloupe (6A at 15:00, a class that no campaign binds). Catch-up 20-22 h.
 */
const ORDINARY: BundleContent = {
  format: 'etale-bundle/1',
  platformId: 1,
  epoch: 1,
  revision: 7,
  issuedAt: at(0),
  staleAfter: at(30),
  expiresAt: at(40),
  whenStale: 'open_to_pupils_and_staff',
  whenExpired: 'advise',
  posture: 'enforced',
  firstCell: cell(0),
  endCell: cell(48),
  entrySpreadSeconds: 300,
  openPassSeconds: 7200,
  idleMinutes: 20,
  quotas: { walkInPerCell: 10, keptPerCell: 5, urgentPerCell: 2 },
  features: ['news', 'video'],
  departments: ['59', '971'],
  zones: [
    { name: 'Europe/Paris', midnights: [at(0), at(24), at(48)] },
    { name: 'America/Guadeloupe', midnights: [at(-19), at(5), at(29), at(53)] },
  ],
  campaigns: [
    {
      days: [
        [at(0), at(48)],
        [at(5), at(53)],
      ],
    },
  ],
  catchUps: [{ zone: 0, startCell: cell(20), endCell: cell(22) }],
  establishments: {
    id: [50, 51],
    uai: ['9900002X', '9900003Y'],
    structure: ['77', '78'],
    name: ['Collège des Embruns', 'École du Port'],
    telephone: ['03 20 00 00 00', ''],
    department: [0, 1],
    zone: [0, 1],
    relativesCampaigns: [1, 0],
  },
  classes: {
    id: [1, 2, 3, 4, 5, 6],
    establishment: [0, 0, 0, 0, 1, 1],
    name: ['6A', '6B', 'PS', '6C', '6A', 'CP'],
    levels: [2, 2, 1, 2, 2, 4],
    hasParentAccounts: [0, 0, 1, 0, 0, 0],
    campaigns: [1, 1, 1, 1, 1, 0],
  },
  windows: {
    count: [2, 1, 1, 0, 1, 0, 1, 0, 0, 0],
    gap: [cell(9, 45), cell(14) - cell(9, 45) + cell(0), cell(10, 30), cell(11), cell(15), cell(18)].map(
      (c) => c - cell(0),
    ),
    cellCount: [9, 6, 9, 6, 6, 12],
    activity: [0, 1, 0, 0, 0, 0],
  },
  exemptions: [],
  rules: [],
};

export const KIT_BUNDLES = {
  ordinary: ORDINARY,
  shadow: { ...ORDINARY, posture: 'shadow' },
  advised: { ...ORDINARY, posture: 'advised' },
  'aged, reused': { ...ORDINARY, whenStale: 'reuse', whenExpired: 'open_to_pupils_and_staff' },
  exams: {
    ...ORDINARY,
    exemptions: [
      { classIndex: 0, establishmentIndex: 0, startsAt: at(8), endsAt: at(9) },
      { classIndex: -1, establishmentIndex: 1, startsAt: at(8), endsAt: at(12) },
    ],
  },
  'relatives wait': { ...ORDINARY, rules: [{ ...RULE, relativesWaitUntil: at(19) }] },
  'relatives in the evening': {
    ...ORDINARY,
    rules: [
      {
        ...RULE,
        relativesWaitUntil: at(24),
        relativesHours: [
          { zone: 0, from: at(17), to: at(22) },
          { zone: 1, from: at(22), to: at(24) },
        ],
      },
    ],
  },
  'live only': { ...ORDINARY, rules: [{ ...RULE, isLiveOnly: true }] },
  'live only, until noon': { ...ORDINARY, rules: [{ ...RULE, isLiveOnly: true, endsAt: at(12) }] },
  'features off': {
    ...ORDINARY,
    rules: [
      { ...RULE, featuresOff: 2, idleMinutes: 5 },
      { ...RULE, id: 2, idleMinutes: 10 },
    ],
  },
  'half of the walk-ins, in one department': {
    ...ORDINARY,
    rules: [{ ...RULE, walkInPerMille: 500, scope: { departments: [0], profiles: [0] } }],
  },
} satisfies Record<string, BundleContent>;

export const PUPIL_OF_6A: KitVisitor = {
  profile: 'pupil',
  classes: [1],
  establishments: [],
  levels: [],
  knownBy: 'signed_header',
  isAdmittedToday: false,
  hasSession: false,
  wantsUrgentPass: false,
  feature: null,
  draw: 2 ** 31,
};
export const EMPTY: QuotaLeft = { walkInCount: 0, walkInWholeCount: 0, keptCount: 0, urgentCount: 0 };

const NOBODY: Partial<KitVisitor> = { profile: 'unknown', classes: [], knownBy: 'nothing' };
const RELATIVE: Partial<KitVisitor> = { profile: 'relative' };
const ADMIT = { kind: 'admit', enforcedKind: 'admit', retryAt: null, ways: [] };
const WAIT = { kind: 'wait', enforcedKind: 'wait', until: null };
const REFUSE = { kind: 'refuse', enforcedKind: 'refuse', until: null };
const OUTSIDE = { ...WAIT, reason: 'outside_window' };

/** A case as it is written down by hand: what is not said is as for a pupil of 6A with empty quotas. */
interface WrittenCase {
  says: string;
  now: number;
  bundle?: keyof typeof KIT_BUNDLES;
  visitor?: Partial<KitVisitor>;
  quota?: Partial<QuotaLeft>;
  changes?: BundleChange[];
  /** What must come out; the rest of the decision is filled in by the kernel. */
  expected: Partial<KitDecision>;
}

/** What the protocol promises, one sentence a case. */
// oxfmt-ignore
export const CASES: readonly WrittenCase[] = [
  { says: 'a second before the lead: waits for the own opening', now: at(9, 40) - 1, expected: { ...OUTSIDE, opensAt: at(9, 40), retryAt: at(9, 42) + 30, ways: ['staticWork', 'telephone', 'comeBack'] } },
  { says: 'five minutes before the start: enters, until ten minutes after the end', now: at(9, 40), expected: { ...ADMIT, reason: 'window', until: at(10, 40) } },
  { says: 'the last second of the window: enters', now: at(10, 30) - 1, expected: { ...ADMIT, reason: 'window', until: at(10, 40) } },
  { says: 'the end of the window is outside it: waits for the next one', now: at(10, 30), expected: { ...OUTSIDE, opensAt: at(13, 55) } },
  { says: 'the draw 0 comes back at the opening itself', now: at(8), visitor: { draw: 0 }, expected: { ...OUTSIDE, retryAt: at(9, 40) } },
  { says: 'the greatest draw comes back within the spread', now: at(8), visitor: { draw: 2 ** 32 - 1 }, expected: { ...OUTSIDE, retryAt: at(9, 44) + 59 } },
  { says: 'two classes: enters by either', now: at(10, 32), visitor: { classes: [1, 2] }, expected: { ...ADMIT, reason: 'window', until: at(11, 25) } },
  { says: 'two classes: waits for the nearer one', now: at(10, 50), visitor: { classes: [1, 3] }, expected: { ...OUTSIDE, opensAt: at(10, 55) } },
  { says: 'a class without windows: those of its level at its school', now: at(10), visitor: { classes: [4] }, expected: { ...ADMIT, reason: 'level_window', until: at(10, 40) } },
  { says: 'a class without windows: never those of its level at another school', now: at(15), visitor: { classes: [4] }, expected: { ...OUTSIDE, opensAt: at(20) } },
  { says: 'a class that the plan does not know: its level at the school', now: at(10), visitor: { classes: [], establishments: [50], levels: [1] }, expected: { ...ADMIT, reason: 'level_window' } },
  { says: 'a class whose windows are over never enters by those of its level', now: at(10, 40), visitor: { isAdmittedToday: true }, changes: [{ audience: 'pupils', ownerId: 1, removes: cell(14), adds: null }], expected: { ...WAIT, reason: 'quota_empty', opensAt: null, retryAt: at(10, 43) } },
  { says: 'one child without windows, one whose windows are over: the level of the first', now: at(10, 50), visitor: { classes: [1, 4] }, expected: { ...ADMIT, reason: 'level_window', until: at(11, 25) } },
  { says: 'a delta moved the window: enters at the new hour', now: at(8), changes: [{ audience: 'pupils', ownerId: 1, removes: cell(9, 45), adds: [cell(8), 9, 0] }], expected: { ...ADMIT, reason: 'window', until: at(8, 55) } },
  { says: 'a delta moved the window: waits at the old one', now: at(9, 50), changes: [{ audience: 'pupils', ownerId: 1, removes: cell(9, 45), adds: [cell(8), 9, 0] }], expected: { ...OUTSIDE, opensAt: at(13, 55) } },
  { says: 'a delta gave relatives an hour', now: at(12), visitor: RELATIVE, changes: [{ audience: 'relatives', ownerId: 50, removes: null, adds: [cell(12), 6, 0] }], expected: { ...ADMIT, reason: 'window', until: at(12, 40) } },
  { says: 'evening: who was not admitted today enters', now: at(20, 30), expected: { ...ADMIT, reason: 'catch_up', until: at(22, 10) } },
  { says: 'evening: who was admitted today waits', now: at(20, 30), visitor: { isAdmittedToday: true }, expected: { ...WAIT, reason: 'quota_empty' } },
  { says: 'afternoon: who was not admitted waits for the evening', now: at(17), expected: { ...OUTSIDE, opensAt: at(20) } },
  { says: 'the evening of one time zone is not that of another', now: at(20, 30), visitor: { classes: [5] }, expected: { ...WAIT, reason: 'quota_empty' } },
  { says: 'a window overseas is an instant like every other', now: at(15), visitor: { classes: [5] }, expected: { ...ADMIT, reason: 'window', until: at(15, 40) } },
  { says: 'the campaign has not begun where it is still yesterday', now: at(4), visitor: { classes: [5] }, expected: { ...ADMIT, reason: 'not_bound', until: at(6) } },
  { says: 'a class that no campaign binds enters', now: at(9), visitor: { classes: [6] }, expected: { ...ADMIT, reason: 'not_bound', until: at(11) } },
  { says: 'one child bound, one not: the bound one binds', now: at(8), visitor: { classes: [1, 6] }, expected: { ...OUTSIDE, opensAt: at(9, 40) } },
  { says: 'walk-in: one place left lets in and is spent', now: at(8), quota: { walkInCount: 1 }, expected: { ...ADMIT, reason: 'walk_in', until: at(10), spends: 'walk_in' } },
  { says: 'walk-in: the kept place is for those not admitted today', now: at(8), quota: { walkInCount: 1, keptCount: 1 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'walk-in: who was admitted today leaves the kept place', now: at(8), visitor: { isAdmittedToday: true }, quota: { walkInCount: 1, keptCount: 1 }, expected: OUTSIDE },
  { says: 'walk-in: a rule leaves half of it: one of two', now: at(8), bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 2 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'walk-in: a rule leaves half of it: none of one', now: at(8), bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 1 }, expected: OUTSIDE },
  { says: 'walk-in: a rule leaves half of it: the fifth of ten is let in', now: at(8), bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 6, walkInWholeCount: 10 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'walk-in: a rule leaves half of it: five of ten are spent, and that is all', now: at(8), bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 5, walkInWholeCount: 10 }, expected: OUTSIDE },
  { says: 'walk-in: a rule leaves half of it: five of ten are spent, another department has the rest', now: at(9), visitor: { classes: [5] }, bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 5, walkInWholeCount: 10 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'walk-in: the rule of one department leaves another alone', now: at(9), visitor: { classes: [5] }, bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 1 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'walk-in: the rule of one department leaves alone who has a child in another', now: at(9), visitor: { classes: [1, 5] }, bundle: 'half of the walk-ins, in one department', quota: { walkInCount: 1 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'a chosen class inside its window: only the quota lets in', now: at(10), visitor: { knownBy: 'chosen' }, expected: { ...WAIT, reason: 'quota_empty', opensAt: null } },
  { says: 'a chosen class with quota left: enters until the drain of its window', now: at(10), visitor: { knownBy: 'chosen' }, quota: { walkInCount: 1 }, expected: { ...ADMIT, reason: 'walk_in', until: at(10, 40), spends: 'walk_in' } },
  { says: 'a chosen class that no campaign binds is not believed', now: at(9), visitor: { classes: [6], knownBy: 'chosen' }, expected: { ...WAIT, reason: 'quota_empty' } },
  { says: 'a chosen class in its exam is not believed', now: at(8, 30), bundle: 'exams', visitor: { knownBy: 'chosen' }, expected: OUTSIDE },
  { says: 'an urgent pass within its quota', now: at(8), visitor: { wantsUrgentPass: true }, quota: { urgentCount: 1 }, expected: { ...ADMIT, reason: 'urgent_pass', spends: 'urgent', until: at(10) } },
  { says: 'an urgent pass beyond its quota: waits', now: at(8), visitor: { wantsUrgentPass: true }, expected: OUTSIDE },
  { says: 'an urgent pass that may be asked for is a way left', now: at(8), quota: { urgentCount: 1 }, expected: { ...OUTSIDE, ways: ['staticWork', 'urgentPass', 'telephone', 'comeBack'] } },
  { says: 'nobody knows who: is asked for the class', now: at(8), visitor: NOBODY, expected: { ...REFUSE, reason: 'class_unknown', ways: ['staticWork', 'telephone', 'chooseClass', 'comeBack'] } },
  { says: 'nobody knows who, quota left: walks in', now: at(8), visitor: NOBODY, quota: { walkInCount: 1 }, expected: { ...ADMIT, reason: 'walk_in' } },
  { says: 'staff enter always', now: at(3), visitor: { profile: 'staff', classes: [] }, expected: { ...ADMIT, reason: 'staff', until: at(5) } },
  { says: 'a running session is never gated', now: at(3), visitor: { hasSession: true }, expected: { ...ADMIT, reason: 'session', until: at(5) } },
  { says: 'exam of a class: enters until its end', now: at(8), bundle: 'exams', expected: { ...ADMIT, reason: 'exempt', until: at(9) } },
  { says: 'exam of a class: another class waits', now: at(8), bundle: 'exams', visitor: { classes: [2] }, expected: OUTSIDE },
  { says: 'exam of a class: its end is outside', now: at(9), bundle: 'exams', expected: OUTSIDE },
  { says: 'tests of a whole school: each of its classes enters', now: at(9), bundle: 'exams', visitor: { classes: [5] }, expected: { ...ADMIT, reason: 'exempt', until: at(12) } },
  { says: 'an exam is no way in for relatives', now: at(8, 30), bundle: 'exams', visitor: RELATIVE, expected: { ...OUTSIDE, opensAt: at(17, 55) } },
  { says: 'relatives wait for the window of the school', now: at(9, 50), visitor: RELATIVE, expected: { ...OUTSIDE, opensAt: at(17, 55) } },
  { says: 'relatives enter in the window of the school', now: at(18, 30), visitor: RELATIVE, expected: { ...ADMIT, reason: 'window', until: at(19, 10) } },
  { says: 'relatives of the youngest enter in the window of the class', now: at(11, 10), visitor: { ...RELATIVE, classes: [3] }, expected: { ...ADMIT, reason: 'window', until: at(11, 40) } },
  { says: 'relatives of a school that gives them no windows are not bound', now: at(9), visitor: { ...RELATIVE, classes: [5] }, expected: { ...ADMIT, reason: 'not_bound' } },
  { says: 'relatives known by their school only', now: at(18, 30), visitor: { ...RELATIVE, classes: [], establishments: [50] }, expected: { ...ADMIT, reason: 'window' } },
  { says: 'a rule makes relatives wait, their own window open', now: at(18, 30), bundle: 'relatives wait', visitor: RELATIVE, quota: { walkInCount: 5 }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(19) } },
  { says: 'a rule makes relatives wait whom no window binds', now: at(12), bundle: 'relatives wait', visitor: { ...RELATIVE, classes: [5] }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(19) } },
  { says: 'a rule that makes relatives wait spares those of the youngest', now: at(11, 10), bundle: 'relatives wait', visitor: { ...RELATIVE, classes: [3] }, expected: { ...ADMIT, reason: 'window' } },
  { says: 'a rule that makes relatives wait spares those of a school with a nursery class, where no class was shown', now: at(18, 30), bundle: 'relatives wait', visitor: { ...RELATIVE, classes: [], establishments: [50] }, expected: { ...ADMIT, reason: 'window' } },
  { says: 'a rule makes relatives wait of a school of which an older class was shown', now: at(18, 30), bundle: 'relatives wait', visitor: { ...RELATIVE, classes: [1], establishments: [50] }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(19) } },
  { says: 'a rule makes relatives wait of a school without nursery classes', now: at(18, 30), bundle: 'relatives wait', visitor: { ...RELATIVE, classes: [], establishments: [51] }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(19) } },
  { says: 'a rule that makes relatives wait leaves pupils alone', now: at(10), bundle: 'relatives wait', expected: { ...ADMIT, reason: 'window' } },
  { says: 'relatives in the evening: before the hours whom nothing binds waits for them', now: at(12), bundle: 'relatives in the evening', visitor: { ...RELATIVE, classes: [5] }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(22) } },
  { says: 'relatives in the evening: the own window lies in the hours', now: at(12), bundle: 'relatives in the evening', visitor: RELATIVE, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(17, 55) } },
  { says: 'relatives in the evening: in the hours they are as on any day', now: at(18, 30), bundle: 'relatives in the evening', visitor: RELATIVE, expected: { ...ADMIT, reason: 'window', until: at(19, 10) } },
  { says: 'relatives in the evening: with children in two zones the later hours count', now: at(18, 30), bundle: 'relatives in the evening', visitor: { ...RELATIVE, classes: [1, 5] }, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(22) } },
  { says: 'relatives in the evening: after the hours until the step ends', now: at(22, 30), bundle: 'relatives in the evening', visitor: RELATIVE, expected: { ...WAIT, reason: 'relatives_wait', opensAt: at(24) } },
  { says: 'relatives in the evening: those of the youngest are spared', now: at(11, 10), bundle: 'relatives in the evening', visitor: { ...RELATIVE, classes: [3] }, expected: { ...ADMIT, reason: 'window' } },
  { says: 'live only: an open window waits for the next live one', now: at(10), bundle: 'live only', quota: { walkInCount: 5 }, expected: { ...WAIT, reason: 'live_only', opensAt: at(13, 55) } },
  { says: 'live only: a live window enters', now: at(14), bundle: 'live only', expected: { ...ADMIT, reason: 'window', until: at(14, 40) } },
  { says: 'live only: a class without a live window never enters by that of another', now: at(14), bundle: 'live only', visitor: { classes: [2] }, expected: { ...WAIT, reason: 'live_only', opensAt: null } },
  { says: 'live only: who is not bound waits until the step ends', now: at(9), bundle: 'live only, until noon', visitor: { classes: [6] }, quota: { walkInCount: 5 }, expected: { ...WAIT, reason: 'live_only', opensAt: at(12), retryAt: at(12, 2) + 30 } },
  { says: 'live only is over: who is not bound enters', now: at(12), bundle: 'live only, until noon', visitor: { classes: [6] }, expected: { ...ADMIT, reason: 'not_bound', until: at(14) } },
  { says: 'live only: relatives whom nothing binds wait until the step ends', now: at(9), bundle: 'live only, until noon', visitor: { ...RELATIVE, classes: [5] }, expected: { ...WAIT, reason: 'live_only', opensAt: at(12) } },
  { says: 'live only: whoever works there enters', now: at(9), bundle: 'live only, until noon', visitor: { profile: 'staff', classes: [6] }, expected: { ...ADMIT, reason: 'staff' } },
  { says: 'a feature that is off is refused, within the window too', now: at(10), bundle: 'features off', visitor: { feature: 'video' }, expected: { ...REFUSE, reason: 'feature_off', featuresOff: ['video'], idleMinutes: 5 } },
  { says: 'a feature that is off is refused to running sessions and staff too', now: at(10), bundle: 'features off', visitor: { feature: 'video', hasSession: true, profile: 'staff' }, expected: { ...REFUSE, reason: 'feature_off' } },
  { says: 'another feature: enters, told what is off and the shorter idle time', now: at(10), bundle: 'features off', visitor: { feature: 'news' }, expected: { ...ADMIT, reason: 'window', featuresOff: ['video'], idleMinutes: 5 } },
  { says: 'shadow: lets in, and says what would have been decided', now: at(8), bundle: 'shadow', expected: { kind: 'admit', enforcedKind: 'wait', reason: 'outside_window', until: at(10), opensAt: at(9, 40) } },
  { says: 'advised: the same', now: at(8), bundle: 'advised', expected: { kind: 'admit', enforcedKind: 'wait', reason: 'outside_window', until: at(10), opensAt: at(9, 40) } },
  { says: 'stale, open to pupils and staff: a pupil enters', now: at(31), expected: { ...ADMIT, reason: 'plan_too_old', until: at(33) } },
  { says: 'stale, open to pupils and staff: relatives are still bound', now: at(31), visitor: RELATIVE, expected: { ...WAIT, reason: 'quota_empty', opensAt: null } },
  { says: 'expired, advise: everybody enters', now: at(41), visitor: RELATIVE, expected: { ...ADMIT, reason: 'plan_too_old' } },
  { says: 'stale, reused: windows bind as before', now: at(31), bundle: 'aged, reused', visitor: { isAdmittedToday: true }, expected: { ...WAIT, reason: 'quota_empty' } },
  { says: 'expired, open to pupils and staff', now: at(41), bundle: 'aged, reused', expected: { ...ADMIT, reason: 'plan_too_old' } },
];

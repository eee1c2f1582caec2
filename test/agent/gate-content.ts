import type { BundleContent, BundleRule } from '../../src/kernel/decision/bundle-content';

/** 1 December 2025, midnight in Paris: an ordinary Monday. */
export const MIDNIGHT = 1_764_543_600;
export const at = (hours: number, minutes = 0): number => MIDNIGHT + hours * 3600 + minutes * 60;
export const cell = (hours: number, minutes = 0): number => at(hours, minutes) / 300;

/** One collège: 6e A at 9:45, 6e B at 10:30, relatives at 18:00; a school of another department without windows; catch-up 20-22 h. */
export const gateContent = (changed: Partial<BundleContent> = {}): BundleContent => ({
  format: 'etale-bundle/1',
  platformId: 1,
  epoch: 1,
  revision: 7,
  issuedAt: at(0),
  staleAfter: at(72),
  expiresAt: at(96),
  whenStale: 'open_to_pupils_and_staff',
  whenExpired: 'advise',
  posture: 'enforced',
  firstCell: cell(0),
  endCell: cell(24),
  entrySpreadSeconds: 300,
  openPassSeconds: 7200,
  idleMinutes: 20,
  quotas: { walkInPerCell: 0, keptPerCell: 0, urgentPerCell: 1 },
  features: ['news', 'video'],
  departments: ['59', '62'],
  zones: [{ name: 'Europe/Paris', midnights: [at(0), at(24), at(48)] }],
  campaigns: [{ days: [[at(0), at(24)]] }],
  catchUps: [{ zone: 0, startCell: cell(20), endCell: cell(22) }],
  establishments: {
    id: [50, 51],
    uai: ['9900002X', '9900003Y'],
    structure: ['77', ''],
    name: ['Collège des Embruns', 'École du Port'],
    telephone: ['03 20 00 00 00', ''],
    department: [0, 1],
    zone: [0, 0],
    relativesCampaigns: [1, 0],
  },
  classes: {
    id: [11, 12, 13],
    establishment: [0, 0, 1],
    name: ['6e A', '6e B', 'CP'],
    levels: [2, 8, 4],
    hasParentAccounts: [0, 0, 0],
    campaigns: [1, 1, 0],
  },
  windows: {
    count: [1, 1, 0, 1, 0, 0, 0],
    gap: [cell(9, 45) - cell(0), cell(10, 30) - cell(0), cell(18) - cell(0)],
    cellCount: [9, 9, 12],
    activity: [0, 0, 0],
  },
  exemptions: [],
  rules: [],
  ...changed,
});

/** A step in force for everybody, all day, that changes nothing but what the test says. */
export const stepOf = (changed: Partial<BundleRule>): BundleRule => ({
  id: 1,
  startsAt: at(0),
  endsAt: at(24),
  scope: { departments: [], profiles: [] },
  relativesWaitUntil: null,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleMinutes: null,
  featuresOff: 0,
  ...changed,
});

/** So many walk-in places of five minutes, of which so many are kept for those not admitted today, and no urgent pass. */
export const walkIns = (walkInPerCell: number, keptPerCell = 0): BundleContent['quotas'] => ({
  walkInPerCell,
  keptPerCell,
  urgentPerCell: 0,
});

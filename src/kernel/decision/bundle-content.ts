/** What a gateway does with visitors: `shadow` measures and lets everybody in, `advised` lets in and tells, `enforced` decides. */
export const POSTURES = ['shadow', 'advised', 'enforced'] as const;
export type Posture = (typeof POSTURES)[number];

/** What a gateway does with a plan that has grown old: go on with it, only advise, or let in all but relatives. */
export const AGED_BEHAVIOURS = ['reuse', 'advise', 'open_to_pupils_and_staff'] as const;
export type AgedBehaviour = (typeof AGED_BEHAVIOURS)[number];

/** A window as a bundle holds it: absolute start cell, length in cells, index into ACTIVITIES (0 open, 1 live). */
export type BundleWindow = readonly [startCell: number, cellCount: number, activity: number];

/**
 * Whom a protection rule concerns; an empty list, or nothing, means everybody of that kind. Of several children or schools all
 * must be concerned: a rule of one department leaves alone who has a child in another.
 */
export interface RuleScope {
  /** Indices into `departments`. */
  departments: readonly number[];
  /** Indices into VISITOR_PROFILES. */
  profiles: readonly number[];
  /** Indices into `kinds`. */
  kinds?: readonly number[];
  /** Bit k set: classes of level k. */
  levels?: number;
}

/** Hours of one day in which a rule that defers relatives lets them be (Unix seconds, half open). */
export interface RelativesHours {
  /** Index into `zones`. */
  zone: number;
  from: number;
  to: number;
}

/** One protection step in force from `startsAt` until `endsAt` (Unix seconds, half open). */
export interface BundleRule {
  id: number;
  startsAt: number;
  endsAt: number;
  scope: RuleScope;
  /** Relatives who have no class window wait until then (Unix seconds) ... */
  relativesWaitUntil: number | null;
  /** ... but for these hours, by the zone of their school. A gateway that does not know them keeps relatives waiting. */
  relativesHours?: readonly RelativesHours[];
  /** Only live windows, exemptions and staff are let in. */
  isLiveOnly: boolean;
  /** What is left of the walk-in quota, per mille. */
  walkInPerMille: number;
  /** Minutes after which an idle session ends, where the rule shortens it. */
  idleMinutes: number | null;
  /** Bit k set: feature k of `features` is off. */
  featuresOff: number;
  /** What those concerned are told. */
  words?: { fr: string; en: string };
}

/** A class or a whole establishment that is let in at any time of a range: exams, tests. */
export interface BundleExemption {
  /** Index of a class, or -1 for the whole establishment. */
  classIndex: number;
  establishmentIndex: number;
  startsAt: number;
  endsAt: number;
}

/**
 * The whole plan of a platform for some days, in plain columns, one entry a row of the thing that they describe; it travels
 * packed (`packed-bundle.ts`). Instants are Unix seconds, cells are Unix seconds / 300. No person is in it.
 */
export interface BundleContent {
  format: 'etale-bundle/1';
  platformId: number;
  epoch: number;
  revision: number;
  issuedAt: number;
  /** From here on the plan counts as old: `whenStale` holds. */
  staleAfter: number;
  /** From here on `whenExpired` holds. */
  expiresAt: number;
  whenStale: AgedBehaviour;
  whenExpired: AgedBehaviour;
  posture: Posture;
  /** Every window that starts in [firstCell, endCell) is here. */
  firstCell: number;
  endCell: number;
  /** Those who wait for an opening come back spread over this long after it. */
  entrySpreadSeconds: number;
  /** How long an admission lasts that no window ends. */
  openPassSeconds: number;
  idleMinutes: number;
  /** Whom one agent lets in within five minutes outside every window. */
  quotas: {
    walkInPerCell: number;
    /** The part of it that is kept for those who were not admitted today. */
    keptPerCell: number;
    urgentPerCell: number;
  };
  /** Names of what may be switched off at the ENT. */
  features: readonly string[];
  departments: readonly string[];
  /** Kinds of establishments; without them no rule tells kinds apart. */
  kinds?: readonly string[];
  /** Local midnights (Unix seconds, ascending, one more than there are days) from the day of firstCell on. */
  zones: readonly { name: string; midnights: readonly number[] }[];
  /** Who is bound by windows, and when: one bit of `campaigns` columns each; days are those of each zone, half open. */
  campaigns: readonly { days: readonly (readonly [from: number, to: number])[] }[];
  /** Evening hours in which whoever was not admitted on the day may enter, in cells, by zone. */
  catchUps: readonly { zone: number; startCell: number; endCell: number }[];
  establishments: {
    id: readonly number[];
    uai: readonly string[];
    /** What the ENT calls it; empty where no mapping was imported. */
    structure: readonly string[];
    name: readonly string[];
    telephone: readonly string[];
    department: readonly number[];
    kind?: readonly number[];
    zone: readonly number[];
    /** Bits of the campaigns that give its relatives windows. */
    relativesCampaigns: readonly number[];
  };
  classes: {
    id: readonly number[];
    /** Ascending: the classes of an establishment stand together. */
    establishment: readonly number[];
    /** The right side of the ENT's class key, or the code. */
    name: readonly string[];
    /** Bit k set: a class of level k. */
    levels: readonly number[];
    /** 1 where pupils come through their parents' accounts: relatives enter in the class window. */
    hasParentAccounts: readonly number[];
    /** Bits of the campaigns that concern it. */
    campaigns: readonly number[];
  };
  /**
   * Windows of each owner in order of start: first the classes, then the establishments for their relatives, then the
   * establishments for their staff (advice only). `gap` counts cells from the owner's window before, from firstCell for the first.
   */
  windows: {
    count: readonly number[];
    gap: readonly number[];
    cellCount: readonly number[];
    activity: readonly number[];
  };
  exemptions: readonly BundleExemption[];
  rules: readonly BundleRule[];
  /** Without it there is no waiting room: nobody knows what the plan leaves. */
  room?: BundleRoom;
}

/** What the published windows leave of a platform, by cell from `firstCell` on, in whole log-ins and sessions: what the waiting room serves. */
export interface BundleRoom {
  logins: readonly number[];
  sessions: readonly number[];
  /** For so many cells an admission from the room counts as a session. */
  stayCells: number;
}

/** What a delta leaves in one cell: log-ins, sessions. */
export type BundleRoomChange = readonly [cell: number, logins: number, sessions: number];

/** A rule as a delta carries it: by names, so that it means the same whatever bundle it is applied to. */
export interface NamedRule extends Omit<BundleRule, 'scope' | 'featuresOff' | 'relativesHours'> {
  /** The hours of relatives, by names of zones. */
  relativesHours?: readonly (Omit<RelativesHours, 'zone'> & { zone: string })[];
  scope: {
    departments: readonly string[];
    profiles: readonly string[];
    kinds: readonly string[];
    /** Bit k set: classes of level k; 0 for all. */
    levels: number;
  };
  featuresOff: readonly string[];
}

/** What a delta says of one owner: its window that starts at `removes` is gone, `adds` is new. A move is both. */
export interface BundleChange {
  audience: 'pupils' | 'relatives' | 'staff';
  /** Id of the class for pupils, of the establishment otherwise. */
  ownerId: number;
  removes: number | null;
  adds: BundleWindow | null;
}

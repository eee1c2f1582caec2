import type { AgedBehaviour, Posture } from '../kernel/decision/bundle-content';

/** A class, or a whole establishment, that enters at any time of a stretch: exams and tests. */
export interface Exemption {
  establishmentId: number;
  /** Null for the whole establishment. */
  classId: number | null;
  startsAt: string;
  endsAt: string;
  reason: 'exam' | 'test';
}

/** What an operator says of the gateways of a platform. */
export interface GatewaySettings {
  posture: Posture;
  staleAfterMinutes: number;
  expiresAfterMinutes: number;
  whenStale: AgedBehaviour;
  whenExpired: AgedBehaviour;
  /** Those who wait for an opening come back spread over this long. */
  entrySpreadSeconds: number;
  /** How long an admission lasts that no window ends. */
  openPassSeconds: number;
  idleMinutes: number;
  features: string[];
  /** Visitors outside their window that one agent admits in five minutes ... */
  walkInPerCell: number;
  /** ... of whom this many places are kept for those who were not admitted today. */
  keptPerCell: number;
  urgentPerCell: number;
  exemptions: Exemption[];
}

/** A gateway begins by measuring: nobody is refused before an operator says so. */
export const DEFAULT_SETTINGS: Readonly<GatewaySettings> = Object.freeze({
  posture: 'shadow',
  staleAfterMinutes: 60,
  expiresAfterMinutes: 24 * 60,
  whenStale: 'reuse',
  whenExpired: 'open_to_pupils_and_staff',
  entrySpreadSeconds: 180,
  openPassSeconds: 7200,
  idleMinutes: 20,
  features: [],
  walkInPerCell: 100,
  keptPerCell: 50,
  urgentPerCell: 20,
  exemptions: [],
});

/** What the server prescribes to gateways, in seconds. */
export const INTERVALS = Object.freeze({
  pollSeconds: 5,
  pollJitterSeconds: 2,
  retrySeconds: 5,
  retryJitterSeconds: 10,
  fetchWithinSeconds: 20,
});
/** At most five deltas a second. */
export const DELTA_MILLISECONDS = 200;
/** A whole bundle is built at most once a minute. */
export const BUNDLE_MILLISECONDS = 60_000;
/** Deltas that are kept. */
export const HISTORY_COUNT = 2000;
/** Days that a bundle covers, today included. */
export const BUNDLE_DAYS = 8;
/** Below this many people nothing is shown. */
export const LEAST_SHOWN = 5;
/** Days for which counts of classes and windows are kept. */
export const CLASS_GRAIN_DAYS = 14;

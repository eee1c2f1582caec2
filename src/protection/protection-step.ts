import type { EstablishmentKind } from '../directory/directory-rows';
import type { Level } from '../directory/level';

/** Whom a step can concern; the words of VISITOR_PROFILES for those that the gate knows. */
export const STEP_PROFILES = ['pupil', 'relative', 'staff'] as const;
export type StepProfile = (typeof STEP_PROFILES)[number];

/** Whom a step concerns: all four at once; an empty list means everybody of it. */
export interface StepScope {
  /** Codes of regions, academies and departments. */
  territories: readonly string[];
  establishmentKinds: readonly EstablishmentKind[];
  levels: readonly Level[];
  profiles: readonly StepProfile[];
}

/** Hours of each day in which relatives come who are deferred, by the clock of their school: `17:00` to `22:00`. */
export interface RelativesHours {
  from: string;
  to: string;
}

/** What a step does while it is in force. */
export interface StepMeasures {
  /** Relatives who have no class window wait until it ends ... */
  defersRelatives: boolean;
  /** ... or, where these are stated, until these hours of each day. */
  relativesHours: RelativesHours | null;
  /** Only live windows, exams and those who work there. */
  isLiveOnly: boolean;
  /** What is left of the walk-in quota, per mille; 1000 leaves it alone. */
  walkInPerMille: number;
  /** Minutes after which an idle session ends; null leaves them alone. */
  idleMinutes: number | null;
  /** Names of features of the ENT that are off: news feed, thumbnails, video. */
  featuresOff: readonly string[];
  /** What is left of both capacities, per mille; 1000 leaves them alone. */
  capacityPerMille: number;
}

import type { Activity, Audience } from '../campaign/window-kind';
import type { LevelGroup } from '../directory/level';
import type { DayEstimate, Estimate } from '../kernel/calibration/ratio';

/** What was found of one kind of window; null where too few came, or the counts do not say. */
export interface FoundBehaviour {
  audience: Audience;
  levelGroup: LevelGroup | null;
  activity: Activity;
  /** Visitors of the days' first windows, in them or at another time. */
  visitorCount: number;
  establishmentCount: number;
  /** Share of the headcount that came. */
  participation: Estimate | null;
  /** Share of those who came that came in the window. */
  adherence: Estimate | null;
  /** Share that comes in each five minutes, from those before the start on. */
  arrivals: Estimate[] | null;
  /** Mean time from the admission to the last page, as gateways watched it; windows that are stayed in to the end too. */
  stayMinutes: Estimate | null;
}

/** Fewer say too little to change what a region plans with. */
export const LEAST_VISITORS = 200;
export const LEAST_ESTABLISHMENTS = 5;

export const CALIBRATED_BY = ['kind', 'level', 'hour', 'activity'] as const;

/** The same for the establishments of a kind, the classes of a level, the windows of an hour or of an activity. */
export interface FoundGroup {
  by: (typeof CALIBRATED_BY)[number];
  key: string;
  visitorCount: number;
  establishmentCount: number;
  participation: Estimate | null;
  adherence: Estimate | null;
  /** As of a behaviour, over all kinds of windows of the group. */
  arrivals: Estimate[] | null;
  stayMinutes: Estimate | null;
  /** Visits of relatives on a day, per pupil; null for levels, whose relatives have no windows of their own. */
  relativesPerPupil: Estimate | null;
}

/** How long visits last, from sessions and log-ins of the whole platform. */
export interface FoundStay {
  /** Factor on the stay of visits that no window ends: the present one, or, where gateways watched it, what they found. */
  stretch: DayEstimate;
  /** Of those who leave, the share that logs out. */
  logOut: DayEstimate;
  /** What the sessions differ from those explained, root mean square against their mean. */
  residualRatio: number;
  measuredDayCount: number;
}

/** Everything that a calibration found. */
export interface CalibrationFindings {
  visitorCount: number;
  establishmentCount: number;
  /** Establishments with windows of which no gateway counted anything. */
  silentEstablishmentCount: number;
  behaviours: FoundBehaviour[];
  groups: FoundGroup[];
  stay: FoundStay | null;
  /** Visits of relatives on a day, per pupil. */
  relativesPerPupil: Estimate | null;
}

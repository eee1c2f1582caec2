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
}

export const CALIBRATED_BY = ['kind', 'level', 'hour', 'activity'] as const;

/** The same for the establishments of a kind, the classes of a level, the windows of an hour or of an activity. */
export interface FoundGroup {
  by: (typeof CALIBRATED_BY)[number];
  key: string;
  visitorCount: number;
  establishmentCount: number;
  participation: Estimate | null;
  adherence: Estimate | null;
}

/** How long visits last, from sessions and log-ins of the whole platform. */
export interface FoundStay {
  /** Factor on the present stay of visits that no window ends. */
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

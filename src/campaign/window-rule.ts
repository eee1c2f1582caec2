import type { Level, LevelGroup } from '../directory/level';
import type { LoadParameters } from '../kernel/load/profile';
import type { Activity, Audience } from './window-kind';

/** Local hours in which windows may lie, on the weekdays named; a rule holds several. Half open, in whole five minutes. */
export interface AllowedHours {
  /** Monday = 1 ... Sunday = 7. */
  weekdays: number[];
  /** `08:30` */
  from: string;
  /** `12:15`, at most `24:00` */
  to: string;
}

/**
 * What one audience of some levels is given. A class follows the rule of its oldest level, else of its level group, else
 * the one that names neither. Exactly one of windowsPerDay and windowsPerWeek is set.
 */
export interface WindowRule {
  audience: Audience;
  /** Level groups that it holds for; empty with empty `levels` means all. Both empty for relatives and staff. */
  levelGroups: LevelGroup[];
  levels: Level[];
  activity: Activity;
  windowMinutes: number;
  windowsPerDay: number | null;
  /** On a day of which the establishment opens only one half. */
  windowsPerHalfDay: number | null;
  windowsPerWeek: number | null;
  /** Between two windows of one class on a day. */
  minimumGapMinutes: number;
  hours: AllowedHours[];
}

/** Evening hours for those who could not come in their window, and the load that is kept for them. */
export interface CatchUp {
  /** Local time, on every open day. */
  from: string;
  to: string;
  /** Share of the day's expected visitors who come back in the evening. */
  missedPerMille: number;
}

/** How the visitors of one kind of window behave. */
export interface Behaviour extends LoadParameters {
  audience: Audience;
  /** Null for relatives and staff. */
  levelGroup: LevelGroup | null;
  activity: Activity;
  /** Share of those who come that come in their window; the others come by habit. Plans reckon with all, simulations with this. */
  adherencePerMille: number;
}

/** Everything from which the load of a campaign is computed; stored whole with the campaign. */
export interface LoadModel {
  /** Accounts of relatives per thousand pupils (seen: 170 to 2,000). */
  relativeAccountsPerThousandPupils: number;
  staffPerThousandPupils: { firstDegree: number; secondDegree: number };
  /** One entry per audience, level group and activity: always complete. */
  behaviours: Behaviour[];
}

/** The rules of a campaign, as its `rules` column keeps them. */
export interface CampaignRules {
  windows: WindowRule[];
  /** Most fixed windows of an establishment, per mille of its windows over the campaign ... */
  fixedWindowsPerMille: number;
  /** ... but always this many a week. */
  fixedWindowsPerWeekLeast: number;
}

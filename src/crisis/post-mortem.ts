import type { COUNTED_PROFILES } from '../kernel/decision/visitor';
import type { Words } from '../protection/ladder.rules';
import type { ReplayAdherence } from './replay-adherence.rules';

export type VisitorProfile = (typeof COUNTED_PROFILES)[number];

/** Something that was done, or that happened by itself; no person, but what they act as. */
export interface TimelineEntry {
  at: string;
  /** An action of the audit trail, or `protection_step.begins`, `protection_step.ends`. */
  action: string;
  /** A role, or `service` for what comes by itself. */
  by: string;
  about: string;
  /** What people call it, where it has a name. */
  name?: Words;
  reason: string | null;
}

/** What became of some of the visitors of these days, as gateways counted; null where fewer than five people stand behind a figure. */
export interface CrowdCounts {
  /** Headcount x participation of what is published; null where the plan does not tell. */
  expected: number | null;
  admitted: number | null;
  deferred: number | null;
  refused: number | null;
  attempts: number | null;
}

/** One entry a cell, whole numbers; null where nobody measured. */
export interface ObservedCurves {
  sessionLimit: number[];
  loginLimit: number[];
  plannedSessions: number[];
  plannedLogins: number[];
  measuredSessions: (number | null)[];
  measuredLogins: (number | null)[];
  attempts: number[];
  admitted: number[];
  deferred: number[];
  refused: number[];
}

/** What was found of the days, once; later nobody can count it again. */
export interface PostMortemFacts {
  timeZone: string;
  firstCell: number;
  timeline: TimelineEntry[];
  curves: ObservedCurves;
  totals: CrowdCounts & { admittedInWindow: number | null };
  territories: (CrowdCounts & { territory: string })[];
  kinds: (CrowdCounts & { kind: string })[];
  profiles: (CrowdCounts & { profile: VisitorProfile })[];
  /** Of those who were let in on the replayed day and had a window on it, the share inside it; null where nobody had one. */
  adherence?: number | null;
  /** What the replay lets keep to its window, by kind and profile; absent where it was made before that was counted. */
  replayAdherences?: ReplayAdherence[];
  /** Whether an agent had an open waiting room when it was made: its pages ask, and each question is an attempt. Absent of before. */
  hasWaitingRoom?: boolean;
  /** Share that was assumed to keep to its window, per mille, where nobody measured; null on a day without windows. */
  assumedAdherencePerMille: number | null;
  /** Cells of the days in which more was planned than the limit, regulations taken off. */
  overPlannedCellCount: number;
  /** Regulations and steps that took capacity away in these days. */
  capacityCutCount: number;
  /** Minutes with errors from 5 % on while sessions and log-ins were below what is declared. */
  failingBelowCapacityMinutes: number;
  /** Minutes in which anybody measured. */
  measuredMinutes: number;
}

export const CAUSE_CODES = [
  'plan_over_limit',
  'capacity_cut',
  'platform_failed_below_capacity',
  'more_came_than_planned',
  'outside_their_windows',
  'came_again',
  'other',
] as const;
export type CauseCode = (typeof CAUSE_CODES)[number];
export const CAUSE_VERDICTS = ['ruled_out', 'contributed', 'open'] as const;
export type CauseVerdict = (typeof CAUSE_VERDICTS)[number];

/** What people say of a possible cause. */
export interface WrittenCause {
  code: CauseCode;
  verdict: CauseVerdict;
  comment: string;
}

/** A possible cause, what the figures say of it, and what people say. */
export interface Cause extends WrittenCause {
  /** The figure that speaks for the verdict, null where nothing was measured. */
  figure: number | null;
}

export const IMPROVEMENT_STATES = ['agreed', 'done', 'dropped'] as const;
export type ImprovementState = (typeof IMPROVEMENT_STATES)[number];

export interface Improvement {
  text: string;
  /** An office or a function, never a person of whom more is stored. */
  owner: string;
  dueOn: string;
  state: ImprovementState;
}

export const ASSUMPTION_NAMES = ['participation', 'adherence', 'amplification', 'peak_sessions'] as const;

/** What was assumed beside what was seen. */
export interface Assumption {
  name: (typeof ASSUMPTION_NAMES)[number];
  assumed: number;
  observed: number;
  /** observed / assumed - 1 */
  deviationRatio: number;
}

import { CELL_SECONDS } from '../cell-grid';

/** The storm is reckoned in steps of ten seconds: thirty of them are a cell. */
export const STEP_SECONDS = 10;
export const STEPS_PER_CELL = CELL_SECONDS / STEP_SECONDS;

/** Crowds are whole millionths of a visitor: sums are exact up to nine thousand million visitors, so nobody is lost by rounding. */
export const VISITOR_UNITS = 1_000_000;

export const MOST_SPREAD_SECONDS = 600;

/** What those do who are turned away, shares per mille (sum 1000) and the share that leaves for the day at each refusal. */
export interface ReturnHabits {
  /** Reload within 10 to 30 seconds, for ever. */
  impatientPerMille: number;
  /** "Come back in three minutes": within 180 to 210 seconds. */
  threeMinutesPerMille: number;
  /** At the instant that they were told: the own opening, or some minutes from now. */
  asToldPerMille: number;
  /** Programs: a delay drawn between nothing and twice the one before, from 30 to 480 seconds. */
  backOffPerMille: number;
  givesUpPerMille: number;
}

/** How long an admitted visitor stays. */
export interface Visit {
  /** Share still active k cells after the admission, per mille, not rising, from 1000; `toEnd`: until the window's end. */
  stay: 'toEnd' | readonly number[];
  /** Of those who leave, the share that logs out; the others idle until the time-out. */
  logOutPerMille: number;
}

/** A time in which a group may enter, in cells of the day, half open; the lead cell is in it already. */
export interface EntryTime {
  entryCell: number;
  endCell: number;
  isLive: boolean;
}

/** Visitors who cannot be told apart: same territory, profile, windows, habits of arrival and stay. */
export interface StormGroup {
  territory: number;
  profile: number;
  /** What steps tell apart within a territory: kinds of establishments and levels; 0 where nothing is. */
  cohort: number;
  /** Expected visitors of the day, relatives and repeated visits counted as the load model counts them. */
  visitorCount: number;
  /** Index into `arrivals`. */
  arrival: number;
  /** Index into `visits`. */
  visit: number;
  /** When they may enter; `null`: nothing binds them. */
  entryTimes: readonly EntryTime[] | null;
}

/** A protection step in force over whole cells [fromCell, toCell); an empty list of territories, profiles or cohorts means all. */
export interface StormStep {
  fromCell: number;
  toCell: number;
  territories: readonly number[];
  profiles: readonly number[];
  cohorts: readonly number[];
  /** Those concerned wait until `toCell`, bound or not. */
  isDeferred: boolean;
  /** Those concerned enter in `live` windows only. */
  isLiveOnly: boolean;
  /** Those concerned spend the walk-in quota of a cell up to this share of it only, whoever has spent what is gone. */
  walkInPerMille: number;
  /** Shortens the idle time-out of those concerned where it is not null. */
  idleSeconds: number | null;
  /** What is left of both capacities, of the whole platform whomever the step concerns. */
  capacityPerMille: number;
}

/** A day of one platform: who comes when, what it holds, what the gate says, what is done. */
export interface StormProblem {
  cellCount: number;
  territoryCount: number;
  profileCount: number;
  /** Concurrent sessions, per cell. */
  sessionLimit: Float64Array;
  /** Log-ins that a cell of five minutes takes. */
  loginLimit: Float64Array;
  /** Visitors outside their windows that the gate lets in, per cell. */
  walkInLimit: Float64Array;
  /** What a refused attempt costs the platform, per mille of a log-in; 0 where the gate stands before it. */
  refusalCostPerMille: number;
  /** Idle sessions end after it. */
  idleSeconds: number;
  /** Those who obey come in over this long after their opening. */
  entrySpreadSeconds: number;
  /** Waiting room for those who are not let in, `null` where they come again by themselves. */
  room: WaitingRoom | null;
  habits: ReturnHabits;
  /** Share of a group's visitors that comes in each cell, sum 1. */
  arrivals: readonly Float64Array[];
  visits: readonly Visit[];
  groups: readonly StormGroup[];
  steps: readonly StormStep[];
}

export interface WaitingRoom {
  /** Rank of each profile: lower ranks are served first. */
  rankOfProfile: readonly number[];
  /** The longest time between two questions of a waiting page; near the head of the line it asks more often. */
  pollSeconds: number;
  /** The shortest; absent: as the agents have it. */
  soonestPollSeconds?: number;
  /** Log-ins that the plan leaves to it in each cell, beside the walk-in quota; absent: none. */
  leftPerCell?: Float64Array;
  /** Of those who wait, the share that closes the page in a minute, per mille. */
  leavesPerMillePerMinute: number;
}

/** A storm that describes no possible day. */
export class StormProblemInvalid extends Error {
  constructor(problem: string) {
    super(`storm: ${problem}`);
    this.name = 'StormProblemInvalid';
  }
}

/** Refuses what the simulation could not mean. @throws StormProblemInvalid */
export function assertStormProblem(problem: StormProblem): void {
  const { cellCount, groups, arrivals, visits, habits, steps } = problem;
  const refuse = (text: string): never => {
    throw new StormProblemInvalid(text);
  };
  if (!Number.isInteger(cellCount) || cellCount < 1) refuse('cellCount must be a whole number of cells');
  for (const name of ['sessionLimit', 'loginLimit', 'walkInLimit'] as const) {
    const column = problem[name];
    if (column.length !== cellCount) refuse(`${name} must have one entry a cell`);
    if (!column.every((value) => Number.isFinite(value) && value >= 0)) refuse(`${name} must not be negative`);
  }
  const left = problem.room?.leftPerCell;
  if (left && (left.length !== cellCount || !left.every((value) => Number.isFinite(value) && value >= 0)))
    refuse('leftPerCell must have one entry a cell, none of them negative');
  if (problem.refusalCostPerMille < 0 || problem.refusalCostPerMille >= 1000) {
    refuse('a refusal costs less than a log-in');
  }
  if (problem.idleSeconds < 0 || problem.entrySpreadSeconds < STEP_SECONDS) refuse('times must be positive');
  if (problem.entrySpreadSeconds > MOST_SPREAD_SECONDS)
    refuse(`an opening is spread over ${MOST_SPREAD_SECONDS} s at most`);
  const shares =
    habits.impatientPerMille + habits.threeMinutesPerMille + habits.asToldPerMille + habits.backOffPerMille;
  if (shares !== 1000) refuse(`the habits sum to ${shares} per mille`);
  if (habits.givesUpPerMille < 0 || habits.givesUpPerMille > 1000) refuse('who gives up is a share per mille');
  for (const law of arrivals) {
    const sum = law.reduce((total, share) => total + share, 0);
    if (law.length !== cellCount || Math.abs(sum - 1) > 1e-9) refuse(`arrivals sum to ${sum}, not to 1`);
    if (!law.every((share) => share >= 0)) refuse('a share of arrivals is negative');
  }
  for (const { stay, logOutPerMille } of visits) {
    if (logOutPerMille < 0 || logOutPerMille > 1000) refuse('who logs out is a share per mille');
    if (stay === 'toEnd') continue;
    if (stay[0] !== 1000) refuse('a stay begins with everybody');
    if (stay.some((share, k) => share < 0 || share > (stay[k - 1] ?? 1000))) refuse('a stay must not rise');
  }
  for (const { territory, profile, visitorCount, arrival, visit, entryTimes } of groups) {
    if (!(territory >= 0 && territory < problem.territoryCount)) refuse(`unknown territory ${territory}`);
    if (!(profile >= 0 && profile < problem.profileCount)) refuse(`unknown profile ${profile}`);
    if (!Number.isFinite(visitorCount) || visitorCount < 0) refuse('a group has a negative number of visitors');
    if (!arrivals[arrival] || !visits[visit]) refuse('a group has no arrivals or no visit');
    if (entryTimes === null && visits[visit]!.stay === 'toEnd') refuse('who stays to the end has a window');
    for (const { entryCell, endCell } of entryTimes ?? []) {
      if (!(entryCell >= 0 && entryCell < endCell && endCell <= cellCount)) refuse('a window lies outside the day');
    }
  }
  for (const { fromCell, toCell, walkInPerMille, capacityPerMille, idleSeconds } of steps) {
    if (!(fromCell >= 0 && fromCell < toCell && toCell <= cellCount)) refuse('a step lies outside the day');
    for (const share of [walkInPerMille, capacityPerMille]) {
      if (!(share >= 0 && share <= 1000)) refuse('a step leaves a share per mille');
    }
    if (idleSeconds !== null && idleSeconds < 0) refuse('idle seconds are negative');
  }
}

import { CELL_MINUTES, CELLS_PER_DAY, CELLS_PER_HOUR } from '../kernel/cell-grid';
import type { ReturnHabits, StormGroup, StormProblem, StormStep } from '../kernel/simulation/storm-problem';
import { defaultLoadModel, parametersOf, behaviourOf, type DayKind } from '../campaign/load-model.rules';
import type { LevelGroup } from '../directory/level';

/** Who the simulation tells apart; the index is the kernel's. */
export const STORM_PROFILES = ['pupil', 'relative', 'staff'] as const;
export type StormProfile = (typeof STORM_PROFILES)[number];

/** Pupils of a level in a territory, with what the load model adds to them: their relatives and their teachers. */
export interface StormPopulation {
  territory: number;
  levelGroup: LevelGroup;
  level: string;
  pupilCount: number;
}

/** Hours of the day in minutes, half open. */
export interface MinuteSpan {
  fromMinute: number;
  toMinute: number;
}

/** A day told in the words of a newspaper: who was there, what the platform took, what had been said to whom. */
export interface StormDay {
  dayKind: DayKind;
  territoryCount: number;
  population: readonly StormPopulation[];
  /** Multiplies every participation of the load model: what is fitted. */
  participationRatio: number;
  /** Concurrent sessions and log-ins a minute; `null`: as many as come. */
  capacity: { sessions: number; loginsPerMinute: number } | null;
  /** Hours announced to each level; a level that is not there comes by habit. */
  announcedHours: Readonly<Record<string, MinuteSpan>>;
  /** Share of those with announced hours that keeps to them, per mille. */
  adherencePerMille: number;
  habits: ReturnHabits;
  refusalCostPerMille: number;
  steps: readonly StormStep[];
}

/**
 * Shares of a remote day's visits by hour when nothing is planned, per mille from midnight: the crowd between seven and ten
 * that the accounts of 2020 and 2021 tell of, little at noon, a second day after it. Assumed, to be calibrated from counts.
 */
const HABIT_PER_MILLE_BY_HOUR = [
  0, 0, 0, 0, 0, 0, 10, 150, 320, 180, 100, 60, 20, 40, 40, 30, 20, 10, 10, 10, 0, 0, 0, 0,
];
/** Within an hour, by cell, per mille: lessons begin on the hour, and arrivals peak in the five minutes before it. */
const HABIT_PER_MILLE_BY_CELL = [90, 75, 65, 60, 60, 65, 75, 75, 80, 90, 115, 150];

/** Of announced hours: some wait at the door, most come when it suits them; as `open` windows do. */
const SPREAD_EARLY = 0.05;
const SPREAD_FIRST = 0.15;

/** Who comes again how: assumed, to be calibrated. In April 2021 the page said to come back in some minutes. */
export const DEFAULT_RETURN_HABITS: ReturnHabits = {
  impatientPerMille: 250,
  threeMinutesPerMille: 400,
  asToldPerMille: 300,
  backOffPerMille: 50,
  givesUpPerMille: 100,
};

/**
 * On a day of remote schooling relatives come more than on an ordinary one: so many accounts per mille that they are 18 % of an
 * unplanned peak, as the first simulation of Hauts-de-France had it (418,000 of 512,000 without them).
 */
const REMOTE_RELATIVES_PER_MILLE = 230;

const IDLE_SECONDS = 1200;
const ENTRY_SPREAD_SECONDS = 300;
/** More than any crowd. */
const UNLIMITED = 1e9;

/** Arrivals of who comes by habit, by cell, sum 1. */
export function habitArrivals(): Float64Array {
  const law = new Float64Array(CELLS_PER_DAY);
  for (let cell = 0; cell < CELLS_PER_DAY; cell++) {
    const share = HABIT_PER_MILLE_BY_HOUR[Math.floor(cell / CELLS_PER_HOUR)]!;
    law[cell] = (share * HABIT_PER_MILLE_BY_CELL[cell % CELLS_PER_HOUR]!) / 1e6;
  }
  return law;
}

/** Arrivals of who keeps to announced hours, by cell, sum 1. */
export function announcedArrivals({ fromMinute, toMinute }: MinuteSpan): Float64Array {
  const law = new Float64Array(CELLS_PER_DAY);
  const from = Math.floor(fromMinute / CELL_MINUTES);
  const to = Math.floor(toMinute / CELL_MINUTES);
  law[from - 1] = SPREAD_EARLY;
  law[from] = SPREAD_FIRST;
  for (let cell = from + 1; cell < to; cell++) law[cell] = (1 - SPREAD_EARLY - SPREAD_FIRST) / (to - from - 1);
  return law;
}

/** The day as the kernel takes it. Nothing binds anybody in it but the steps: hours that were announced were not enforced. */
export function stormProblemOf(day: StormDay): StormProblem {
  const model = defaultLoadModel(day.dayKind);
  const announced = Object.entries(day.announcedHours);
  const arrivals = [habitArrivals(), ...announced.map(([, hours]) => announcedArrivals(hours))];
  const remote = parametersOf(behaviourOf(model, 'pupils', 'college', 'open'));
  const short = parametersOf(behaviourOf(model, 'relatives', null, 'open'));
  const groups: StormGroup[] = [];
  const add = (territory: number, profile: StormProfile, arrival: number, visitorCount: number) =>
    groups.push({
      territory,
      profile: STORM_PROFILES.indexOf(profile),
      cohort: 0,
      visitorCount: visitorCount * day.participationRatio,
      arrival,
      visit: profile === 'pupil' ? 0 : 1,
      entryTimes: null,
    });
  const participation = (audience: 'pupils' | 'relatives' | 'staff', levelGroup: LevelGroup | null) =>
    behaviourOf(model, audience, levelGroup, 'open').participationPerMille / 1000;
  for (const { territory, levelGroup, level, pupilCount } of day.population) {
    const hours = announced.findIndex(([name]) => name === level);
    // hours by level were told to families: relatives keep to them as pupils do
    const addFamily = (profile: StormProfile, visitorCount: number) => {
      const keeping = hours < 0 ? 0 : (visitorCount * day.adherencePerMille) / 1000;
      if (keeping > 0) add(territory, profile, hours + 1, keeping);
      add(territory, profile, 0, visitorCount - keeping);
    };
    addFamily('pupil', pupilCount * participation('pupils', levelGroup));
    const relatives = (pupilCount * model.relativeAccountsPerThousandPupils) / 1000;
    const relativesShare =
      day.dayKind === 'remote' ? REMOTE_RELATIVES_PER_MILLE / 1000 : participation('relatives', null);
    addFamily('relative', relatives * relativesShare);
    const { firstDegree, secondDegree } = model.staffPerThousandPupils;
    const isFirstDegree = levelGroup === 'elementary' || levelGroup === 'pre_elementary';
    const staff = (pupilCount * (isFirstDegree ? firstDegree : secondDegree)) / 1000;
    add(territory, 'staff', 0, staff * participation('staff', null));
  }
  const column = (value: number) => new Float64Array(CELLS_PER_DAY).fill(value);
  const visitOf = ({ stay, logOutPerMille }: typeof remote) => ({ stay, logOutPerMille });
  return {
    cellCount: CELLS_PER_DAY,
    territoryCount: day.territoryCount,
    profileCount: STORM_PROFILES.length,
    sessionLimit: column(day.capacity?.sessions ?? UNLIMITED),
    loginLimit: column((day.capacity?.loginsPerMinute ?? UNLIMITED) * CELL_MINUTES),
    walkInLimit: column(0),
    refusalCostPerMille: day.refusalCostPerMille,
    idleSeconds: IDLE_SECONDS,
    entrySpreadSeconds: ENTRY_SPREAD_SECONDS,
    room: null,
    habits: day.habits,
    arrivals,
    visits: [visitOf(remote), visitOf(short)],
    groups,
    steps: day.steps,
  };
}

import type { StormGroup, StormProblem, StormStep } from '../../src/kernel/simulation/storm-problem';

/** Visitors that are followed in each class. */
export const TAGGED = 2000;

export const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, value) => total + value, 0);

/** Visitors of the only territory, profile and law, who come without an hour of their own, unless the test says otherwise. */
export const groupOf = (changes: Partial<StormGroup> & Pick<StormGroup, 'visitorCount'>): StormGroup => ({
  territory: 0,
  profile: 0,
  cohort: 0,
  arrival: 0,
  visit: 0,
  entryTimes: null,
  ...changes,
});

/** Two hours in which `visitorCount` visitors come in the first half hour to a platform that takes fewer. */
export function rush(changes: Partial<StormProblem> = {}): StormProblem {
  const cellCount = 24;
  const law = new Float64Array(cellCount);
  for (let cell = 0; cell < 6; cell++) law[cell] = 1 / 6;
  return {
    cellCount,
    territoryCount: 1,
    profileCount: 2,
    sessionLimit: new Float64Array(cellCount).fill(3000),
    loginLimit: new Float64Array(cellCount).fill(900),
    walkInLimit: new Float64Array(cellCount).fill(60),
    refusalCostPerMille: 0,
    idleSeconds: 1200,
    entrySpreadSeconds: 300,
    room: null,
    habits: {
      impatientPerMille: 300,
      threeMinutesPerMille: 300,
      asToldPerMille: 300,
      backOffPerMille: 100,
      givesUpPerMille: 20,
    },
    arrivals: [law],
    visits: [{ stay: [1000, 800, 500, 200], logOutPerMille: 300 }],
    groups: [
      groupOf({ visitorCount: 8000 }),
      groupOf({ profile: 1, visitorCount: 2000, entryTimes: [{ entryCell: 12, endCell: 18, isLive: false }] }),
    ],
    steps: [],
    ...changes,
  };
}

/** A step all day for everybody that changes nothing but what the test says. */
export const stepOf = (changes: Partial<StormStep>): StormStep => ({
  fromCell: 0,
  toCell: 24,
  territories: [],
  profiles: [],
  cohorts: [],
  isDeferred: false,
  isLiveOnly: false,
  walkInPerMille: 1000,
  idleSeconds: null,
  capacityPerMille: 1000,
  ...changes,
});

import fc from 'fast-check';
import type { EntryTime, StormGroup, StormProblem } from '../../src/kernel/simulation/storm-problem';

const CELLS = 24;
const PROFILES = 3;

/** Shares over the cells of a day that sum to 1. */
function lawOf(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight, k) => (total === 0 ? (k === 0 ? 1 : 0) : weight / total));
}

const anyLaw = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: CELLS, maxLength: CELLS }).map(lawOf);

const anyEntryTime: fc.Arbitrary<EntryTime> = fc
  .record({
    entryCell: fc.integer({ min: 0, max: CELLS - 2 }),
    length: fc.integer({ min: 1, max: 8 }),
    isLive: fc.boolean(),
  })
  .map(({ entryCell, length, isLive }) => ({ entryCell, endCell: Math.min(CELLS, entryCell + length), isLive }));

const anyGroup: fc.Arbitrary<StormGroup> = fc
  .record({
    territory: fc.integer({ min: 0, max: 1 }),
    profile: fc.integer({ min: 0, max: PROFILES - 1 }),
    cohort: fc.integer({ min: 0, max: 1 }),
    visitorCount: fc.double({ min: 0, max: 2000, noNaN: true }),
    arrival: fc.integer({ min: 0, max: 2 }),
    visit: fc.integer({ min: 0, max: 2 }),
    entryTimes: fc.option(fc.array(anyEntryTime, { minLength: 1, maxLength: 2 }), { freq: 2 }),
  })
  // who stays to the end has a window
  .map((group) => (group.entryTimes === null && group.visit === 2 ? { ...group, visit: 0 } : group));

const anyHabits = fc.tuple(fc.nat(1000), fc.nat(1000), fc.nat(1000), fc.nat(200)).map(([a, b, c, givesUpPerMille]) => {
  const [first, second, third] = [a, b, c].sort((x, y) => x - y) as [number, number, number];
  return {
    impatientPerMille: first,
    threeMinutesPerMille: second - first,
    asToldPerMille: third - second,
    backOffPerMille: 1000 - third,
    givesUpPerMille,
  };
});

const anyRoom = fc.option(
  fc.record({
    rankOfProfile: fc.constantFrom([0, 1, 0], [0, 0, 0], [2, 1, 0]),
    pollSeconds: fc.integer({ min: 5, max: 120 }),
    leavesPerMillePerMinute: fc.integer({ min: 0, max: 100 }),
    leftPerCell: fc.integer({ min: 0, max: 60 }).map((left) => new Float64Array(CELLS).fill(left)),
  }),
);

const anyStep = fc
  .record({
    fromCell: fc.integer({ min: 0, max: CELLS - 2 }),
    length: fc.integer({ min: 1, max: 10 }),
    territories: fc.subarray([0, 1]),
    profiles: fc.subarray([0, 1, 2]),
    cohorts: fc.subarray([0, 1]),
    isDeferred: fc.boolean(),
    isLiveOnly: fc.boolean(),
    walkInPerMille: fc.integer({ min: 0, max: 1000 }),
    idleSeconds: fc.option(fc.integer({ min: 0, max: 1200 })),
    capacityPerMille: fc.integer({ min: 0, max: 1000 }),
  })
  .map(({ length, ...step }) => ({ ...step, toCell: Math.min(CELLS, step.fromCell + length) }));

/** Days of two hours with a few groups, small against their capacity or far beyond it. */
export const anyStorm: fc.Arbitrary<StormProblem> = fc
  .record({
    sessions: fc.integer({ min: 0, max: 3000 }),
    logins: fc.integer({ min: 0, max: 800 }),
    walkIns: fc.integer({ min: 0, max: 100 }),
    refusalCostPerMille: fc.constantFrom(0, 50, 300),
    idleSeconds: fc.constantFrom(0, 600, 1200),
    entrySpreadSeconds: fc.constantFrom(10, 300, 600),
    room: anyRoom,
    habits: anyHabits,
    arrivals: fc.array(anyLaw, { minLength: 3, maxLength: 3 }),
    groups: fc.array(anyGroup, { minLength: 1, maxLength: 6 }),
    steps: fc.array(anyStep, { maxLength: 2 }),
  })
  .map(({ sessions, logins, walkIns, ...rest }) => ({
    ...rest,
    cellCount: CELLS,
    territoryCount: 2,
    profileCount: PROFILES,
    sessionLimit: new Float64Array(CELLS).fill(sessions),
    loginLimit: new Float64Array(CELLS).fill(logins),
    walkInLimit: new Float64Array(CELLS).fill(walkIns),
    visits: [
      { stay: [1000, 600, 200], logOutPerMille: 300 },
      { stay: [1000], logOutPerMille: 1000 },
      { stay: 'toEnd' as const, logOutPerMille: 500 },
    ],
  }));

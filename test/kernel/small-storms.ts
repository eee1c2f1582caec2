import type { StormGroup, StormProblem, StormStep } from '../../src/kernel/simulation/storm-problem';

const CELLS = 24;
export const PUPILS = 0;
export const RELATIVES = 1;

const column = (count: number, from = 0, to = CELLS, otherwise = count): Float64Array =>
  new Float64Array(CELLS).map((_, cell) => (cell >= from && cell < to ? count : otherwise));

/** Arrivals spread evenly over some cells. */
const comingIn = (from: number, to: number): Float64Array => column(1 / (to - from), from, to, 0);

const group = (profile: number, visitorCount: number, changes: Partial<StormGroup> = {}): StormGroup => ({
  territory: 0,
  profile,
  cohort: 0,
  visitorCount,
  arrival: 0,
  visit: 0,
  entryTimes: null,
  ...changes,
});
const window = (entryCell: number, endCell: number, isLive = false) => ({ entryCell, endCell, isLive });
const step = (fromCell: number, toCell: number, changes: Partial<StormStep>): StormStep => ({
  fromCell,
  toCell,
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

/** Two hours of a platform of two territories that has room for everybody's window and for few beside. */
function storm(changes: Partial<StormProblem>): StormProblem {
  return {
    cellCount: CELLS,
    territoryCount: 2,
    profileCount: 2,
    sessionLimit: column(2500),
    loginLimit: column(900),
    walkInLimit: column(30),
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
    arrivals: [comingIn(0, 6), comingIn(0, 12)],
    visits: [
      { stay: [1000, 800, 500, 200], logOutPerMille: 300 },
      { stay: 'toEnd', logOutPerMille: 500 },
    ],
    groups: [],
    steps: [],
    ...changes,
  };
}

const room = (leftPerCell: number, leavesPerMillePerMinute = 0) => ({
  rankOfProfile: [0, 1],
  pollSeconds: 60,
  leftPerCell: column(leftPerCell),
  leavesPerMillePerMinute,
});

const LATE = window(20, 24);

/** Days small enough to be simulated one visitor at a time, with what a bad morning has: a room, and each of the steps. */
export const SMALL_STORMS: Record<string, StormProblem> = {
  'a room that serves the walk-in quota and what the plan leaves, pupils first': storm({
    room: room(60),
    groups: [group(PUPILS, 1200, { entryTimes: [LATE] }), group(RELATIVES, 300, { entryTimes: [], arrival: 1 })],
  }),
  'a room that people leave, and windows that open for those who wait': storm({
    room: room(40, 10),
    groups: [
      group(PUPILS, 1000, { entryTimes: [window(8, 14)], visit: 1 }),
      group(PUPILS, 600, { entryTimes: [], arrival: 1 }),
      group(RELATIVES, 400, { territory: 1, entryTimes: [window(12, 16)] }),
      group(PUPILS, 1500, { territory: 1, arrival: 1 }),
    ],
  }),
  'a room that nobody waits in for long': storm({
    room: room(200),
    groups: [group(PUPILS, 900, { entryTimes: [], arrival: 1 }), group(RELATIVES, 600, { entryTimes: [], arrival: 1 })],
  }),
  'relatives of a territory deferred in a room, who keep their places': storm({
    room: room(50),
    steps: [step(2, 10, { territories: [0], profiles: [RELATIVES], isDeferred: true })],
    groups: [
      group(PUPILS, 300, { entryTimes: [], arrival: 1 }),
      group(RELATIVES, 500, { entryTimes: [window(6, 9)], arrival: 1 }),
      group(RELATIVES, 500, { territory: 1, entryTimes: [], arrival: 1 }),
    ],
  }),
  'live windows only, a walk-in quota cut and idle minutes shortened, in a room': storm({
    room: room(30),
    walkInLimit: column(60),
    steps: [
      step(3, 12, { isLiveOnly: true, cohorts: [1], walkInPerMille: 500 }),
      step(4, 20, { idleSeconds: 300, walkInPerMille: 700 }),
    ],
    groups: [
      group(PUPILS, 800, { cohort: 1, entryTimes: [window(4, 10), window(6, 12, true)], visit: 1 }),
      group(PUPILS, 800, { cohort: 0, entryTimes: [window(2, 8)] }),
      group(RELATIVES, 300, { cohort: 1, arrival: 1 }),
      group(RELATIVES, 400, { territory: 1, entryTimes: [], arrival: 1 }),
    ],
  }),
  'a capacity cut that the room feels': storm({
    // places that come free in a step are few: chance gives more of them to the room than expected values, the fewer the more
    room: room(360),
    walkInLimit: column(120),
    loginLimit: column(3600),
    sessionLimit: column(4800),
    steps: [step(2, 8, { capacityPerMille: 300 }), step(6, 14, { capacityPerMille: 500 })],
    groups: [
      group(PUPILS, 6000, { arrival: 1 }),
      group(PUPILS, 2000, { territory: 1, entryTimes: [LATE] }),
      group(RELATIVES, 1000, { entryTimes: [], arrival: 1 }),
    ],
  }),
  'all steps where nobody keeps a line, and people come again by habit': storm({
    sessionLimit: column(8000),
    loginLimit: column(1200),
    walkInLimit: column(240),
    refusalCostPerMille: 40,
    steps: [
      step(1, 8, { profiles: [RELATIVES], isDeferred: true }),
      step(3, 10, { territories: [1], isLiveOnly: true }),
      step(2, 16, { walkInPerMille: 400, idleSeconds: 300, capacityPerMille: 800 }),
    ],
    groups: [
      group(PUPILS, 5000, { arrival: 1 }),
      group(PUPILS, 2000, { territory: 1, entryTimes: [window(2, 9), window(5, 12, true)], visit: 1 }),
      group(RELATIVES, 2400, { entryTimes: [window(6, 18)] }),
      group(RELATIVES, 1200, { territory: 1 }),
    ],
  }),
  'quotas cut and idle minutes shortened of some, in a room: those behind walk in past whom their quota passes over':
    storm({
      room: room(60),
      walkInLimit: column(60),
      steps: [
        step(2, 10, { territories: [0], profiles: [PUPILS], walkInPerMille: 500 }),
        step(4, 20, { cohorts: [1], idleSeconds: 300 }),
      ],
      groups: [
        group(PUPILS, 500, { entryTimes: [], arrival: 1 }),
        group(PUPILS, 700, { territory: 1, cohort: 1, entryTimes: [LATE], arrival: 1 }),
        group(RELATIVES, 600, { territory: 1 }),
        group(RELATIVES, 300, { cohort: 1, entryTimes: [], arrival: 1 }),
      ],
    }),
  'no quota for those who stand first, of whom the plan takes few: those behind have all of it': storm({
    // pages that ask every minute are served later than expected values, by as much, when a step ends
    room: { ...room(15, 5), pollSeconds: 20 },
    walkInLimit: column(60),
    steps: [
      step(0, 14, { territories: [0], walkInPerMille: 0 }),
      step(8, 20, { profiles: [RELATIVES], walkInPerMille: 500 }),
    ],
    groups: [
      group(PUPILS, 500, { entryTimes: [LATE] }),
      group(PUPILS, 400, { territory: 1, entryTimes: [LATE], arrival: 1 }),
      group(RELATIVES, 120, { territory: 1, entryTimes: [], arrival: 1 }),
    ],
  }),
  'quotas cut and idle minutes shortened of some, where nobody keeps a line': storm({
    sessionLimit: column(8000),
    loginLimit: column(1200),
    walkInLimit: column(240),
    steps: [
      step(2, 14, { territories: [0], walkInPerMille: 250 }),
      step(6, 12, { profiles: [RELATIVES], walkInPerMille: 500 }),
      step(3, 18, { cohorts: [1], idleSeconds: 300 }),
    ],
    groups: [
      group(PUPILS, 2000, { entryTimes: [LATE], arrival: 1 }),
      group(PUPILS, 1500, { territory: 1, cohort: 1, entryTimes: [LATE], arrival: 1 }),
      group(RELATIVES, 1200, { territory: 1, entryTimes: [] }),
      group(PUPILS, 1500, { cohort: 1 }),
    ],
  }),
};

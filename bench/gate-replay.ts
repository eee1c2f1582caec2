import { CELL_SECONDS, CELLS_PER_DAY } from '../src/kernel/cell-grid';
import type { ReturnHabits, StormGroup } from '../src/kernel/simulation/storm-problem';
import { simulateStorm } from '../src/kernel/simulation/storm';
import { type Comer, ENTRY_SPREAD_SECONDS, STORM_DAY, STORM_FROM, STORM_UNTIL, WALK_IN_PER_CELL } from './gate-crowd';

/** What a storm did, measured or simulated. */
export interface StormFigures {
  attempts: number;
  refused: number;
  /** From the first attempt to the admission, or to the end for who was not let in. */
  meanWaitSeconds: number;
}

const OBEYING: ReturnHabits = {
  impatientPerMille: 0,
  threeMinutesPerMille: 0,
  asToldPerMille: 1000,
  backOffPerMille: 0,
  givesUpPerMille: 0,
};
const RELOADING: ReturnHabits = { ...OBEYING, asToldPerMille: 0, threeMinutesPerMille: 1000 };
/** More than any crowd: the gate is what holds it up. */
const NO_LIMIT = 1e9;
const PROFILES = ['pupil', 'relative', 'staff'] as const;
/** Pupils and staff before relatives. */
const RANKS = [0, 1, 0];
const cellOf = (at: number): number => Math.floor((at - STORM_DAY) / CELL_SECONDS);

/** A waiting room that serves what the plan leaves, with a step that makes relatives wait for a time. */
export interface ReplayedRoom {
  leftPerCell: number;
  /** Places of all walk-in quotas, which come out of it. */
  walkInPerCell: number;
  pollSeconds: number;
  relativesWait: { from: number; until: number };
}

/** The same crowd in the simulator: who comes when, what binds them, what the gate leaves to walk-ins or the room, how they come again. */
export function replayed(comers: readonly Comer[], obeys: boolean, room?: ReplayedRoom): StormFigures {
  const groups = new Map<string, StormGroup & { arrivals: Float64Array }>();
  for (const { profile, comesAt, windows } of comers) {
    const [entryAt, endAt] = windows[0]!;
    const entryTimes =
      profile === 'staff' ? null : [{ entryCell: cellOf(entryAt), endCell: cellOf(endAt), isLive: false }];
    const key = `${profile} ${entryTimes === null ? '' : entryAt}`;
    const group = groups.get(key) ?? {
      territory: 0,
      profile: PROFILES.indexOf(profile),
      cohort: 0,
      visitorCount: 0,
      arrival: groups.size,
      visit: 0,
      entryTimes,
      arrivals: new Float64Array(CELLS_PER_DAY),
    };
    group.visitorCount++;
    group.arrivals[cellOf(comesAt)]!++;
    groups.set(key, group);
  }
  const all = [...groups.values()];
  const step = {
    territories: [],
    profiles: [PROFILES.indexOf('relative')],
    cohorts: [],
    isDeferred: true,
    isLiveOnly: false,
    walkInPerMille: 1000,
    idleSeconds: null,
    capacityPerMille: 1000,
  };
  const { curves, pollCount } = simulateStorm({
    cellCount: CELLS_PER_DAY,
    territoryCount: 1,
    profileCount: PROFILES.length,
    sessionLimit: new Float64Array(CELLS_PER_DAY).fill(NO_LIMIT),
    loginLimit: new Float64Array(CELLS_PER_DAY).fill(NO_LIMIT),
    walkInLimit: new Float64Array(CELLS_PER_DAY).fill(room ? room.walkInPerCell : WALK_IN_PER_CELL),
    refusalCostPerMille: 0,
    idleSeconds: 1200,
    // whoever waits in the room learns of the own window at the next question
    entrySpreadSeconds: room?.pollSeconds ?? ENTRY_SPREAD_SECONDS,
    room: room
      ? {
          rankOfProfile: RANKS,
          pollSeconds: room.pollSeconds,
          leavesPerMillePerMinute: 0,
          leftPerCell: new Float64Array(CELLS_PER_DAY).fill(room.leftPerCell - room.walkInPerCell),
        }
      : null,
    habits: obeys ? OBEYING : RELOADING,
    arrivals: all.map(({ arrivals, visitorCount }) => arrivals.map((count) => count / visitorCount)),
    visits: [{ stay: [1000], logOutPerMille: 1000 }],
    groups: all,
    steps: room
      ? [{ ...step, fromCell: cellOf(room.relativesWait.from), toCell: cellOf(room.relativesWait.until) }]
      : [],
  });
  const [from, to] = [cellOf(STORM_FROM), cellOf(STORM_UNTIL)];
  const sum = (curve: Float64Array): number =>
    PROFILES.reduce((total, _, p) => {
      for (let cell = from; cell < to; cell++) total += curve[p * CELLS_PER_DAY + cell]!;
      return total;
    }, 0);
  let [outside, waited] = [0, 0];
  for (let cell = from; cell < to; cell++) {
    const before = outside;
    PROFILES.forEach(
      (_, p) => (outside += curves.arrivals[p * CELLS_PER_DAY + cell]! - curves.admitted[p * CELLS_PER_DAY + cell]!),
    );
    // those who wait at the middle of the cell
    waited += ((before + outside) / 2) * CELL_SECONDS;
  }
  // in a room every question but the last is told to wait
  const attempts = sum(curves.attempts) + pollCount;
  const refused = room ? attempts - sum(curves.admitted) : sum(curves.refused);
  return { attempts, refused, meanWaitSeconds: waited / comers.length };
}

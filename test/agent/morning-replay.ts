import { CELL_SECONDS } from '../../src/kernel/cell-grid';
import { simulateStorm } from '../../src/kernel/simulation/storm';
import type { StormProblem } from '../../src/kernel/simulation/storm-problem';

/** A morning of a minute is told to the simulator in cells of this many of its seconds: its clock goes a hundred and twenty times as fast. */
const CELL = 2.5;
const SPEED = CELL_SECONDS / CELL;
/** How finely places are laid out in time. */
const SLICE = 0.1;
export const RANKS = ['pupils', 'relatives'] as const;
export type MorningRank = (typeof RANKS)[number];

/** One of the crowd, as its device saw the morning; all instants are Unix seconds. */
export interface MorningVisitor {
  rank: MorningRank;
  comesAt: number;
  /** When it was told to wait, each time. */
  refusedAt: readonly number[];
  admittedAt: number | undefined;
}

/** What was, by which the morning is stated anew. */
export interface Morning {
  visitors: readonly MorningVisitor[];
  untilAt: number;
  perSecond: number;
  pollSeconds: number;
  /** From when on the line calls, and how many places it has saved up by then. */
  begin: { callsAt: number; savedCount: number };
  /** Relatives were held back. */
  step: { fromAt: number; untilAt: number };
  /** The line's store was away; when it was back and empty nobody was called until `callsAt`, with `savedCount` places saved up by then. */
  away: { fromAt: number; leasedCount: number; callsAt: number; savedCount: number };
}

export interface MorningFigures {
  admitted: number;
  refused: number;
  /** From the first attempt to the admission, or to the end for who was not let in. */
  meanWaitSeconds: number;
}

/** The same figures of a crowd, all together and by rank, as they were and as the simulator has them. */
export function replayedMorning(
  morning: Morning,
): Record<'all' | MorningRank, { measured: MorningFigures; simulated: MorningFigures }> {
  const { visitors, away, pollSeconds, step } = morning;
  const firstAt = Math.min(...visitors.map(({ comesAt }) => comesAt));
  // a cell begins when the store goes away, and the morning ends with a whole one
  const from = away.fromAt - CELL * Math.ceil((away.fromAt - firstAt) / CELL);
  const cellCount = Math.floor((morning.untilAt - from) / CELL);
  const until = from + cellCount * CELL;
  const came = visitors.filter(({ comesAt }) => comesAt < until);
  const cellOf = (at: number) => Math.min(cellCount, Math.max(0, Math.round((at - from) / CELL)));
  const crowds = RANKS.map((rank) => came.filter((visitor) => visitor.rank === rank));
  const everywhere = (value: number) => new Float64Array(cellCount).fill(value);
  const problem: StormProblem = {
    cellCount,
    territoryCount: 1,
    profileCount: RANKS.length,
    sessionLimit: everywhere(1e9),
    loginLimit: everywhere(1e9),
    walkInLimit: everywhere(0),
    refusalCostPerMille: 0,
    idleSeconds: 0,
    entrySpreadSeconds: 10,
    room: {
      rankOfProfile: [0, 1],
      pollSeconds: pollSeconds * SPEED,
      soonestPollSeconds: pollSeconds * SPEED,
      leavesPerMillePerMinute: 0,
      leftPerCell: placesTaken(morning, from, cellCount),
    },
    habits: {
      impatientPerMille: 0,
      threeMinutesPerMille: 0,
      asToldPerMille: 1000,
      backOffPerMille: 0,
      givesUpPerMille: 0,
    },
    arrivals: crowds.map((crowd) => {
      const law = everywhere(0);
      for (const { comesAt } of crowd) law[Math.floor((comesAt - from) / CELL)]! += 1 / crowd.length;
      return law;
    }),
    visits: [{ stay: [1000], logOutPerMille: 1000 }],
    groups: crowds.map((crowd, profile) => ({
      territory: 0,
      profile,
      cohort: 0,
      visitorCount: crowd.length,
      arrival: profile,
      visit: 0,
      entryTimes: [],
    })),
    steps: [
      {
        fromCell: cellOf(step.fromAt),
        toCell: cellOf(step.untilAt),
        territories: [],
        profiles: [RANKS.indexOf('relatives')],
        cohorts: [],
        isDeferred: true,
        isLiveOnly: false,
        walkInPerMille: 1000,
        idleSeconds: null,
        capacityPerMille: 1000,
      },
    ],
  };
  const { curves } = simulateStorm(problem);
  const figuresOf = (ranks: readonly number[]) => {
    const sum = (curve: Float64Array) =>
      ranks.reduce(
        (total, k) => total + curve.subarray(k * cellCount, (k + 1) * cellCount).reduce((a, b) => a + b, 0),
        0,
      );
    const crowd = ranks.flatMap((k) => crowds[k]!);
    const inside = crowd.filter(({ admittedAt = Infinity }) => admittedAt < until);
    const waited = crowd.reduce(
      (total, { comesAt, admittedAt = Infinity }) => total + Math.min(admittedAt, until) - comesAt,
      0,
    );
    return {
      measured: {
        admitted: inside.length,
        refused: crowd.reduce((total, { refusedAt }) => total + refusedAt.filter((at) => at < until).length, 0),
        meanWaitSeconds: waited / crowd.length,
      },
      simulated: {
        admitted: sum(curves.admitted),
        // every question but the last is told to wait; of a wait that goes on, half an interval has had none yet
        refused:
          sum(curves.attempts) + sum(curves.polls) - sum(curves.admitted) - (crowd.length - sum(curves.admitted)) / 2,
        meanWaitSeconds: (sum(curves.waiting) * CELL) / crowd.length,
      },
    };
  };
  return { all: figuresOf([0, 1]), pupils: figuresOf([0]), relatives: figuresOf([1]) };
}

/**
 * The places that are taken in each cell, from what the room says of itself: they come free evenly; what was saved up goes to the
 * first who come; the leased ones, and those that were saved up while nobody was called, to whoever asks first. Whoever waits
 * takes a place at the next question, so that the places of a moment are taken over the interval after it.
 */
function placesTaken(
  { perSecond, pollSeconds, begin, away, untilAt, visitors }: Morning,
  from: number,
  cellCount: number,
): Float64Array {
  const places = new Float64Array(cellCount);
  const put = (at: number, count: number, overSeconds: number) => {
    const sliceCount = Math.max(1, Math.round(overSeconds / SLICE));
    for (let k = 0; k < sliceCount; k++) {
      const cell = Math.floor((at + (k * overSeconds) / sliceCount - from) / CELL);
      if (cell >= 0 && cell < cellCount) places[cell]! += count / sliceCount;
    }
  };
  const firstAt = Math.min(...visitors.map(({ comesAt }) => comesAt));
  // a line that calls from the first on gives them to the first who come, another one to those who ask again
  put(Math.max(firstAt, begin.callsAt), begin.savedCount, begin.callsAt > firstAt ? pollSeconds : 0);
  put(away.fromAt, away.leasedCount, pollSeconds);
  put(away.callsAt, away.savedCount, pollSeconds);
  for (let at = Math.max(firstAt, begin.callsAt); at < untilAt; at += SLICE) {
    if (at < away.fromAt - pollSeconds || at >= away.callsAt) put(at, perSecond * SLICE, pollSeconds);
    // those that nobody has asked for by then are lost with the store
    else if (at < away.fromAt) put(at, (perSecond * SLICE * (away.fromAt - at)) / pollSeconds, away.fromAt - at);
  }
  return places;
}

import { checkStorm } from '../src/kernel/simulation/check-storm';
import type { StormStep } from '../src/kernel/simulation/storm-problem';
import { simulateStorm } from '../src/kernel/simulation/storm';
import { waitsOf } from '../src/kernel/simulation/storm-waits';
import { scenarioReports } from '../src/simulation/storm-report.rules';
import { type Benchmark, option } from './benchmark';
import { mondayStorm } from './storm-day';

const ROUND_COUNT = 5;
const TAGGED_PER_CLASS = 1000;
const CELLS_PER_HOUR = 12;

const NO_STEP = {
  territories: [],
  profiles: [],
  cohorts: [],
  isDeferred: false,
  isLiveOnly: false,
  walkInPerMille: 1000,
  capacityPerMille: 1000,
  idleSeconds: null,
};
const stepOf = (fromHour: number, toHour: number, its: Partial<StormStep>): StormStep => ({
  ...NO_STEP,
  fromCell: fromHour * CELLS_PER_HOUR,
  toCell: toHour * CELLS_PER_HOUR,
  ...its,
});
/** A bad morning: relatives are told to come in the evening, one department has half of the walk-in quota, another none of it. */
const BAD_MORNING = [
  stepOf(8, 17, { profiles: [1], isDeferred: true }),
  stepOf(7, 18, { territories: [0], walkInPerMille: 500 }),
  stepOf(7, 18, { territories: [1], walkInPerMille: 0 }),
];

/** One day of a region of scale M, without a waiting room, with one, and with one while steps are in force, and the shipped scenarios against what was reported. */
export const run: Benchmark = (args) => {
  const seed = Number(option(args, 'seed', '1'));
  const problem = mondayStorm(seed);
  const withRoom = { ...problem, room: { rankOfProfile: [0, 1], pollSeconds: 30, leavesPerMillePerMinute: 10 } };
  const measured = [problem, withRoom, { ...withRoom, steps: BAD_MORNING }].map((day) => {
    const wall: number[] = [];
    let wrongCount = 0;
    for (let round = 0; round < ROUND_COUNT; round++) {
      const from = performance.now();
      const result = simulateStorm(day);
      waitsOf(day, result, TAGGED_PER_CLASS, seed);
      wall.push((performance.now() - from) / 1000);
      if (round === 0) wrongCount = checkStorm(day, result).length;
    }
    return { wallSeconds: wall.sort((a, b) => a - b)[ROUND_COUNT >> 1]!, wrongCount };
  });
  return Promise.resolve({
    seed,
    groupCount: problem.groups.length,
    visitorCount: Math.round(problem.groups.reduce((sum, group) => sum + group.visitorCount, 0)),
    /** Median of five, waits of a thousand tagged visitors a class included. */
    wallSeconds: measured[0]!.wallSeconds,
    withRoomWallSeconds: measured[1]!.wallSeconds,
    withStepsWallSeconds: measured[2]!.wallSeconds,
    wrongCount: measured.reduce((sum, { wrongCount }) => sum + wrongCount, 0),
    scenarios: scenarioReports().map(
      ({ name, isFitted, peakSessions, reportedPeakSessions, deviationRatio, amplification }) => ({
        name,
        fitted: isFitted,
        simulated: peakSessions,
        reported: reportedPeakSessions,
        deviationRatio,
        amplification,
      }),
    ),
  });
};

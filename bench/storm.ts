import { checkStorm } from '../src/kernel/simulation/check-storm';
import { simulateStorm } from '../src/kernel/simulation/storm';
import { waitsOf } from '../src/kernel/simulation/storm-waits';
import { scenarioReports } from '../src/simulation/storm-report.rules';
import { type Benchmark, option } from './benchmark';
import { mondayStorm } from './storm-day';

const ROUND_COUNT = 5;
const TAGGED_PER_CLASS = 1000;

/** One day of a region of scale M, with and without a waiting room, and the shipped scenarios against what was reported. */
export const run: Benchmark = (args) => {
  const seed = Number(option(args, 'seed', '1'));
  const problem = mondayStorm(seed);
  const withRoom = { ...problem, room: { rankOfProfile: [0, 1], pollSeconds: 30, leavesPerMillePerMinute: 10 } };
  const measured = [problem, withRoom].map((day) => {
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
    wrongCount: measured[0]!.wrongCount + measured[1]!.wrongCount,
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

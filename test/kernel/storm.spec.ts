import fc from 'fast-check';
import { simulateAgents } from '../../src/kernel/simulation/check-storm-agents';
import { checkStorm } from '../../src/kernel/simulation/check-storm';
import { simulateStorm } from '../../src/kernel/simulation/storm';
import { type StormProblem, StormProblemInvalid } from '../../src/kernel/simulation/storm-problem';
import { waitsOf } from '../../src/kernel/simulation/storm-waits';
import { anyStorm } from './any-storm';
import { SMALL_STORMS } from './small-storms';
import { rush, sum, TAGGED } from './rush';

const SEEDS = [1, 2, 3, 4];

describe('storm', () => {
  it('loses and makes nobody, and lets nobody in beyond the limits, on any day', () => {
    fc.assert(
      fc.property(anyStorm, (problem) => {
        expect(checkStorm(problem, simulateStorm(problem))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('gives the same bytes for the same day', () => {
    fc.assert(
      fc.property(anyStorm, (problem) => {
        expect(simulateStorm(problem)).toEqual(simulateStorm(problem));
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['refusals cost the platform nothing', rush()],
    ['refusals cost the platform log-ins, and nearly nobody gets in', rush({ refusalCostPerMille: 100 })],
    ...Object.entries(SMALL_STORMS),
  ])('agrees with simulations of each visitor: %s', (_, problem) => {
    const result = simulateStorm(problem);
    const days = SEEDS.map((seed) => simulateAgents(problem, seed));
    const waits = waitsOf(problem, result, TAGGED, 1);
    const { cellCount, territoryCount, profileCount } = problem;
    const off: string[] = [];
    /** What the kernel says must be the mean of the days, as far as so many days tell it. */
    const compare = (what: string, expected: number, ofDays: readonly number[], shareOff: number, most = 0) => {
      const mean = sum(ofDays) / ofDays.length;
      const error = Math.sqrt(sum(ofDays.map((value) => (value - mean) ** 2)) / (ofDays.length - 1) / ofDays.length);
      if (Math.abs(expected - mean) > shareOff * mean + most + 3 * error)
        off.push(`${what}: ${expected.toFixed(1)}, of visitors ${mean.toFixed(1)} (± ${error.toFixed(1)})`);
    };
    const peak = result.peakSessions;
    // the highest of many chance numbers stands above their mean by about its root
    compare(
      'peak sessions',
      peak,
      days.map(({ peakSessions }) => peakSessions),
      0.01,
      Math.sqrt(peak),
    );
    compare(
      'questions',
      result.pollCount,
      days.map(({ pollCount }) => pollCount),
      0.06,
      5,
    );
    for (let k = 0; k < territoryCount * profileCount; k++) {
      const its = (column: Float64Array) => column.subarray(k * cellCount, (k + 1) * cellCount);
      if (sum(its(result.curves.arrivals)) === 0) continue;
      for (const name of ['attempts', 'admitted', 'refused'] as const)
        compare(
          `${name} of class ${k}`,
          sum(its(result.curves[name])),
          days.map((day) => sum(its(day[name]))),
          0.02,
          1,
        );
      compare(
        `gave up of class ${k}`,
        sum(its(result.curves.gaveUp)),
        days.map(({ gaveUp }) => gaveUp[k]!),
        0.03,
        1,
      );
      its(result.curves.sessions).forEach((expected, cell) => {
        compare(
          `sessions of class ${k} in cell ${cell}`,
          expected,
          days.map((day) => its(day.sessions)[cell]!),
          0,
          0.02 * peak,
        );
      });
      const { meanSeconds, p95Seconds, admittedCount, taggedCount } = waits[k]!;
      const sorted = days.map((day) => day.waitSeconds[k]!.toSorted((a, b) => a - b));
      // a step of ten seconds is the least that both tell apart
      compare(
        `mean wait of class ${k}`,
        meanSeconds,
        sorted.map((all) => sum(all) / all.length),
        0.04,
        10,
      );
      compare(
        `p95 of the waits of class ${k}`,
        p95Seconds,
        sorted.map((all) => all[Math.floor(all.length * 0.95)]!),
        0.05,
        20,
      );
      compare(
        `followed and let in of class ${k}`,
        admittedCount / taggedCount,
        sorted.map((all) => all.length / sum(its(result.curves.arrivals))),
        0.02,
        0.01,
      );
    }
    expect(off).toEqual([]);
  });

  it('has more attempts for fewer admissions where refusals cost the platform log-ins', () => {
    const calm = simulateStorm(rush());
    const drowned = simulateStorm(rush({ refusalCostPerMille: 100 }));
    expect(sum(drowned.curves.attempts)).toBeGreaterThan(2 * sum(calm.curves.attempts));
    expect(sum(drowned.curves.admitted)).toBeLessThan(0.8 * sum(calm.curves.admitted));
  });

  it('tells the waits of each hour, which are together those of the day', () => {
    const problem = rush();
    for (const { ofHours, admittedCount, meanSeconds } of waitsOf(problem, simulateStorm(problem), TAGGED, 1)) {
      expect(ofHours.flat().length).toBe(admittedCount);
      expect(sum(ofHours.flat()) / admittedCount).toBeCloseTo(meanSeconds, 6);
    }
  });

  it.each<[string, Partial<StormProblem>]>([
    [
      'habits that do not sum to 1000',
      {
        habits: {
          impatientPerMille: 1,
          threeMinutesPerMille: 0,
          asToldPerMille: 0,
          backOffPerMille: 0,
          givesUpPerMille: 0,
        },
      },
    ],
    ['arrivals that do not sum to 1', { arrivals: [new Float64Array(24)] }],
    ['a column too short', { loginLimit: new Float64Array(3) }],
    ['a stay to the end without a window', { visits: [{ stay: 'toEnd', logOutPerMille: 0 }] }],
    ['a refusal that costs more than a log-in', { refusalCostPerMille: 1000 }],
  ])('refuses %s', (_, broken) => {
    expect(() => simulateStorm(rush(broken))).toThrow(StormProblemInvalid);
  });
});

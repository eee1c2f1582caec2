import fc from 'fast-check';
import { simulateAgents } from '../../src/kernel/simulation/check-storm-agents';
import { checkStorm } from '../../src/kernel/simulation/check-storm';
import { simulateStorm } from '../../src/kernel/simulation/storm';
import {
  type StormGroup,
  type StormProblem,
  StormProblemInvalid,
  type StormStep,
} from '../../src/kernel/simulation/storm-problem';
import { waitsOf } from '../../src/kernel/simulation/storm-waits';
import { anyStorm } from './any-storm';
import { SMALL_STORMS } from './small-storms';

const SEEDS = [1, 2, 3, 4];
/** Visitors that are followed in each class. */
const TAGGED = 2000;

const sum = (column: ArrayLike<number>): number => Array.from(column).reduce((total, value) => total + value, 0);

/** Two hours in which `visitorCount` visitors come in the first half hour to a platform that takes fewer. */
function rush(changes: Partial<StormProblem> = {}): StormProblem {
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
      { territory: 0, profile: 0, cohort: 0, visitorCount: 8000, arrival: 0, visit: 0, entryTimes: null },
      {
        territory: 0,
        profile: 1,
        cohort: 0,
        visitorCount: 2000,
        arrival: 0,
        visit: 0,
        entryTimes: [{ entryCell: 12, endCell: 18, isLive: false }],
      },
    ],
    steps: [],
    ...changes,
  };
}

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

  it('lets those who obey their hour in at once, and makes no attempt of theirs in between', () => {
    const problem = rush({
      habits: {
        impatientPerMille: 0,
        threeMinutesPerMille: 0,
        asToldPerMille: 1000,
        backOffPerMille: 0,
        givesUpPerMille: 0,
      },
      walkInLimit: new Float64Array(24),
      loginLimit: new Float64Array(24).fill(5000),
      sessionLimit: new Float64Array(24).fill(50_000),
    });
    const { curves } = simulateStorm(problem);
    const relatives = (curve: Float64Array) => curve.slice(24);
    expect(sum(relatives(curves.attempts))).toBeCloseTo(4000, 3);
    expect(sum(relatives(curves.admitted).slice(12, 14))).toBeCloseTo(2000, 3);
  });

  it('serves the waiting room in order of rank and never lets more in than the quota', () => {
    const room = { rankOfProfile: [0, 1], pollSeconds: 30, leavesPerMillePerMinute: 0 };
    const both = [0, 1].map((profile) => ({
      territory: 0,
      profile,
      cohort: 0,
      visitorCount: 500,
      arrival: 0,
      visit: 0,
      entryTimes: [{ entryCell: 22, endCell: 24, isLive: false }],
    }));
    const problem = rush({ room, groups: both });
    const result = simulateStorm(problem);
    const admitted = (profile: number, cell: number) => result.curves.admitted[profile * 24 + cell]!;
    // pupils take the quota while any of them waits, as they do after the first minutes
    for (const cell of [2, 3])
      expect([admitted(0, cell), admitted(1, cell)]).toEqual([expect.closeTo(60, 0), expect.closeTo(0, 0)]);
    expect(result.pollCount).toBeGreaterThan(1000);
    expect(checkStorm(problem, result)).toEqual([]);
    const waits = waitsOf(problem, result, 500, 3);
    expect(waits[1]!.meanSeconds).toBeGreaterThan(waits[0]!.meanSeconds);
  });

  it('keeps the place in the waiting room of whom a step holds, who asks on meanwhile', () => {
    const room = { rankOfProfile: [0, 1], pollSeconds: 60, leavesPerMillePerMinute: 0 };
    const lawOf = (cell: number) => new Float64Array(24).map((_, k) => (k === cell ? 1 : 0));
    const groups = [0, 1].map((territory) => ({
      territory,
      profile: 1,
      cohort: 0,
      visitorCount: 300,
      arrival: territory,
      visit: 0,
      entryTimes: [{ entryCell: 23, endCell: 24, isLive: false }],
    }));
    const step = {
      fromCell: 0,
      toCell: 6,
      territories: [0],
      profiles: [1],
      cohorts: [],
      isDeferred: true,
      isLiveOnly: false,
      walkInPerMille: 1000,
      idleSeconds: null,
      capacityPerMille: 1000,
    };
    const problem = rush({ territoryCount: 2, room, groups, arrivals: [lawOf(0), lawOf(2)], steps: [step] });
    const result = simulateStorm(problem);
    const admitted = (territory: number, from: number, to: number) =>
      sum(result.curves.admitted.subarray((territory * 2 + 1) * 24 + from, (territory * 2 + 1) * 24 + to));
    // those who came later are served while the step holds the others ...
    expect([admitted(0, 0, 6), admitted(1, 2, 6)]).toEqual([0, expect.closeTo(240, -1)]);
    // ... who stand before them once it is over
    expect([admitted(0, 6, 11), admitted(1, 6, 11)]).toEqual([expect.closeTo(300, -1), expect.closeTo(0, 0)]);
    expect(sum(result.curves.refused)).toBe(0);
    expect(result.pollCount).toBeGreaterThan(300 * 30);
    expect(checkStorm(problem, result)).toEqual([]);
    const waits = waitsOf(problem, result, 500, 3);
    // half an hour until the step ends, less the time of coming, then five cells to serve them
    expect(waits[1]!.meanSeconds / 60).toBeGreaterThan(35);
    expect(waits[1]!.meanSeconds / 60).toBeLessThan(45);
  });

  it('keeps deferred relatives out until their step ends, and lets pupils in meanwhile', () => {
    const step = {
      fromCell: 0,
      toCell: 10,
      territories: [],
      profiles: [1],
      cohorts: [],
      isDeferred: true,
      isLiveOnly: false,
      walkInPerMille: 1000,
      idleSeconds: null,
      capacityPerMille: 1000,
    };
    const groups = [0, 1].map((profile) => ({
      territory: 0,
      profile,
      cohort: 0,
      visitorCount: 1000,
      arrival: 0,
      visit: 0,
      entryTimes: null,
    }));
    const habits = { ...rush().habits, givesUpPerMille: 0 };
    const { curves } = simulateStorm(rush({ steps: [step], groups, habits }));
    expect(sum(curves.admitted.slice(24, 34))).toBe(0);
    expect(sum(curves.admitted.slice(34, 48))).toBeCloseTo(1000, 3);
    expect(sum(curves.admitted.slice(0, 24))).toBeCloseTo(1000, 3);
  });

  it('empties the platform sooner where idle sessions are cut sooner', () => {
    const step = {
      fromCell: 0,
      toCell: 24,
      territories: [],
      profiles: [],
      cohorts: [],
      isDeferred: false,
      isLiveOnly: false,
      walkInPerMille: 1000,
      idleSeconds: 300,
      capacityPerMille: 1000,
    };
    const roomy = { sessionLimit: new Float64Array(24).fill(50_000), loginLimit: new Float64Array(24).fill(50_000) };
    const usual = simulateStorm(rush(roomy));
    const shortened = simulateStorm(rush({ ...roomy, steps: [step] }));
    expect(shortened.peakSessions).toBeLessThan(0.85 * usual.peakSessions);
  });

  describe('a step for one of two territories', () => {
    const ofFirst = (changes: Partial<StormStep>): StormStep => ({
      fromCell: 0,
      toCell: 24,
      territories: [0],
      profiles: [],
      cohorts: [],
      isDeferred: false,
      isLiveOnly: false,
      walkInPerMille: 1000,
      idleSeconds: null,
      capacityPerMille: 1000,
      ...changes,
    });
    const both = (entryTimes: StormGroup['entryTimes']) =>
      [0, 1].map((territory) => ({
        territory,
        profile: 0,
        cohort: 0,
        visitorCount: 3000,
        arrival: 0,
        visit: 0,
        entryTimes,
      }));
    const dayOf = (changes: Partial<StormProblem>) => {
      const problem = rush({
        territoryCount: 2,
        profileCount: 1,
        loginLimit: new Float64Array(24).fill(5000),
        sessionLimit: new Float64Array(24).fill(50_000),
        ...changes,
      });
      const result = simulateStorm(problem);
      expect(checkStorm(problem, result)).toEqual([]);
      const of = (name: 'admitted' | 'sessions', territory: number) =>
        Array.from(result.curves[name].subarray(territory * 24, (territory + 1) * 24));
      return { result, of };
    };

    it('takes the quota from it alone, and the other has the whole', () => {
      const { of } = dayOf({ groups: both([]), steps: [ofFirst({ walkInPerMille: 0 })] });
      expect(sum(of('admitted', 0))).toBe(0);
      for (const count of of('admitted', 1).slice(0, 6)) expect(count).toBeCloseTo(60, 3);
    });

    it('lets it share the quota up to its part, then the other alone has what is left', () => {
      const { of } = dayOf({ groups: both([]), steps: [ofFirst({ walkInPerMille: 500 })] });
      // of the first thirty places each has about half; of the other thirty it has none
      expect(of('admitted', 0)[2]).toBeGreaterThan(12);
      expect(of('admitted', 0)[2]).toBeLessThan(18);
      expect(of('admitted', 0)[2]! + of('admitted', 1)[2]!).toBeCloseTo(60, 3);
    });

    it('lets the other walk in past it in a room, and gives it first what the plan leaves', () => {
      const room = { rankOfProfile: [0], pollSeconds: 30, leavesPerMillePerMinute: 0 };
      const day = (leftPerCell: number) =>
        dayOf({
          room: { ...room, leftPerCell: new Float64Array(24).fill(leftPerCell) },
          groups: both([]),
          steps: [ofFirst({ walkInPerMille: 0 })],
        });
      const { of: withNothing } = day(0);
      expect(sum(withNothing('admitted', 0))).toBe(0);
      for (const count of withNothing('admitted', 1).slice(1, 6)) expect(count).toBeCloseTo(60, 0);
      // those of the other who came first have walked in: who stands first by then is of its own
      const { of, result } = day(20);
      expect(of('admitted', 0)[12]).toBeCloseTo(20, 0);
      expect(of('admitted', 1)[12]).toBeCloseTo(60, 0);
      expect(sum(result.curves.refused)).toBe(0);
    });

    it('ends its idle sessions sooner, and those of the other when they ended before', () => {
      const usual = dayOf({ groups: both(null) });
      const { of } = dayOf({ groups: both(null), steps: [ofFirst({ idleSeconds: 300 })] });
      expect(of('sessions', 1)).toEqual(usual.of('sessions', 1));
      expect(sum(of('sessions', 0))).toBeLessThan(0.8 * sum(usual.of('sessions', 0)));
    });
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

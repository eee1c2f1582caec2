import { checkStorm } from '../../src/kernel/simulation/check-storm';
import { simulateStorm } from '../../src/kernel/simulation/storm';
import type { StormGroup, StormProblem, StormStep } from '../../src/kernel/simulation/storm-problem';
import { waitsOf } from '../../src/kernel/simulation/storm-waits';
import { groupOf, rush, stepOf, sum } from './rush';

describe('storm', () => {
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
    const both = [0, 1].map((profile) =>
      groupOf({ profile, visitorCount: 500, entryTimes: [{ entryCell: 22, endCell: 24, isLive: false }] }),
    );
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
    const groups = [0, 1].map((territory) =>
      groupOf({
        territory,
        profile: 1,
        visitorCount: 300,
        arrival: territory,
        entryTimes: [{ entryCell: 23, endCell: 24, isLive: false }],
      }),
    );
    const step = stepOf({ toCell: 6, territories: [0], profiles: [1], isDeferred: true });
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
    const step = stepOf({ toCell: 10, profiles: [1], isDeferred: true });
    const groups = [0, 1].map((profile) => groupOf({ profile, visitorCount: 1000 }));
    const habits = { ...rush().habits, givesUpPerMille: 0 };
    const { curves } = simulateStorm(rush({ steps: [step], groups, habits }));
    expect(sum(curves.admitted.slice(24, 34))).toBe(0);
    expect(sum(curves.admitted.slice(34, 48))).toBeCloseTo(1000, 3);
    expect(sum(curves.admitted.slice(0, 24))).toBeCloseTo(1000, 3);
  });

  it('empties the platform sooner where idle sessions are cut sooner', () => {
    const step = stepOf({ idleSeconds: 300 });
    const roomy = { sessionLimit: new Float64Array(24).fill(50_000), loginLimit: new Float64Array(24).fill(50_000) };
    const usual = simulateStorm(rush(roomy));
    const shortened = simulateStorm(rush({ ...roomy, steps: [step] }));
    expect(shortened.peakSessions).toBeLessThan(0.85 * usual.peakSessions);
  });

  describe('a step for one of two territories', () => {
    const ofFirst = (changes: Partial<StormStep>): StormStep => stepOf({ territories: [0], ...changes });
    const both = (entryTimes: StormGroup['entryTimes']) =>
      [0, 1].map((territory) => groupOf({ territory, visitorCount: 3000, entryTimes }));
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
});

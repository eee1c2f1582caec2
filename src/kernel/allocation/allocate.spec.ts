import fc from 'fast-check';
import { everyPlan, tinyProblem, type TinyDemand } from '../../../test/kernel/tiny-problem';
import { allocate } from './allocate';
import { objectiveBoundFromPrices, peakBoundFromPrices } from './check-bound';
import { checkPlan } from './check-plan';
import { AllocationProblemInvalid } from './check-problem';
import { AllocationCancelled, type AllocationProblem, type AllocationProgress, UNPLACED_REASONS } from './problem';
import { SMALL_DEMANDS } from './small/solve-small';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const reasons = (problem: AllocationProblem, smallBelow: number) =>
  [...allocate(problem, { seed: 1, smallBelow }).unplacedReason].map((reason) => UNPLACED_REASONS[reason]);

const anyDemand: fc.Arbitrary<TinyDemand> = fc.record({
  candidates: fc
    .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
    .map((c) => c.sort((a, b) => a - b)),
  wish: fc.integer({ min: -1, max: 12 }).map((wish) => (wish < 1 ? -1 : wish)),
  cells: fc.integer({ min: 1, max: 2 }),
  visitors: fc.integer({ min: 1, max: 9 }),
  profile: fc.integer({ min: 0, max: 1 }),
  shifts: fc.constantFrom([0], [0], [0, 20]),
  classId: fc.integer({ min: -1, max: 2 }),
  establishment: fc.integer({ min: 0, max: 1 }),
  teacher: fc.integer({ min: -1, max: 1 }),
  gapCells: fc.integer({ min: 0, max: 2 }),
  siteUnits: fc.integer({ min: 0, max: 4 }),
});
const anyProblem = fc
  .record({
    demands: fc.array(anyDemand, { minLength: 1, maxLength: 5 }),
    sessions: fc.integer({ min: 5, max: 25 }),
    logins: fc.integer({ min: 5, max: 25 }),
    classConflicts: fc.constantFrom<[number, number][]>([], [[0, 1]]),
    neighbours: fc.constantFrom<[number, number][]>([], [[0, 1]]),
    siteLimits: fc.constantFrom<number[]>([0, 0], [4, 4], [9, 7]),
  })
  .map((tiny) =>
    tinyProblem({
      ...tiny,
      // establishment 1 always exists, so that it can be a neighbour
      demands: [...tiny.demands, { candidates: [30], establishment: 1 }],
      neighbourSpacingCells: 2,
      profiles: [
        [
          [0, 1000, 500, 250],
          [0, 1000, 0, 0],
        ],
        [
          [200, 600, 1000, 1000, 300],
          [200, 400, 400, 0, 0],
        ],
      ],
    }),
  );

describe.each([
  { way: 'as large parts are', smallBelow: 0 },
  { way: 'window by window', smallBelow: SMALL_DEMANDS },
])('allocate $way', ({ smallBelow }) => {
  it('breaks no law, finds a plan where there is one, the best of all or nearly, and claims no bound above it', () => {
    let complete = 0;
    let solvable = 0;
    let optimal = 0;
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const plan = allocate(problem, { seed: 1, smallBelow });
        const check = checkPlan(problem, plan.starts);
        expect(check.violations).toEqual([]);
        expect(check.objective).toBe(plan.objective);
        const bounds = objectiveBoundFromPrices(problem, plan.starts, plan.displacementCapCells, plan.objectivePrices);
        const underCap = (starts: Int32Array) =>
          starts.every((start, i) => {
            const set = problem.demandCandidates[i]!;
            const candidates = problem.candidateCell.subarray(
              problem.candidateOffset[set],
              problem.candidateOffset[set + 1],
            );
            const away = (at: number) => Math.abs(at - problem.demandWish[i]!);
            return (
              problem.demandWish[i]! < 0 ||
              away(start) <= Math.max(plan.displacementCapCells, Math.min(...[...candidates].map(away)))
            );
          });
        let bestObjective = Infinity;
        let leastPeak = Infinity;
        let isSolvable = false;
        for (const starts of everyPlan(problem)) {
          const { violationCount, objective, peakUtilisationRatio } = checkPlan(problem, starts);
          leastPeak = Math.min(leastPeak, Math.max(peakUtilisationRatio.sessions, peakUtilisationRatio.logins));
          if (violationCount === 0) isSolvable = true;
          if (violationCount === 0 && underCap(starts)) bestObjective = Math.min(bestObjective, objective);
        }
        if (isSolvable) solvable++;
        const bound = peakBoundFromPrices(problem, plan.peakPrices);
        expect(bound).toBeLessThanOrEqual(leastPeak);
        expect(Math.abs(bound - plan.peakLowerBoundRatio)).toBeLessThan(2e-6);
        if (check.unplacedCount === 0) {
          complete++;
          if (check.objective === bestObjective) optimal++;
          expect(check.objective).toBeGreaterThanOrEqual(bestObjective);
          expect(bounds.jointLowerBound).toBeLessThanOrEqual(bestObjective);
          expect(bounds.lowerBound).toBeLessThanOrEqual(check.objective);
          // the plan claims no more than its prices prove
          expect(plan.objectiveLowerBound).toBeLessThanOrEqual(bounds.lowerBound + 1e-5);
          expect(plan.jointLowerBound).toBeLessThanOrEqual(bounds.jointLowerBound + 1e-5);
        }
      }),
      { numRuns: 150, seed: 11 },
    );
    expect(solvable).toBeGreaterThan(90);
    // where windows are searched one by one a plan is found wherever there is one, and it is the best; prices are for crowds
    expect(complete).toBeGreaterThanOrEqual((smallBelow > 0 ? 1 : 0.97) * solvable);
    expect(optimal).toBeGreaterThanOrEqual((smallBelow > 0 ? 1 : 0.93) * complete);
  });

  it('leaves nobody out who could still be added to the plan as it is', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const { starts, unplacedReason } = allocate(problem, { seed: 2, smallBelow });
        starts.forEach((start, i) => {
          expect(unplacedReason[i] === 0).toBe(start >= 0);
          if (start >= 0) return;
          const set = problem.demandCandidates[i]!;
          for (const candidate of problem.candidateCell.subarray(
            problem.candidateOffset[set],
            problem.candidateOffset[set + 1],
          )) {
            const added = starts.slice();
            added[i] = candidate;
            expect(checkPlan(problem, added).violationCount).toBeGreaterThan(0);
          }
        });
      }),
      { numRuns: 30 },
    );
  });

  it('keeps every wish where there is room for all', () => {
    const problem = tinyProblem({
      demands: range(0, 30).map((k) => ({ candidates: range(1, 50), wish: 10 + (k % 7) })),
    });
    expect(allocate(problem, { seed: 1, smallBelow }).objective).toBe(0);
  });

  it('spreads those who wish the same hour no farther than the capacity asks', () => {
    // five per cell around cell 20: the best are 0, 1, 1, 2, 2 away and so on
    const problem = tinyProblem({
      logins: 5,
      demands: range(0, 25).map(() => ({ candidates: range(1, 40), wish: 20 })),
    });
    const plan = allocate(problem, { seed: 1, smallBelow });
    expect(plan.objective).toBe(5 * (1 + 1 + 4 + 4));
    expect(checkPlan(problem, plan.starts).violationCount).toBe(0);
  });

  it('levels the curve with windows that wish nothing', () => {
    const problem = tinyProblem({ cellCount: 40, demands: range(0, 60).map(() => ({ candidates: range(5, 25) })) });
    const { sessionLoad } = checkPlan(problem, allocate(problem, { seed: 1, smallBelow }).starts);
    expect([...sessionLoad.subarray(5, 25)]).toEqual(new Array<number>(20).fill(3000));
  });

  it('seats a fixed window before those that have a choice', () => {
    const choice = range(0, 6).map(() => ({ candidates: [9, 10, 11], wish: 10 }));
    const problem = tinyProblem({ logins: 2.5, demands: [...choice, { candidates: [10], visitors: 2 }] });
    const { starts } = allocate(problem, { seed: 1, smallBelow });
    expect(starts[6]).toBe(10);
    expect(starts.slice(0, 6).filter((start) => start === 10)).toHaveLength(0);
  });

  it('gives a series one start that has room on each of its dates', () => {
    const logins = new Array<number>(60).fill(1);
    logins[30] = 0;
    const problem = tinyProblem({ logins, demands: [{ candidates: range(8, 14), wish: 10, shifts: [0, 20] }] });
    expect([9, 11]).toContain(allocate(problem, { seed: 1, smallBelow }).starts[0]);
  });

  it('lets two zones of one platform share an evening that is another zone’s morning', () => {
    const demands = range(0, 20).map((k) => ({ candidates: range(10, 20), wish: 15, day: k % 2, classId: k }));
    const problem = tinyProblem({ logins: 2, demands });
    const plan = allocate(problem, { seed: 1, smallBelow });
    expect(checkPlan(problem, plan.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
  });

  it.each([
    ['no_candidate', { demands: [{ candidates: [] }] }],
    ['sessions_full', { sessions: 0, demands: [{ candidates: [5] }] }],
    ['logins_full', { logins: 0, demands: [{ candidates: [5] }] }],
    [
      'conflict',
      {
        demands: [
          { candidates: [5], classId: 0, cells: 2 },
          { candidates: [6], classId: 0 },
        ],
      },
    ],
    [
      'site_full',
      {
        siteLimits: [1],
        demands: [
          { candidates: [5], siteUnits: 1 },
          { candidates: [5], siteUnits: 1 },
        ],
      },
    ],
  ])('names the reason %s', (reason, tiny) => {
    expect(reasons(tinyProblem(tiny), smallBelow).at(-1)).toBe(reason);
  });

  it('says how much capacity the best start would have needed', () => {
    const problem = tinyProblem({
      logins: range(0, 60).map((cell) => (cell === 6 ? 7 : 4)),
      demands: [{ candidates: [5, 6, 7], visitors: 10, wish: 5 }],
    });
    const plan = allocate(problem, { seed: 1, smallBelow });
    expect([plan.starts[0], plan.neededLogins[0], plan.neededSessions[0]]).toEqual([-1, 3000, 0]);
  });

  it('finds the smallest cap that does among those that are not tried one after the other', () => {
    // prices know nothing of a class's own windows: thirteen of six cells that all wish cell 130 need 36 cells to each side
    const demands = range(0, 13).map(() => ({ candidates: range(1, 260), wish: 130, cells: 6, classId: 0 }));
    const problem = tinyProblem({ cellCount: 300, demands });
    const plan = allocate(problem, { seed: 1, smallBelow });
    expect(plan.displacementCapCells).toBe(36);
    expect(checkPlan(problem, plan.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
  });

  it('gives the same plan for the same seed', () => {
    const demands = range(0, 40).map((k) => ({
      candidates: range(1, 50),
      wish: 10 + (k % 5),
      classId: k % 20,
      visitors: 1 + (k % 4),
    }));
    const problem = tinyProblem({ logins: 12, demands });
    const first = allocate(problem, { seed: 7, smallBelow });
    expect(allocate(problem, { seed: 7, smallBelow })).toEqual(first);
  });

  it('tells on the way what is proven and where the plan stands, and ends with the figures of the plan', () => {
    // two days, so that one is planned while nothing is known of the other
    const days = [0, 100].flatMap((first) =>
      range(0, 60).map(() => ({ day: first / 100, candidates: range(first + 1, first + 40), wish: first + 20 })),
    );
    const problem = tinyProblem({ cellCount: 150, logins: 2, demands: days });
    const heard: AllocationProgress[] = [];
    const plan = allocate(problem, { seed: 1, smallBelow, onProgress: (progress) => heard.push(progress) });
    expect(plan.displacementCapCells).toBe(18);
    const bounds = heard.flatMap(({ lowerBound }) => (lowerBound === undefined ? [] : [lowerBound]));
    expect(bounds.length).toBeGreaterThan(4);
    // what is told is proven: no more than the plan costs, and no more than what is proven at the end but for the last digits
    for (const bound of bounds) expect(bound).toBeLessThanOrEqual(plan.objective);
    const inside = heard.find(({ objective, gapRatio }) => objective === undefined && gapRatio !== undefined)!;
    expect(inside.lowerBound).toBeLessThan(0.6 * plan.objectiveLowerBound);
    const complete = heard.find(({ objective, overCellCount }) => objective !== undefined && overCellCount === 0)!;
    expect(complete.gapRatio).toBeCloseTo(complete.objective! / complete.lowerBound! - 1, 9);
    expect(heard.at(-1)).toEqual({
      phase: 'polish',
      doneCount: 120,
      totalCount: 120,
      lowerBound: plan.objectiveLowerBound,
      objective: plan.objective,
      overCellCount: 0,
      gapRatio: plan.objective / plan.objectiveLowerBound - 1,
    });
  });

  it('tells a bound, but no gap and no plan without a fault, where somebody is left out', () => {
    for (const [startCount, isComplete] of [
      [39, true],
      [10, false],
    ] as const) {
      const candidates = range(1, 1 + startCount);
      const problem = tinyProblem({ logins: 1, demands: range(0, 30).map(() => ({ candidates, wish: 5 })) });
      const heard: AllocationProgress[] = [];
      const { starts } = allocate(problem, { seed: 1, smallBelow, onProgress: (progress) => heard.push(progress) });
      expect(starts.includes(-1)).toBe(!isComplete);
      const { lowerBound, gapRatio, objective, overCellCount } = heard.at(-1)!;
      expect(lowerBound).toBeGreaterThan(0);
      const told = [gapRatio, objective, overCellCount].map((figure) => figure !== undefined);
      expect(told).toEqual(Array(3).fill(isComplete));
    }
  });

  it('stops when it is cancelled and when its listener throws', () => {
    const problem = tinyProblem({
      logins: 2,
      demands: range(0, 30).map(() => ({ candidates: range(1, 40), wish: 20 })),
    });
    let asked = 0;
    expect(() => allocate(problem, { seed: 1, smallBelow, isCancelled: () => ++asked > 5 })).toThrow(
      AllocationCancelled,
    );
    const broken = new Error('listener');
    expect(() =>
      allocate(problem, {
        seed: 1,
        smallBelow,
        onProgress: () => {
          throw broken;
        },
      }),
    ).toThrow(broken);
  });

  it('refuses columns that contradict themselves', () => {
    const problem = tinyProblem({ demands: [{ candidates: [5, 4] }] });
    expect(() => allocate(problem, { seed: 1, smallBelow })).toThrow(AllocationProblemInvalid);
    expect(() => allocate({ ...problem, demandCount: 2 }, { seed: 1, smallBelow })).toThrow(
      'demandDay has 1 rows, not 2',
    );
    expect(() => allocate(tinyProblem({ demands: [{ candidates: [59] }] }), { seed: 1, smallBelow })).toThrow(
      'outside the horizon',
    );
  });
});

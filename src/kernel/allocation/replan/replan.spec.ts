import fc from 'fast-check';
import { everyPlan, tinyProblem, type TinyDemand } from '../../../../test/kernel/tiny-problem';
import { checkPlan } from '../check-plan';
import { bestMovedPupilBound, movedBoundFromPrices, movedPupilBoundFromPrices } from './check-moved-bound';
import { checkReplan, withFrozenLoad } from './check-replan';
import { AllocationCancelled, type AllocationProblem } from '../problem';
import { replan } from './replan';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);

const anyDemand: fc.Arbitrary<TinyDemand> = fc.record({
  candidates: fc
    .uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 })
    .map((c) => c.sort((a, b) => a - b)),
  cells: fc.integer({ min: 1, max: 2 }),
  visitors: fc.integer({ min: 1, max: 9 }),
  profile: fc.integer({ min: 0, max: 1 }),
  shifts: fc.constantFrom([0], [0], [0, 20]),
  classId: fc.integer({ min: -1, max: 2 }),
  establishment: fc.integer({ min: 0, max: 1 }),
  teacher: fc.integer({ min: -1, max: 1 }),
  gapCells: fc.integer({ min: 0, max: 2 }),
  siteUnits: fc.integer({ min: 0, max: 1 }),
});
const anyTask = fc
  .record({
    demands: fc.array(anyDemand, { minLength: 1, maxLength: 4 }),
    limits: fc.record({ sessions: fc.integer({ min: 4, max: 25 }), logins: fc.integer({ min: 4, max: 25 }) }),
    classConflicts: fc.constantFrom<[number, number][]>([], [[0, 1]]),
    neighbours: fc.constantFrom<[number, number][]>([], [[0, 1]]),
    siteLimits: fc.constantFrom<number[]>([0, 0], [2, 1]),
    stood: fc.array(fc.integer({ min: -1, max: 20 }), { minLength: 5, maxLength: 5 }),
    frozen: fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 5, maxLength: 5 }),
  })
  .map(({ limits, stood, frozen, ...tiny }) => {
    const demands = [...tiny.demands, { candidates: [30], establishment: 1 }];
    const problem = tinyProblem({
      ...tiny,
      ...limits,
      demands,
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
    });
    // each stood at one of its starts, at a start that is not allowed any more, or nowhere
    const before = Int32Array.from(demands, ({ candidates }, i) =>
      stood[i]! < 0 ? -1 : stood[i]! < 18 ? candidates[stood[i]! % candidates.length]! : 13,
    );
    const isFrozen = Uint8Array.from(demands, ({ candidates }, i) =>
      frozen[i] === 1 && candidates.includes(before[i]!) ? 1 : 0,
    );
    return { problem, before, isFrozen };
  });

/** A plan with nobody unplaced, no law broken, and no cell over what frozen windows alone load it with. */
function isSound(problem: AllocationProblem, before: Int32Array, isFrozen: Uint8Array, starts: Int32Array): boolean {
  const { violationCountByLaw, violationCount, unplacedCount } = checkPlan(problem, starts);
  const overLimits = violationCountByLaw.session_limit + violationCountByLaw.login_limit;
  const { unfrozenCount, overfullCellCount } = checkReplan(problem, before, isFrozen, starts);
  return unplacedCount + unfrozenCount + overfullCellCount + violationCount - overLimits === 0;
}

/** Pupils of the classes that have a moved window, each class once: classes 0, 1, 2 have 20, 30 and 40. */
function movedPupils(problem: AllocationProblem, before: Int32Array, starts: Int32Array): number {
  const classes = [...starts].flatMap((start, i) =>
    before[i]! >= 0 && start !== before[i] && problem.demandClass[i]! >= 0 ? [problem.demandClass[i]!] : [],
  );
  return [...new Set(classes)].reduce((sum, classId) => sum + 20 + 10 * classId, 0);
}

describe('replan', () => {
  it('claims no bound above the fewest moves of all plans, keeps the laws, and nearly always moves that few', () => {
    let solvable = 0;
    let found = 0;
    let fewest = 0;
    let pupilsProven = 0;
    fc.assert(
      fc.property(anyTask, ({ problem, before, isFrozen }) => {
        const pupils = problem.demandClass.map((classId) => (classId < 0 ? 0 : 20 + 10 * classId));
        const answer = replan({ problem, before, isFrozen, pupils });
        const derivedPupils = bestMovedPupilBound(problem, before, isFrozen, pupils, answer.pupilPrices).bound;
        let fewestPupils = Infinity;
        const derived = movedBoundFromPrices(problem, before, isFrozen, answer.movePrices);
        expect(checkReplan(problem, before, isFrozen, answer.starts).unfrozenCount).toBe(0);
        let best = Infinity;
        for (const plan of everyPlan(problem)) {
          if (!isSound(problem, before, isFrozen, plan)) continue;
          best = Math.min(best, checkReplan(problem, before, isFrozen, plan).movedWindowCount);
          fewestPupils = Math.min(fewestPupils, movedPupils(problem, before, plan));
        }
        if (best === Infinity) return;
        solvable++;
        expect(derived).toBeGreaterThanOrEqual(answer.movedWindowBound);
        expect(derived).toBeLessThanOrEqual(best);
        expect(derivedPupils).toBeLessThanOrEqual(fewestPupils);
        if (derivedPupils > 0) pupilsProven++;
        if (!isSound(problem, before, isFrozen, answer.starts)) return;
        found++;
        expect(answer.movedWindowCount).toBeGreaterThanOrEqual(best);
        if (answer.movedWindowCount === best) fewest++;
      }),
      { numRuns: 300, seed: 20261130 },
    );
    expect(solvable).toBeGreaterThan(50);
    expect(found / solvable).toBeGreaterThan(0.95);
    expect(fewest / found).toBeGreaterThan(0.9);
    expect(pupilsProven).toBeGreaterThan(10);
  });

  it('leaves a plan as it is where nothing is amiss', () => {
    const problem = tinyProblem({ demands: range(0, 20).map(() => ({ candidates: range(1, 40), visitors: 10 })) });
    const before = Int32Array.from({ length: 20 }, (_, i) => 1 + (i % 7));
    const answer = replan({ problem, before, isFrozen: new Uint8Array(20) });
    expect([...answer.starts]).toEqual([...before]);
    expect([answer.movedWindowCount, answer.movedWindowBound]).toEqual([0, 0]);
  });

  it('moves the two large windows rather than the ten small ones when capacity falls, and proves that it takes two', () => {
    const sizes = [40, 40, ...range(0, 10).map(() => 8)];
    const sessions = range(0, 60).map((cell) => (cell === 10 ? 80 : 100));
    const problem = tinyProblem({
      sessions,
      logins: 1000,
      demands: sizes.map((visitors) => ({ candidates: range(1, 40), visitors })),
    });
    const before = new Int32Array(12).fill(10);
    const answer = replan({ problem, before, isFrozen: new Uint8Array(12) });
    expect(checkPlan(problem, answer.starts).violationCount).toBe(0);
    expect([answer.movedWindowCount, answer.movedWindowBound]).toEqual([2, 2]);
    expect([...answer.starts.subarray(2)]).toEqual(range(0, 10).map(() => 10));
    expect(Math.max(...answer.starts) - 10).toBeLessThanOrEqual(1);
  });

  it('proves how many pupils have to move, each class once, whatever the number of its windows', () => {
    // 80 of 120 heads keep the cell: one class of 40 goes, with one window or both, or two of 30 that are small
    const heads = [40, 40, 40];
    const problem = tinyProblem({
      sessions: range(0, 60).map((cell) => (cell === 10 || cell === 20 ? 80 : 100)),
      logins: 1000,
      demands: heads.flatMap((visitors, classId) => [
        { candidates: range(1, 40), visitors, classId },
        { candidates: range(1, 40), visitors, classId },
      ]),
    });
    const before = Int32Array.of(10, 20, 10, 20, 10, 20);
    const isFrozen = new Uint8Array(6);
    const pupils = Int32Array.from(before, () => 40);
    const answer = replan({ problem, before, isFrozen, pupils });
    expect([answer.movedWindowCount, answer.movedWindowBound]).toEqual([2, 2]);
    const { bound, prices } = bestMovedPupilBound(problem, before, isFrozen, pupils, answer.pupilPrices);
    expect(bound).toBeGreaterThanOrEqual(39);
    expect(bound).toBeLessThanOrEqual(40);
    expect(movedPupilBoundFromPrices(problem, before, isFrozen, pupils, prices)).toBe(bound);
    const less = { ...answer.pupilPrices, sessions: answer.pupilPrices.sessions.map((price) => -price) };
    expect(() => movedPupilBoundFromPrices(problem, before, isFrozen, pupils, less)).toThrow(RangeError);
  });

  it('of plans that move as few windows takes one that moves few pupils: of the classes that move anyway', () => {
    // at cells 10, 20 and 30 one of two classes has to leave, at 40 class 0, which stands at all of them
    const owners = [1, 0, 2, 0, 3, 0, 0];
    const problem = tinyProblem({
      sessions: range(0, 60).map((cell) => ([10, 20, 30].includes(cell) ? 40 : cell === 40 ? 0 : 100)),
      logins: 1000,
      demands: owners.map((classId) => ({ candidates: range(1, 50), visitors: 40, classId })),
    });
    const before = Int32Array.of(10, 10, 20, 20, 30, 30, 40);
    const pupils = Int32Array.from(owners, () => 40);
    const movedClasses = (starts: Int32Array) => [...new Set(owners.filter((_, i) => starts[i] !== before[i]))];
    const task = { problem, before, isFrozen: new Uint8Array(7) };
    const { starts, movedWindowCount } = replan({ ...task, pupils });
    expect(checkPlan(problem, starts).violationCount).toBe(0);
    expect([movedWindowCount, movedClasses(starts)]).toEqual([4, [0]]);
    // who does not ask for pupils moves as many windows
    expect(replan(task).movedWindowCount).toBe(4);
  });

  it('a class doubled: the new half is seated, and only as many of the others move as have to', () => {
    // nine classes of 10 fill cells 10 to 12; each has its double from now on, and cells 13 to 15 are free
    const logins = range(0, 60).map((cell) => (cell >= 10 && cell < 16 ? 30 : 0));
    const classes = range(0, 9).map((k) => ({
      candidates: range(10, 16),
      wish: 10 + (k % 3),
      visitors: 10,
      classId: k,
    }));
    const doubled = { candidates: range(10, 16), wish: 10, visitors: 10, classId: 9 };
    const problem = tinyProblem({ sessions: logins, logins, demands: [...classes, doubled] });
    const before = Int32Array.from([...classes.map(({ wish }) => wish), -1]);
    const answer = replan({ problem, before, isFrozen: new Uint8Array(10) });
    expect([answer.movedWindowCount, answer.movedWindowBound, answer.starts[9]]).toEqual([0, 0, 13]);
    // where the class itself is twice as large and its cell is full, two of its neighbours or it alone go elsewhere
    const twice = tinyProblem({
      sessions: logins,
      logins,
      demands: classes.map((c, k) => (k === 0 ? { ...c, visitors: 20 } : c)),
    });
    const grown = replan({ problem: twice, before: before.subarray(0, 9), isFrozen: new Uint8Array(9) });
    expect([grown.movedWindowCount, grown.movedWindowBound]).toEqual([1, 1]);
    expect(checkPlan(twice, grown.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
  });

  it('seats newcomers near their wishes where there is room, moves nobody and needs no price to prove it', () => {
    const problem = tinyProblem({
      sessions: 20,
      logins: 20,
      demands: [
        { candidates: [5, 9], visitors: 15, wish: 5 },
        { candidates: range(1, 20), visitors: 10, wish: 5 },
        { candidates: range(1, 20), visitors: 10, wish: 5 },
      ],
    });
    const before = Int32Array.of(5, -1, -1);
    const answer = replan({ problem, before, isFrozen: new Uint8Array(3) });
    expect(answer.starts[0]).toBe(5);
    // the wished cell is taken: one each side of it, or both on one side where cells are two loads wide
    expect(Math.abs(answer.starts[1]! - 5) + Math.abs(answer.starts[2]! - 5)).toBeLessThanOrEqual(4);
    expect(checkPlan(problem, answer.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
    expect([answer.movedWindowCount, answer.movedWindowBound]).toEqual([0, 0]);
    expect(answer.movePrices.sessions.every((price) => price === 0)).toBe(true);
  });

  it('seats a newcomer by pushing somebody aside where no start has room', () => {
    const limits = range(0, 60).map((cell) => (cell === 5 ? 30 : cell === 6 ? 12 : 0));
    const problem = tinyProblem({
      sessions: limits,
      logins: limits,
      demands: [
        { candidates: [5, 6], visitors: 10 },
        { candidates: [5, 6], visitors: 10 },
        { candidates: [5], visitors: 20 },
      ],
    });
    const answer = replan({ problem, before: Int32Array.of(5, 5, -1), isFrozen: new Uint8Array(3) });
    expect(checkPlan(problem, answer.starts).violationCount).toBe(0);
    expect([answer.movedWindowCount, answer.movedWindowBound, answer.starts[2]]).toEqual([1, 1, 5]);
  });

  it('a new fixed time moves those who stand in its way, and nobody else', () => {
    const problem = tinyProblem({
      demands: [
        { candidates: [8], cells: 2, classId: 0, gapCells: 2 },
        { candidates: range(1, 20), cells: 2, classId: 0, gapCells: 2 },
        { candidates: range(1, 20), cells: 2, classId: 1 },
      ],
    });
    const before = Int32Array.of(2, 9, 9);
    const answer = replan({ problem, before, isFrozen: new Uint8Array(3) });
    expect([...answer.starts]).toEqual([8, 12, 9]);
    expect([answer.movedWindowCount, answer.movedWindowBound]).toEqual([2, 2]);
  });

  it('what frozen windows overload stays so, and everybody else leaves it', () => {
    const limits = range(0, 60).map((cell) => (cell === 10 ? 15 : 100));
    const problem = tinyProblem({
      sessions: limits,
      logins: limits,
      demands: [20, 20, 5].map((visitors) => ({ candidates: range(1, 40), visitors })),
    });
    const isFrozen = Uint8Array.of(1, 0, 0);
    const before = Int32Array.of(10, 10, 10);
    const answer = replan({ problem, before, isFrozen });
    expect(answer.starts[0]).toBe(10);
    expect(checkReplan(problem, before, isFrozen, answer.starts)).toEqual({
      movedWindowCount: 2,
      unfrozenCount: 0,
      overfullCellCount: 0,
    });
    expect(answer.movedWindowBound).toBe(2);
    const left = withFrozenLoad(problem, before, isFrozen);
    expect(left.overCellCount).toBe(1);
    expect(checkPlan(problem, answer.starts).violationCount).toBeGreaterThan(0);
    expect(checkPlan(left.problem, answer.starts).violationCount).toBe(0);
    // whoever is free has no room there
    expect(checkPlan(left.problem, Int32Array.of(10, 10, 30)).violationCount).toBeGreaterThan(0);
    expect(withFrozenLoad(problem, before, new Uint8Array(3)).overCellCount).toBe(0);
  });

  it('prices that say more than they prove are refused', () => {
    const problem = tinyProblem({ demands: [{ candidates: [3, 4] }] });
    const answer = replan({ problem, before: Int32Array.of(3), isFrozen: Uint8Array.of(0) });
    const prices = { ...answer.movePrices, sessions: answer.movePrices.sessions.map((_, c) => (c === 3 ? -1 : 0)) };
    expect(() => movedBoundFromPrices(problem, Int32Array.of(3), Uint8Array.of(0), prices)).toThrow(RangeError);
  });

  it('can be cancelled', () => {
    const problem = tinyProblem({ demands: [{ candidates: [3, 4] }] });
    const task = { problem, before: Int32Array.of(3), isFrozen: Uint8Array.of(0) };
    expect(() => replan(task, { isCancelled: () => true })).toThrow(AllocationCancelled);
  });
});

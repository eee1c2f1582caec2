import { tinyProblem } from '../../../../test/kernel/tiny-problem';
import { seededRandom } from '../../random';
import { checkPlan } from '../check-plan';
import { emptyTables } from '../price-tables';
import { AllocationCancelled } from '../problem';
import { pricePart } from '../solve-part';
import { emptySmallPlan, mayStart, put } from './small-plan';
import { searchSoftly } from './soft-search';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
/** Pairs of windows of one class, one teacher for three, four to a site: everything that may be in the way. */
const crowd = (seed: number) => {
  const random = seededRandom(seed);
  const demands = range(0, 15).map((k) => ({
    candidates: range(2, 40),
    wish: 12 + 4 * Math.floor(4 * random()),
    visitors: 2 + Math.floor(4 * random()),
    cells: 3,
    classId: k >> 1,
    gapCells: 1,
    teacher: k % 5,
    establishment: k % 4,
    siteUnits: 1,
  }));
  return tinyProblem({ logins: 6, siteLimits: [2, 2, 2, 2], demands });
};
const opened = (problem: ReturnType<typeof crowd>) => {
  const { model, reach } = pricePart(problem, 36, {});
  const plan = emptySmallPlan(model, reach, emptyTables(model));
  return { plan, movable: Int32Array.from(range(0, problem.demandCount)) };
};

describe('searchSoftly', () => {
  it('gives starts that break no law, at the cost that it says', () => {
    for (const seed of [1, 2, 3]) {
      const problem = crowd(seed);
      const { plan, movable } = opened(problem);
      const found = searchSoftly(plan, movable, 20_000, 0, seededRandom(seed), {})!;
      expect(checkPlan(problem, found.starts)).toMatchObject({
        violationCount: 0,
        unplacedCount: 0,
        objective: found.objective,
      });
    }
  });

  it('says that it found nothing where no plan keeps every law, and leaves loads that can be taken out again', () => {
    const problem = tinyProblem({
      logins: 5,
      demands: range(0, 4).map(() => ({ candidates: [2, 3], wish: 2, visitors: 5 })),
    });
    const { plan, movable } = opened(problem);
    expect(searchSoftly(plan, movable, 2000, 0, seededRandom(1), {})).toBeNull();
    expect(plan.starts.every((start) => start >= 0)).toBe(true);
    for (const i of movable) put(plan, i, plan.starts[i]!, -1);
    expect([...plan.logins.load, ...plan.sessions.load].every((load) => load === 0)).toBe(true);
    expect([mayStart(plan, 0, 2), plan.unplacedCount, plan.objective]).toEqual([true, 4, 0]);
  });

  it('ends when nobody waits for it any more, and at a plan that is good enough', () => {
    const { plan, movable } = opened(crowd(1));
    expect(() => searchSoftly(plan, movable, 20_000, 0, seededRandom(1), { isCancelled: () => true })).toThrow(
      AllocationCancelled,
    );
    const told: number[] = [];
    searchSoftly(plan, movable, 200_000, Infinity, seededRandom(1), { onPhase: (_, share) => told.push(share) });
    expect(told.length).toBeLessThan(200_000 / 4096);
  });
});

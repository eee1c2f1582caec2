import { tinyProblem } from '../../../../test/kernel/tiny-problem';
import { seededRandom } from '../../random';
import { allocate } from '../allocate';
import { firstFit } from '../baselines';
import { checkPlan } from '../check-plan';
import { pricePart } from '../solve-part';
import { SMALL_DEMANDS, solveSmall } from './solve-small';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const crowd = (count: number, seed: number) => {
  const random = seededRandom(seed);
  return range(0, count).map((k) => ({
    candidates: range(2, 50),
    wish: 15 + 4 * Math.floor(5 * random()),
    visitors: 2 + Math.floor(4 * random()),
    cells: 3,
    classId: k % Math.ceil(count / 2),
    gapCells: 1,
    teacher: k % Math.ceil(count / 3),
    establishment: k % 4,
    siteUnits: 1,
  }));
};
const problemOf = (count: number, seed: number, logins: number) =>
  tinyProblem({ logins, siteLimits: [4, 4, 4, 4], demands: crowd(count, seed) });
const solve = (problem: ReturnType<typeof problemOf>, seed: number, mustPlaceAll: boolean) => {
  const { model, reach, prices } = pricePart(problem, 48, {});
  return solveSmall(model, reach, prices, seed, { mustPlaceAll, isHopeless: false, isTrial: false }, {});
};

describe('solveSmall', () => {
  it('breaks no law, keeps everybody, and comes nearer to the wishes than first fit does', () => {
    for (const seed of [1, 2]) {
      const problem = problemOf(24, seed, 6);
      const plan = checkPlan(problem, solve(problem, seed, true)!);
      expect([seed, plan.violationCount, plan.unplacedCount]).toEqual([seed, 0, 0]);
      const first = checkPlan(problem, firstFit(problem, seed));
      expect(plan.objective).toBeLessThan(first.unplacedCount > 0 ? Infinity : first.objective);
    }
  });

  it('gives nothing where everybody must have a place and cannot, and as many as it can where they need not', () => {
    // ten windows of five visitors, and room for five in each of the six cells
    const demands = range(0, 10).map(() => ({ candidates: range(2, 8), wish: 4, visitors: 5 }));
    const problem = tinyProblem({ logins: 5, demands });
    expect(solve(problem, 1, true)).toBeNull();
    expect(checkPlan(problem, solve(problem, 1, false)!)).toMatchObject({ violationCount: 0, placedCount: 6 });
  });

  it('takes the first complete plan where it is only asked whether there is one, and says no where there is none', () => {
    const tried = (problem: ReturnType<typeof problemOf>, isTrial: boolean) => {
      const { model, reach, prices } = pricePart(problem, 48, {});
      let askedCount = 0;
      const watch = { isCancelled: () => ++askedCount < 0 };
      const options = { mustPlaceAll: true, isHopeless: false, isTrial };
      return { starts: solveSmall(model, reach, prices, 1, options, watch), askedCount: () => askedCount };
    };
    const problem = problemOf(24, 1, 6);
    const [trial, whole] = [tried(problem, true), tried(problem, false)];
    expect(checkPlan(problem, trial.starts!)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
    expect(trial.askedCount()).toBeLessThan(whole.askedCount() / 4);
    const crowded = tinyProblem({
      logins: 5,
      demands: range(0, 10).map(() => ({ candidates: range(2, 8), wish: 4, visitors: 5 })),
    });
    expect(tried(crowded, true).starts).toBeNull();
  });

  it('chooses the same plan for the same seed, and is what a part of few demands is planned with', () => {
    const problem = problemOf(20, 5, 6);
    expect(problem.demandCount).toBeLessThan(SMALL_DEMANDS);
    const once = solve(problem, 9, true)!;
    expect(solve(problem, 9, true)).toEqual(once);
    const plan = allocate(problem, { seed: 9 });
    expect(checkPlan(problem, plan.starts)).toMatchObject({ violationCount: 0, unplacedCount: 0 });
  });
});

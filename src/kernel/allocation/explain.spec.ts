import { tinyProblem } from '../../../test/kernel/tiny-problem';
import { allocate } from './allocate';
import { objectiveBoundFromPrices } from './check-bound';
import { checkPlan } from './check-plan';
import { Explainer } from './explain';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const demands = [
  ...range(0, 40).map((k) => ({
    candidates: range(2, 40),
    wish: 12 + (k % 4),
    visitors: 1 + (k % 5),
    cells: 2,
    teacher: k % 12,
    classId: k % 25,
    gapCells: 1,
    establishment: k % 5,
    siteUnits: 1,
  })),
  { candidates: range(2, 40), visitors: 7 },
];
const problem = tinyProblem({ logins: 7, sessions: 40, siteLimits: [3, 3, 3, 3, 3], demands });
const plan = allocate(problem, { seed: 1 });
const check = checkPlan(problem, plan.starts);
const explainer = new Explainer(problem, plan.starts, plan.displacementCapCells, plan.objectivePrices);

describe('Explainer', () => {
  it('adds up, over all windows and the room that is left, to the gap of the certificate', () => {
    expect([check.violationCount, check.unplacedCount]).toEqual([0, 0]);
    const bounds = objectiveBoundFromPrices(problem, plan.starts, plan.displacementCapCells, plan.objectivePrices);
    let excess = 0;
    for (let i = 0; i < problem.demandCount; i++) excess += explainer.explain(i).excess;
    const room = explainer.priceOfRoom(check.sessionLoad, check.loginLoad);
    expect(bounds.jointLowerBound).toBeGreaterThan(0);
    expect(excess + room).toBeCloseTo(check.objective - bounds.jointLowerBound, 3);
  });

  it('names what the wished cells cost, what the given ones do, and three others', () => {
    const moved = plan.starts.findIndex((start, i) => problem.demandWish[i]! >= 0 && start !== problem.demandWish[i]!);
    const { atWish, given, alternatives, wish } = explainer.explain(moved);
    expect(wish).toBe(problem.demandWish[moved]);
    expect(atWish).toMatchObject({ start: wish, moved: 0 });
    expect(given!.moved).toBe((plan.starts[moved]! - wish) ** 2);
    expect(given!.total).toBeCloseTo(given!.moved + given!.sessions + given!.logins + given!.local, 9);
    expect(alternatives).toHaveLength(3);
    expect(alternatives.map(({ total }) => total)).toEqual(
      [...alternatives.map(({ total }) => total)].sort((a, b) => a - b),
    );
    expect(alternatives.map(({ start }) => start)).not.toContain(plan.starts[moved]);
  });

  it('lists who else wanted the same cells, and nobody for a window without a wish', () => {
    const rivals = explainer.rivals(0);
    expect([...rivals]).toEqual(
      range(1, 40).filter((j) => Math.abs(problem.demandWish[j]! - problem.demandWish[0]!) < 2),
    );
    expect(explainer.rivals(40)).toHaveLength(0);
    expect(explainer.explain(40).atWish).toBeNull();
  });
});

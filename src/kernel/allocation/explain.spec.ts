import fc from 'fast-check';
import { tinyProblem, type TinyDemand } from '../../../test/kernel/tiny-problem';
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

  it('adds up on any instance: figures of each start to its total, excess and room to the gap, in parts, series and small plans too', () => {
    const anyDemand: fc.Arbitrary<TinyDemand> = fc.record({
      candidates: fc
        .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 3, max: 25 }))
        .map(([from, count]) => range(from, from + count)),
      wish: fc.integer({ min: -1, max: 20 }).map((wish) => (wish < 2 ? -1 : wish)),
      cells: fc.integer({ min: 1, max: 3 }),
      visitors: fc.integer({ min: 1, max: 9 }),
      weight: fc.integer({ min: 1, max: 4 }),
      shifts: fc.constantFrom([0], [0], [0, 60]),
      classId: fc.integer({ min: -1, max: 12 }),
      teacher: fc.integer({ min: -1, max: 9 }),
      establishment: fc.integer({ min: 0, max: 3 }),
      gapCells: fc.integer({ min: 0, max: 2 }),
      siteUnits: fc.integer({ min: 0, max: 2 }),
    });
    const anyInstance = fc.record({
      demands: fc.array(anyDemand, { minLength: 3, maxLength: 30 }),
      sessions: fc.integer({ min: 15, max: 60 }),
      logins: fc.integer({ min: 9, max: 40 }),
      siteLimits: fc.constantFrom<number[]>([0, 0, 0, 0], [3, 3, 4, 5]),
      smallBelow: fc.constantFrom(0, 500),
    });
    let complete = 0;
    fc.assert(
      fc.property(anyInstance, ({ smallBelow, ...tiny }) => {
        const any = tinyProblem({ cellCount: 120, ...tiny });
        const found = allocate(any, { seed: 1, smallBelow });
        const checked = checkPlan(any, found.starts);
        if (checked.unplacedCount > 0) return;
        complete++;
        const explains = new Explainer(any, found.starts, found.displacementCapCells, found.objectivePrices);
        const { jointLowerBound } = objectiveBoundFromPrices(
          any,
          found.starts,
          found.displacementCapCells,
          found.objectivePrices,
        );
        let excess = 0;
        let moved = 0;
        for (let i = 0; i < any.demandCount; i++) {
          const told = explains.explain(i);
          excess += told.excess;
          moved += told.given!.moved;
          for (const cost of [told.given!, ...told.alternatives, ...(told.atWish ? [told.atWish] : [])])
            expect(cost.total).toBeCloseTo(cost.moved + cost.sessions + cost.logins + cost.local, 6);
        }
        expect(moved).toBeCloseTo(checked.objective, 6);
        const room = explains.priceOfRoom(checked.sessionLoad, checked.loginLoad);
        const gap = checked.objective - jointLowerBound;
        expect(Math.abs(excess + room - gap)).toBeLessThan(1e-3 + 1e-6 * checked.objective);
      }),
      { numRuns: 40 },
    );
    expect(complete).toBeGreaterThan(10);
  }, 300_000);

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

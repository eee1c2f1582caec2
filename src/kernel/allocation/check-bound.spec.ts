import fc from 'fast-check';
import { everyPlan, tinyProblem } from '../../../test/kernel/tiny-problem';
import { allocate } from './allocate';
import { objectiveBoundFromPrices, peakBoundFromPrices } from './check-bound';
import { checkPlan } from './check-plan';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const problem = tinyProblem({
  logins: 5,
  demands: range(0, 25).map((k) => ({ candidates: range(1, 40), wish: 20, teacher: k % 5 })),
});
const plan = allocate(problem, { seed: 1 });

describe('bounds from prices', () => {
  it('proves the whole cost of a crowd at one hour, and the least peak', () => {
    const { lowerBound } = objectiveBoundFromPrices(
      problem,
      plan.starts,
      plan.displacementCapCells,
      plan.objectivePrices,
    );
    expect(plan.objective).toBe(50);
    expect(lowerBound).toBeGreaterThan(49.9);
    expect(lowerBound).toBeLessThanOrEqual(50);
    // 25 windows of one cell on 39 cells of five: 25 / (39 x 5)
    expect(peakBoundFromPrices(problem, plan.peakPrices)).toBeCloseTo(25 / 195, 4);
  });

  it('proves nothing without prices', () => {
    const nothing = { sessions: new Float64Array(60), logins: new Float64Array(60) };
    expect(peakBoundFromPrices(problem, nothing)).toBe(0);
    const none = {
      localLaw: new Uint8Array(0),
      localOwner: new Int32Array(0),
      localCell: new Int32Array(0),
      localPrice: new Float64Array(0),
    };
    expect(objectiveBoundFromPrices(problem, plan.starts, 6, { ...nothing, ...none }).lowerBound).toBe(0);
  });

  it.each([
    ['negative', -1],
    ['not whole', 0.5],
    ['no number', Number.NaN],
  ])('refuses a price that is %s', (_, price) => {
    const sessions = new Float64Array(60);
    sessions[20] = price;
    expect(() => peakBoundFromPrices(problem, { ...plan.peakPrices, sessions })).toThrow(RangeError);
    expect(() => objectiveBoundFromPrices(problem, plan.starts, 6, { ...plan.objectivePrices, sessions })).toThrow(
      RangeError,
    );
    const local = { localLaw: Uint8Array.of(0), localOwner: Int32Array.of(0), localCell: Int32Array.of(20) };
    const prices = { ...plan.objectivePrices, ...local, localPrice: Float64Array.of(price) };
    expect(() => objectiveBoundFromPrices(problem, plan.starts, 6, prices)).toThrow(RangeError);
  });

  it('counts the limit of a site in whole classes', () => {
    // two classes of four fit under a limit of nine, where a relaxation would let two and a quarter in: it proves 135
    const crowd = tinyProblem({
      logins: 100,
      siteLimits: [9],
      demands: range(0, 9).map(() => ({ candidates: range(1, 40), wish: 20, siteUnits: 4, weight: 10 })),
    });
    const found = allocate(crowd, { seed: 1 });
    const { objectivePrices: prices, displacementCapCells } = found;
    expect(found.objective).toBe(10 * (4 * 1 + 3 * 4));
    expect([...prices.localLaw]).toContain(4);
    expect(objectiveBoundFromPrices(crowd, found.starts, displacementCapCells, prices).lowerBound).toBeGreaterThan(135);
  });

  it('stays below every plan whatever the prices of whole shares are', () => {
    const demand = fc.record({ units: fc.integer({ min: 1, max: 6 }), wish: fc.integer({ min: 3, max: 6 }) });
    const row = fc.record({
      law: fc.integer({ min: 2, max: 6 }),
      cell: fc.integer({ min: 3, max: 7 }),
      price: fc.integer({ min: 0, max: 4096 }),
    });
    const anySite = fc.tuple(
      fc.array(demand, { minLength: 2, maxLength: 5 }),
      fc.integer({ min: 6, max: 11 }),
      fc.uniqueArray(row, { selector: ({ law, cell }) => law * 100 + cell, maxLength: 10 }),
    );
    fc.assert(
      fc.property(anySite, ([demands, limit, rows]) => {
        const site = tinyProblem({
          siteLimits: [limit],
          demands: demands.map(({ units, wish }) => ({ candidates: range(3, 8), wish, siteUnits: units, cells: 1 })),
        });
        const bound = objectiveBoundFromPrices(site, new Int32Array(site.demandCount), 12, {
          sessions: new Float64Array(site.cellCount),
          logins: new Float64Array(site.cellCount),
          localLaw: Uint8Array.from(rows, ({ law }) => law),
          localOwner: new Int32Array(rows.length),
          localCell: Int32Array.from(rows, ({ cell }) => cell),
          localPrice: Float64Array.from(rows, ({ price }) => price),
        });
        let best = Infinity;
        for (const starts of everyPlan(site)) {
          const { violationCount, objective } = checkPlan(site, starts);
          if (violationCount === 0) best = Math.min(best, objective);
        }
        expect(bound.lowerBound).toBeLessThanOrEqual(best);
      }),
      { numRuns: 40 },
    );
  });

  it('refuses a price on a site that has no limit', () => {
    const local = { localLaw: Uint8Array.of(2), localOwner: Int32Array.of(0), localCell: Int32Array.of(20) };
    const prices = { ...plan.objectivePrices, ...local, localPrice: Float64Array.of(7) };
    expect(() => objectiveBoundFromPrices(problem, plan.starts, 6, prices)).toThrow('proves nothing');
  });
});

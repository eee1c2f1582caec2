import { tinyProblem } from '../../../test/kernel/tiny-problem';
import { allocate } from './allocate';
import { objectiveBoundFromPrices, peakBoundFromPrices } from './check-bound';

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

  it('refuses a price on a site that has no limit', () => {
    const local = { localLaw: Uint8Array.of(2), localOwner: Int32Array.of(0), localCell: Int32Array.of(20) };
    const prices = { ...plan.objectivePrices, ...local, localPrice: Float64Array.of(7) };
    expect(() => objectiveBoundFromPrices(problem, plan.starts, 6, prices)).toThrow('proves nothing');
  });
});

import { tinyProblem } from '../../test/kernel/tiny-problem';
import { allocate } from '../kernel/allocation/allocate';
import { beyondCap } from '../kernel/allocation/check-cap';
import type { AssembledProblem } from '../load/assembled-problem';
import { proofOf } from './allocation-proof';

/** Twelve classes that wish the same cell, with room for three in each; the letter gives all of them the cells from 20 on. */
const demands = Array.from({ length: 12 }, (_, k) => ({
  candidates: Array.from({ length: 21 }, (_start, s) => 10 + s),
  wish: 20,
  visitors: 10,
  classId: k,
}));
const problem = tinyProblem({ sessions: 30, logins: 30, demands });
const assembled = {
  problem,
  identity: { letterRange: new Uint16Array(12).fill(1) },
  letter: { fromCell: Int32Array.of(0, 20), toCell: Int32Array.of(0, 26) },
} as unknown as AssembledProblem;

describe('the proof of an allocation', () => {
  const allocation = allocate(problem, { seed: 1 });

  it('is what the prices prove, no more than the plan costs, with the peaks of doing without beside it', () => {
    const proof = proofOf(assembled, allocation, 1);
    expect(proof.objectiveLowerBound).toBeGreaterThan(0);
    expect(proof.objectiveLowerBound).toBeLessThanOrEqual(allocation.objective);
    expect(proof.baselines.peaks.everybodyAtWish).toEqual({ sessionsRatio: 4, loginsRatio: 4, unplacedCount: 0 });
    expect(proof.baselines.peaks.letterByLevel.sessionsRatio).toBe(4);
    expect(proof.baselines.peaks.firstFit).toEqual({ sessionsRatio: 1, loginsRatio: 1, unplacedCount: 0 });
    expect(proofOf(assembled, allocation, 1)).toEqual(proof);
  });

  it.each([
    ['the objective', { objectiveLowerBound: allocation.objectiveLowerBound * 1.01 + 1 }, 'objective'],
    ['the objective with nothing fixed', { jointLowerBound: allocation.jointLowerBound * 1.01 + 1 }, 'joint_objective'],
    ['the peak', { peakLowerBoundRatio: allocation.peakLowerBoundRatio + 0.01 }, 'peak'],
  ])('refuses a claim about %s that the prices do not prove', (_what, claim, bound) => {
    let refusal: unknown;
    try {
      proofOf(assembled, { ...allocation, ...claim }, 1);
    } catch (error) {
      refusal = error;
    }
    expect(refusal).toMatchObject({ code: 'allocation.bound_refused', facts: { bound } });
  });

  it('refuses a plan in which somebody stands beyond the cap that it claims, and no other', () => {
    const worst = Math.max(...allocation.starts.map((start) => Math.abs(start - 20)));
    expect(worst).toBeGreaterThan(1);
    const claim = (displacementCapCells: number) => () =>
      proofOf(assembled, { ...allocation, displacementCapCells, objectiveLowerBound: 0, jointLowerBound: 0 }, 1);
    expect(claim(worst)).not.toThrow();
    expect(claim(worst - 1)).toThrow(/further than 5 minutes from their wish/);
    // the only starts that a window has bind no cap
    const far = tinyProblem({ demands: [{ candidates: [30], wish: 20 }] });
    expect(beyondCap(far, Int32Array.of(30), 6)).toEqual([]);
    expect(beyondCap(tinyProblem({ demands: [{ candidates: [30, 31], wish: 20 }] }), Int32Array.of(31), 6)).toEqual([
      0,
    ]);
  });

  it('refuses the claim of the solver when its prices were changed', () => {
    const { sessions, logins } = allocation.objectivePrices;
    const weaker = {
      ...allocation.objectivePrices,
      sessions: sessions.map((price) => price * 2),
      logins: logins.map((price) => price * 2),
    };
    expect(() => proofOf(assembled, { ...allocation, objectivePrices: weaker }, 1)).toThrow(/prove a bound/);
  });
});

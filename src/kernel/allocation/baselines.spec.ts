import { tinyProblem } from '../../../test/kernel/tiny-problem';
import { everybodyAtWish, firstFit, letterByLevel, randomStarts } from './baselines';
import { checkPlan } from './check-plan';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const problem = tinyProblem({
  logins: 2,
  demands: [...range(0, 12).map(() => ({ candidates: range(5, 30), wish: 10 })), { candidates: range(5, 30) }],
});

describe('baselines', () => {
  it('puts everybody at the wished hour and the others anywhere', () => {
    const starts = everybodyAtWish(problem, 1);
    expect([...starts.subarray(0, 12)]).toEqual(new Array<number>(12).fill(10));
    expect(checkPlan(problem, starts).violationCountByLaw.start_not_allowed).toBe(0);
  });

  it('sends the levels of the letter to their hours and leaves the others alone', () => {
    const starts = letterByLevel(problem, { hoursOf: (i) => (i < 6 ? { from: 20, to: 24 } : { from: 8, to: 12 }) }, 1);
    expect([...starts.subarray(0, 6)].filter((start) => start < 20 || start >= 24)).toEqual([]);
    expect(new Set(starts.subarray(0, 6)).size).toBeGreaterThan(1);
    expect([...starts.subarray(6, 12)]).toEqual(new Array<number>(6).fill(10));
  });

  it('draws allowed starts only, the same for the same seed', () => {
    const starts = randomStarts(problem, 3);
    expect(checkPlan(problem, starts).violationCountByLaw.start_not_allowed).toBe(0);
    expect(randomStarts(problem, 3)).toEqual(starts);
    expect(new Set(starts).size).toBeGreaterThan(3);
  });

  it('fits everybody near the wish without going over a limit', () => {
    const check = checkPlan(problem, firstFit(problem, 3));
    expect([check.violationCount, check.unplacedCount, check.objective]).toEqual([0, 0, 2 * (1 + 1 + 4 + 4 + 9)]);
  });
});

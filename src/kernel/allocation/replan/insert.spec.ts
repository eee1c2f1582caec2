import { tinyProblem } from '../../../../test/kernel/tiny-problem';
import { checkPlan } from '../check-plan';
import { addEstablishment, type NewDemand, problemOf } from './newcomers';
import { insertDemands, openPublished } from './insert';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
const newcomer = (change: Partial<NewDemand>): NewDemand => ({
  day: 0,
  cells: 1,
  scale: 10_000,
  profile: 0,
  candidates: Int32Array.from(range(1, 40)),
  shifts: Int32Array.of(0),
  wish: 10,
  weight: 1,
  classIndex: -1,
  establishment: 0,
  teacher: -1,
  gapCells: 0,
  siteUnits: 0,
  ...change,
});
const noPrices = { sessions: new Float64Array(60), logins: new Float64Array(60) };

describe('insertDemands', () => {
  it('gives a newcomer its wished hour where there is room, and the next one where there is none; nobody moves', () => {
    const problem = tinyProblem({ sessions: 25, logins: 25, demands: [{ candidates: range(1, 40), visitors: 10 }] });
    const published = openPublished(problem, Int32Array.of(10), noPrices, 4);
    const { demands, unplaced, moved } = insertDemands(published, [newcomer({}), newcomer({})], Uint8Array.of(0));
    expect([...demands.map((i) => published.incumbent.starts[i]! - 10)].map(Math.abs).sort()).toEqual([0, 1]);
    expect([unplaced, moved]).toEqual([[], []]);
  });

  it('keeps the windows of a new class apart from those of its teacher, and the limit of its school', () => {
    const problem = tinyProblem({
      siteLimits: [1],
      demands: [{ candidates: range(1, 40), cells: 2, teacher: 0, classId: 0, siteUnits: 1 }],
    });
    const published = openPublished(problem, Int32Array.of(10), noPrices, 4);
    const twin = newcomer({ cells: 2, classIndex: 1, siteUnits: 1 });
    insertDemands(published, [twin, { ...twin, classIndex: 2, teacher: 0, siteUnits: 0 }], Uint8Array.of(0));
    const whole = problemOf(published.incumbent);
    expect(whole.demandCount).toBe(3);
    expect(checkPlan(whole, published.incumbent.starts.subarray(0, 3)).violationCount).toBe(0);
  });

  it('pushes others aside to where there is room, never one that may not move, and never over a limit', () => {
    const limits = range(0, 60).map((cell) => (cell === 5 ? 20 : cell === 9 ? 10 : 0));
    const problem = tinyProblem({
      sessions: limits,
      logins: limits,
      demands: range(0, 2).map(() => ({ candidates: [5, 9], visitors: 10 })),
    });
    const isImmovable = Uint8Array.of(1, 0);
    const published = openPublished(problem, Int32Array.of(5, 5), noPrices, 4);
    const only = newcomer({ candidates: Int32Array.of(5), wish: 5 });
    const first = insertDemands(published, [only], isImmovable);
    expect(first.moved).toEqual([{ demand: 1, from: 5 }]);
    expect([...published.incumbent.starts.subarray(0, 3)]).toEqual([5, 9, 5]);
    expect(insertDemands(published, [only], isImmovable).unplaced).toEqual([3]);
  });

  it('keeps the own windows of a new school apart from its neighbours', () => {
    const problem = tinyProblem({
      neighbourSpacingCells: 3,
      demands: [{ candidates: range(1, 40), establishment: 0 }],
    });
    const published = openPublished(problem, Int32Array.of(10), noPrices, 4);
    const establishment = addEstablishment(published.incumbent, 0, [0]);
    const { demands } = insertDemands(published, [newcomer({ establishment })], Uint8Array.of(0));
    expect(Math.abs(published.incumbent.starts[demands[0]!]! - 10)).toBe(3);
  });

  it('says so when the plan was opened with too little room', () => {
    const published = openPublished(tinyProblem({ demands: [{ candidates: [3] }] }), Int32Array.of(3), noPrices, 1);
    expect(() => insertDemands(published, [newcomer({}), newcomer({})], Uint8Array.of(0))).toThrow(RangeError);
  });
});

import { tinyProblem, type TinyProblem } from '../../../test/kernel/tiny-problem';
import { checkPlan, PLAN_LAWS, type PlanLaw } from './check-plan';

const anywhere = Array.from({ length: 50 }, (_, k) => k + 1);

/** A problem and a plan that keep every law; each case below breaks one of them on purpose. */
const sound: TinyProblem = {
  sessions: 30,
  logins: 30,
  classConflicts: [[0, 1]],
  neighbours: [[0, 1]],
  neighbourSpacingCells: 3,
  siteLimits: [2, 0],
  profiles: [
    [
      [0, 1000, 1000, 0, 0],
      [0, 500, 500, 0, 0],
    ],
  ],
  demands: [
    { candidates: anywhere, cells: 2, visitors: 20, classId: 0, teacher: 0, gapCells: 4, siteUnits: 1 },
    { candidates: anywhere, cells: 2, visitors: 20, classId: 0, teacher: 1, gapCells: 4, siteUnits: 1 },
    { candidates: anywhere, cells: 2, visitors: 20, classId: 1, teacher: 0, siteUnits: 1 },
    { candidates: anywhere, cells: 2, visitors: 8, classId: 2, siteUnits: 1 },
    { candidates: anywhere, cells: 2, visitors: 8, establishment: 0 },
    { candidates: anywhere, cells: 2, visitors: 8, establishment: 1, shifts: [0, 5] },
  ],
};
const soundStarts = [10, 16, 20, 10, 30, 33];

const check = (starts: number[], change: Partial<TinyProblem> = {}) =>
  checkPlan(tinyProblem({ ...sound, ...change }), Int32Array.from(starts));
const only = (law: PlanLaw, count: number) => ({ ...Object.fromEntries(PLAN_LAWS.map((l) => [l, 0])), [law]: count });

describe('checkPlan', () => {
  it('accepts a sound plan and recomputes its loads', () => {
    const { violationCount, placedCount, windowCount, peakUtilisationRatio, sessionLoad } = check(soundStarts);
    expect({ violationCount, placedCount, windowCount }).toEqual({ violationCount: 0, placedCount: 6, windowCount: 7 });
    expect(sessionLoad[10]).toBe(28_000);
    expect(peakUtilisationRatio).toEqual({ sessions: 28 / 30, logins: 14 / 30 });
  });

  it.each<[PlanLaw, string, number[], Partial<TinyProblem>, number]>([
    [
      'session_limit',
      'two large classes at once',
      [10, 24, 10, 40, 30, 33],
      { classConflicts: [], demands: sound.demands.map((d) => ({ ...d, teacher: -1 })) },
      2,
    ],
    [
      'login_limit',
      'more log-ins than the cells have room for',
      soundStarts,
      { logins: Array.from({ length: 60 }, (_, c) => (c === 10 ? 13 : 30)) },
      1,
    ],
    ['class_overlap', 'a class in two windows at once', [10, 11, 20, 40, 30, 33], { sessions: 100 }, 1],
    ['group_overlap', 'a group while its pupils sit in their class', [10, 20, 21, 40, 30, 33], { sessions: 100 }, 1],
    ['gap', 'a class without its pause', [10, 15, 20, 40, 30, 33], {}, 1],
    [
      'teacher_overlap',
      'a teacher in two live windows',
      [10, 16, 11, 40, 30, 33],
      { sessions: 100, classConflicts: [] },
      1,
    ],
    ['start_not_allowed', 'a start outside the allowed hours', [10, 16, 51, 40, 30, 33], {}, 1],
    ['site_limit', 'two windows where one is allowed', [10, 16, 22, 10, 30, 33], { siteLimits: [1, 0] }, 1],
    ['neighbour_spacing', 'two neighbours within a quarter of an hour', [10, 16, 20, 10, 30, 32], {}, 1],
    [
      'horizon',
      'a window beyond the last cell',
      [10, 16, 58, 10, 30, 33],
      { demands: sound.demands.map((d) => ({ ...d, candidates: [...anywhere, 58] })) },
      1,
    ],
  ])('rejects a plan that breaks %s: %s', (law, _, starts, change, count) => {
    const result = check(starts, change);
    expect(result.violationCountByLaw).toEqual(only(law, count));
    expect(result.violationCount).toBe(count);
    expect(result.violations.map((violation) => violation.law)).toEqual(new Array<string>(count).fill(law));
  });

  it('sees a later date of a series that meets another window', () => {
    const result = check([10, 16, 20, 40, 30, 33], {
      neighbours: [],
      classConflicts: [],
      demands: [{ ...sound.demands[0]!, shifts: [0, 6] }, ...sound.demands.slice(1)],
    });
    expect(result.violationCountByLaw).toEqual({ ...only('class_overlap', 1), session_limit: 2 });
  });

  it('counts what is not placed and never calls it a violation', () => {
    const result = check([10, -1, 20, 10, 30, 33]);
    expect([result.unplacedCount, result.violationCount]).toEqual([1, 0]);
  });

  it('counts every violation but lists a bounded number', () => {
    const demands = Array.from({ length: 60 }, () => ({ candidates: [5], classId: 0 }));
    const result = checkPlan(tinyProblem({ demands }), new Int32Array(60).fill(5));
    expect(result.violationCountByLaw.class_overlap).toBe((60 * 59) / 2);
    expect(result.violations).toHaveLength(20);
  });

  it('calls a load on a cell without any room an infinite peak', () => {
    const result = checkPlan(tinyProblem({ sessions: 0, demands: [{ candidates: [5] }] }), Int32Array.of(5));
    expect(result.peakUtilisationRatio.sessions).toBe(Infinity);
    expect(result.violationCountByLaw.session_limit).toBe(1);
  });
});

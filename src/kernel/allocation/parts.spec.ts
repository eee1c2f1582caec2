import { tinyProblem } from '../../../test/kernel/tiny-problem';
import { allocate } from './allocate';
import { checkPlan } from './check-plan';
import { partProblem, splitProblem } from './parts';

describe('splitProblem', () => {
  const demands = [
    { candidates: [5, 6], wish: 5, classId: 3, teacher: 2, establishment: 1 },
    { candidates: [105, 106], wish: 102, classId: 3, day: 1 },
    { candidates: [7, 8], wish: 8, classId: 1 },
    { candidates: [], wish: 50 },
  ];

  it('separates days, keeps what can share a cell together and leaves out what has no start', () => {
    const parts = splitProblem(tinyProblem({ cellCount: 200, demands }));
    expect(parts.map((part) => [...part.demand])).toEqual([[0, 2], [1]]);
  });

  it('keeps the dates of a series, and whoever meets one of them, in one part', () => {
    const series = { candidates: [5], shifts: [0, 100] };
    expect(splitProblem(tinyProblem({ cellCount: 200, demands: [...demands, series] }))).toHaveLength(1);
  });

  it('gives each part its own small columns, with wishes and starts on its own cells', () => {
    const problem = tinyProblem({ cellCount: 200, demands });
    const part = splitProblem(problem)[1]!;
    const own = partProblem(problem, part);
    expect(own).toMatchObject({ demandCount: 1, classCount: 1, establishmentCount: 1, teacherCount: 0 });
    expect(own.demandWish[0]! + part.firstCell).toBe(102);
    expect([...own.candidateCell].map((cell) => cell + part.firstCell)).toEqual([105, 106]);
    expect(own.originCell).toBe(problem.originCell + part.firstCell);
  });

  it('plans parts alone as well as together', () => {
    const problem = tinyProblem({ cellCount: 200, logins: 1, demands });
    const plan = allocate(problem, { seed: 1 });
    expect(checkPlan(problem, plan.starts)).toMatchObject({ violationCount: 0, unplacedCount: 1, objective: 9 });
    expect(plan.parts.map((part) => part.objective)).toEqual([0, 9]);
  });
});

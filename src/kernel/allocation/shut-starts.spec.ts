import fc from 'fast-check';
import { tinyProblem, type TinyProblem } from '../../../test/kernel/tiny-problem';
import { checkPlan, type PlanLaw } from './check-plan';
import { SHUT_CAUSES, type ShutCause, shutStarts } from './shut-starts';

const told = (tiny: TinyProblem, starts: number[]): Partial<Record<ShutCause, number>> => {
  const problem = tinyProblem(tiny);
  const plan = Int32Array.from(starts);
  const [shut] = shutStarts(problem, plan, checkPlan(problem, plan), [starts.indexOf(-1)]);
  return Object.fromEntries<number>(
    SHUT_CAUSES.map((cause, c) => [cause, shut!.shutCounts[c]!]).filter(([, n]) => n !== 0) as [ShutCause, number][],
  );
};

describe('which laws shut the starts of a demand that was left out', () => {
  it.each<[string, TinyProblem, number[], object]>([
    [
      'full cells',
      { sessions: 1, logins: 3, demands: [{ candidates: [5, 6, 9], visitors: 2 }] },
      [-1],
      { sessions: 3 },
    ],
    [
      'another window of its class and the gap, before and behind',
      {
        demands: [
          { candidates: [5, 6, 7, 8, 9, 10], classId: 0, gapCells: 1 },
          { candidates: [8], classId: 0 },
        ],
      },
      [-1, 8],
      { class: 3 },
    ],
    [
      'a group of its pupils',
      {
        classConflicts: [[0, 1]],
        demands: [
          { candidates: [7, 8], classId: 0 },
          { candidates: [8], classId: 1 },
        ],
      },
      [-1, 8],
      { group: 1 },
    ],
    [
      'its teacher',
      {
        demands: [
          { candidates: [7, 8], teacher: 0 },
          { candidates: [8], teacher: 0 },
        ],
      },
      [-1, 8],
      { teacher: 1 },
    ],
    [
      'the limit of its establishment',
      {
        siteLimits: [2],
        demands: [
          { candidates: [7, 8, 9], siteUnits: 1, cells: 2 },
          { candidates: [8], siteUnits: 2 },
        ],
      },
      [-1, 8],
      { site: 2 },
    ],
    [
      'neighbours',
      {
        neighbours: [[0, 1]],
        neighbourSpacingCells: 3,
        demands: [
          { candidates: [5, 6, 7, 11], establishment: 0 },
          { candidates: [8], establishment: 1 },
        ],
      },
      [-1, 8],
      { neighbour: 2 },
    ],
    [
      'any date of a series',
      {
        demands: [
          { candidates: [5, 6], teacher: 0, shifts: [0, 20] },
          { candidates: [25], teacher: 0 },
        ],
      },
      [-1, 25],
      { teacher: 1 },
    ],
  ])('counts %s', (_what, tiny, starts, expected) => {
    expect(told(tiny, starts)).toEqual(expected);
  });

  it('names what the checker of plans would find, start by start', () => {
    const lawsOf: Record<ShutCause, PlanLaw[]> = {
      sessions: ['session_limit'],
      logins: ['login_limit'],
      class: ['class_overlap', 'gap'],
      group: ['group_overlap'],
      teacher: ['teacher_overlap'],
      site: ['site_limit'],
      neighbour: ['neighbour_spacing'],
    };
    const demand = fc.record({
      candidates: fc.constant<number[]>([3, 4, 5, 6, 7, 8, 9]),
      cells: fc.integer({ min: 1, max: 3 }),
      classId: fc.integer({ min: -1, max: 2 }),
      establishment: fc.integer({ min: 0, max: 1 }),
      teacher: fc.integer({ min: -1, max: 1 }),
      gapCells: fc.integer({ min: 0, max: 2 }),
      siteUnits: fc.integer({ min: 0, max: 2 }),
    });
    const anything = fc.record({
      one: demand,
      others: fc.array(fc.tuple(demand, fc.integer({ min: 3, max: 9 })), { maxLength: 4 }),
    });
    const seen = new Set<ShutCause>();
    fc.assert(
      fc.property(anything, ({ one, others }) => {
        const problem = tinyProblem({
          sessions: 2,
          logins: 2,
          classConflicts: [[0, 1]],
          neighbours: [[0, 1]],
          neighbourSpacingCells: 2,
          siteLimits: [2, 3],
          demands: [one, ...others.map(([other]) => other), { candidates: [40], establishment: 1, classId: 3 }],
        });
        const starts = Int32Array.from([-1, ...others.map(([, start]) => start), 40]);
        const before = checkPlan(problem, starts);
        // whoever stands must stand lawfully: what is counted is what the newcomer would add
        if (before.violationCount > 0) return;
        const [shut] = shutStarts(problem, starts, before, [0]);
        SHUT_CAUSES.forEach((cause, c) => {
          const count = one.candidates.filter((start) => {
            const { violationCountByLaw } = checkPlan(problem, Int32Array.from([start, ...starts.subarray(1)]));
            return lawsOf[cause].some((law) => violationCountByLaw[law] > 0);
          }).length;
          if (count > 0) seen.add(cause);
          expect([cause, shut!.shutCounts[c]]).toEqual([cause, count]);
        });
      }),
      { numRuns: 300 },
    );
    expect(seen.size).toBe(SHUT_CAUSES.length);
  });
});

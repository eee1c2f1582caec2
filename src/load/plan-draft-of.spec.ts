import { assembledOf, ORIGIN } from '../../test/kernel/tiny-assembled';
import type { TinyDemand } from '../../test/kernel/tiny-problem';
import { allocate } from '../kernel/allocation/allocate';
import { checkPlan } from '../kernel/allocation/check-plan';
import { baselinesOf } from './baselines-of';
import { planDraftOf } from './plan-draft-of';

function draftOf(demands: TinyDemand[], sessions = 100) {
  const assembled = assembledOf(demands, sessions);
  const allocation = allocate(assembled.problem, { seed: 1 });
  const proof = {
    beyondCapCount: 0,
    peakLowerBoundRatio: allocation.peakLowerBoundRatio,
    objectiveLowerBound: allocation.objectiveLowerBound,
    jointLowerBound: allocation.jointLowerBound,
    baselines: baselinesOf(assembled, 77),
  };
  return planDraftOf(assembled, allocation, checkPlan(assembled.problem, allocation.starts), proof, 77);
}

describe('the draft of a plan', () => {
  it('has a row for each date of a series, at the same hours, with its wish', () => {
    const { columns } = draftOf([
      { candidates: [100, 110], wish: 110, visitors: 25, classId: 0, cells: 2, shifts: [0, 2 * 288, 3 * 288 + 12] },
      { candidates: [120], visitors: 25 },
    ]);
    expect(columns.windowCount).toBe(4);
    expect([...columns.startCell]).toEqual([110, 110 + 576, 110 + 876, 120].map((cell) => cell + ORIGIN));
    expect([...columns.wishCell]).toEqual([ORIGIN + 110, ORIGIN + 686, ORIGIN + 986, -1]);
    expect([...columns.localDay]).toEqual([20_000, 20_002, 20_003, 20_000]);
    expect([...columns.series]).toEqual([0, 0, 0, -1]);
    expect([...columns.classId]).toEqual([100, 100, 100, -1]);
    expect([...columns.audience]).toEqual([0, 0, 0, 1]);
    expect([...columns.cellCount.slice(0, 3)]).toEqual([2, 2, 2]);
  });

  it('lists every date of what found no place, with the reason and what it would have needed', () => {
    const { columns, unplaced } = draftOf(
      [
        { candidates: [100], visitors: 8, classId: 0, shifts: [0, 288] },
        { candidates: [100], visitors: 8, classId: 1 },
        { candidates: [], visitors: 8 },
      ],
      10,
    );
    expect(columns.windowCount + unplaced.length).toBe(4);
    expect(unplaced.find(({ classId }) => classId === null)).toMatchObject({
      audience: 'relatives',
      reason: 'no_candidate',
      ordinal: 2,
      startCount: 0,
      closedStartCount: 5,
    });
    expect(unplaced.find(({ classId }) => classId !== null)).toMatchObject({
      reason: 'sessions_full',
      neededSessions: 6000,
      startCount: 1,
      shut: { sessions: 1, logins: 1, class: 0, group: 0, teacher: 0, site: 0, neighbour: 0 },
    });
  });

  it('carries the base revision, the seed and what the checker found', () => {
    const draft = draftOf([{ candidates: [100], visitors: 50 }]);
    expect(draft).toMatchObject({ campaignId: 3, platformId: 4, baseEpoch: 1, baseRevision: 9 });
    expect(draft.evidence).toMatchObject({
      seed: 77,
      peakSessionsRatio: 0.5,
      peakSessionsCell: ORIGIN + 100,
      objective: 0,
    });
    expect(Object.values(draft.evidence.violationCounts).every((count) => count === 0)).toBe(true);
  });
});

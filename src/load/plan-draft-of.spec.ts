import { tinyProblem, type TinyDemand } from '../../test/kernel/tiny-problem';
import { allocate } from '../kernel/allocation/allocate';
import { checkPlan } from '../kernel/allocation/check-plan';
import type { AssembledProblem } from './assembled-problem';
import { baselinesOf } from './baselines-of';
import { planDraftOf } from './plan-draft-of';

const ORIGIN = 1_000_000;

/** Each demand on the days of its shifts, from day 20,000. */
function assembledOf(demands: TinyDemand[], sessions: number): AssembledProblem {
  const problem = { ...tinyProblem({ cellCount: 2000, sessions, logins: sessions, demands }), originCell: ORIGIN };
  const dayOffset = [0];
  const localDay: number[] = [];
  for (const { shifts = [0] } of demands) {
    for (const shift of shifts) localDay.push(20_000 + Math.round(shift / 288));
    dayOffset.push(localDay.length);
  }
  const cells = (value: number) => new Float64Array(problem.cellCount).fill(value);
  const count = demands.length;
  return {
    campaignId: 3,
    platformId: 4,
    baseEpoch: 1,
    baseRevision: 9,
    problem,
    identity: {
      establishmentId: new Int32Array(count).fill(50),
      departmentId: new Int32Array(count).fill(60),
      classId: Int32Array.from(demands, ({ classId }) => (classId === undefined ? -1 : classId + 100)),
      audience: Uint8Array.from(demands, ({ classId }) => (classId === undefined ? 1 : 0)),
      activity: new Uint8Array(count),
      origin: new Uint8Array(count),
      ordinal: Uint8Array.from(demands, (_, k) => k),
      isSeries: Uint8Array.from(demands, ({ shifts }) => (shifts ? 1 : 0)),
      profileId: new Uint16Array(count),
      headcount: new Int32Array(count).fill(25),
      teacherKeyId: new Int32Array(count).fill(-1),
      letterRange: new Uint16Array(count),
      dayOffset: Int32Array.from(dayOffset),
      localDay: Int32Array.from(localDay),
    },
    profiles: [],
    cells: {
      firstCell: ORIGIN,
      cellCount: problem.cellCount,
      capacitySessions: cells(sessions * 1000),
      capacityLogins: cells(sessions * 1000),
      headroomSessions: cells(0),
      headroomLogins: cells(0),
      backgroundSessions: cells(0),
      backgroundLogins: cells(0),
      reservedSessions: cells(0),
      reservedLogins: cells(0),
      otherSessions: cells(0),
      otherLogins: cells(0),
    },
    letter: { fromCell: new Int32Array(1), toCell: new Int32Array(1) },
    memory: { classId: new Int32Array(), weight: new Float64Array(), limitMinutes: new Int32Array() },
    limited: { demand: new Int32Array(), candidates: new Int32Array() },
  };
}

function draftOf(demands: TinyDemand[], sessions = 100) {
  const assembled = assembledOf(demands, sessions);
  const allocation = allocate(assembled.problem, { seed: 1 });
  const proof = {
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
    });
    expect(unplaced.find(({ classId }) => classId !== null)).toMatchObject({
      reason: 'sessions_full',
      neededSessions: 6000,
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

import { tinyProblem } from '../../test/kernel/tiny-problem';
import type { StandingPlan } from '../plan/standing-window.store';
import { identityKey } from '../plan/window-ids.rules';
import type { AssembledProblem } from './assembled-problem';
import { replanTaskOf } from './replan-task-of';

/** One class with a series of three dates, 100 cells apart, that may start from 10 to 20. */
function assembled(): AssembledProblem {
  const problem = {
    ...tinyProblem({
      cellCount: 300,
      demands: [{ candidates: [10, 15, 20], wish: 15, shifts: [0, 100, 200], classId: 0 }],
    }),
    originCell: 1000,
  };
  const one = Int32Array.of(5);
  return {
    campaignId: 1,
    platformId: 1,
    baseEpoch: 1,
    baseRevision: 0,
    problem,
    identity: {
      establishmentId: one,
      departmentId: one,
      classId: one,
      audience: Uint8Array.of(0),
      activity: Uint8Array.of(0),
      origin: Uint8Array.of(0),
      ordinal: Uint8Array.of(0),
      isSeries: Uint8Array.of(1),
      profileId: Uint16Array.of(0),
      headcount: one,
      teacherKeyId: Int32Array.of(-1),
      closedStartCount: Uint16Array.of(0),
      letterRange: Uint16Array.of(0),
      dayOffset: Int32Array.of(0, 3),
      localDay: Int32Array.of(40, 41, 42),
    },
  } as unknown as AssembledProblem;
}
const standing = (
  ...starts: [day: number, startCell: number, isBooked?: boolean, teacherKeyId?: number][]
): StandingPlan => ({
  windows: new Map(
    starts.map(([day, startCell, isBooked = false, teacherKeyId = -1]) => [
      identityKey(5, 5, 0, day, 0),
      { startCell, cellCount: 1, isBooked, teacherKeyId },
    ]),
  ),
  booked: new Map(
    starts.flatMap(([day, , isBooked]) =>
      isBooked
        ? [[identityKey(5, 5, 0, day, 0), { establishmentId: 5, classId: 5, audience: 0, localDay: day, ordinal: 0 }]]
        : [],
    ),
  ),
  vacated: new Set(),
});
const lastShifts = ({ assembled: { problem } }: ReturnType<typeof replanTaskOf>) =>
  Array.from(problem.demandOccurrences, (set) => [
    ...problem.occurrenceShift.subarray(problem.occurrenceOffset[set], problem.occurrenceOffset[set + 1]),
  ]);

describe('replanTaskOf', () => {
  it('leaves a series whole whose dates stand alike and are all to come', () => {
    const task = replanTaskOf(assembled(), standing([40, 1015], [41, 1115], [42, 1215]), 1000);
    expect([[...task.before], [...task.isFrozen], lastShifts(task)]).toEqual([[15], [0], [[0, 100, 200]]]);
  });

  it('freezes the dates that have begun and keeps the rest a series, with starts and wish of its own first date', () => {
    const task = replanTaskOf(assembled(), standing([40, 1015], [41, 1115], [42, 1215]), 1016);
    expect([[...task.before], [...task.isFrozen], lastShifts(task)]).toEqual([
      [15, 115],
      [1, 0],
      [[0], [0, 100]],
    ]);
    const { problem, identity } = task.assembled;
    const set = problem.demandCandidates[1]!;
    expect([...problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1])]).toEqual(
      [110, 115, 120],
    );
    expect(problem.demandWish[1]).toBe(115);
    expect([[...identity.dayOffset], [...identity.localDay], [...identity.isSeries]]).toEqual([
      [0, 1, 3],
      [40, 41, 42],
      [0, 1],
    ]);
  });

  it('puts nothing before the time up to which all is frozen, and asks for no window whose time has gone by', () => {
    const startsOf = ({ assembled: { problem } }: ReturnType<typeof replanTaskOf>) =>
      Array.from(problem.demandCandidates, (set) => [
        ...problem.candidateCell.subarray(problem.candidateOffset[set], problem.candidateOffset[set + 1]),
      ]);
    const late = replanTaskOf(assembled(), standing([40, 1020], [41, 1120], [42, 1220]), 1012);
    expect([[...late.before], startsOf(late)]).toEqual([[20], [[15, 20]]]);
    // nobody stood anywhere: the first date is over, the second may still start at its last hour
    const newcomer = replanTaskOf(assembled(), standing(), 1117);
    expect([[...newcomer.before], [...newcomer.isFrozen], startsOf(newcomer), lastShifts(newcomer)]).toEqual([
      [-1],
      [0],
      [[120]],
      [[0, 100]],
    ]);
    expect([...newcomer.assembled.identity.localDay]).toEqual([41, 42]);
    // what stands stays asked for, whatever the hour
    expect([...replanTaskOf(assembled(), standing([40, 1010]), 1117).before]).toEqual([10, -1]);
  });

  it('leaves booked dates where they are, and takes dates that the plan does not have for newcomers', () => {
    const task = replanTaskOf(assembled(), standing([40, 1015], [41, 1120, true]), 1000);
    expect([[...task.before], [...task.isFrozen]]).toEqual([
      [15, 120, -1],
      [0, 1, 0],
    ]);
  });

  it('keeps the teacher of what is frozen, who may be one whom nobody asks for any more, and none of a window without', () => {
    const now = assembled();
    now.identity.activity[0] = 1;
    now.identity.teacherKeyId[0] = 8;
    const task = replanTaskOf(now, standing([40, 1015], [41, 1120, true, 3], [42, 1215, true]), 1000);
    const { problem, identity } = task.assembled;
    expect([[...identity.teacherKeyId], [...problem.demandTeacher], problem.teacherCount]).toEqual([
      [8, 3, -1],
      [1, 0, -1],
      2,
    ]);
  });

  it('asks for nothing where a window was given up, but for what stands there now', () => {
    const plan = standing([40, 1015], [42, 1215]);
    plan.vacated = new Set([41, 42].map((day) => identityKey(5, 5, 0, day, 0)));
    const task = replanTaskOf(assembled(), plan, 1000);
    expect([[...task.before], [...task.assembled.identity.localDay], lastShifts(task)]).toEqual([
      [15],
      [40, 42],
      [[0, 200]],
    ]);
  });

  it('makes a booked window that nobody asks for a demand of its own, like the others of its owner', () => {
    const plan = standing([40, 1015], [41, 1115], [42, 1215]);
    const key = identityKey(5, 5, 0, 41, 1);
    plan.windows.set(key, { startCell: 1140, cellCount: 1, isBooked: true, teacherKeyId: -1 });
    plan.booked.set(key, { establishmentId: 5, classId: 5, audience: 0, localDay: 41, ordinal: 1 });
    // one of somebody who has no window at all any more
    const gone = identityKey(5, 6, 0, 41, 0);
    plan.windows.set(gone, { startCell: 1140, cellCount: 1, isBooked: true, teacherKeyId: -1 });
    plan.booked.set(gone, { establishmentId: 5, classId: 6, audience: 0, localDay: 41, ordinal: 0 });
    const task = replanTaskOf(assembled(), plan, 1000);
    const { problem, identity } = task.assembled;
    expect([[...task.before], [...task.isFrozen], lastShifts(task)]).toEqual([
      [15, 140],
      [0, 1],
      [[0, 100, 200], [0]],
    ]);
    expect([[...identity.ordinal], [...identity.localDay], [...problem.demandWish], [...identity.isSeries]]).toEqual([
      [0, 1],
      [40, 41, 42, 41],
      [15, -1],
      [1, 0],
    ]);
    expect(problem.demandClass[1]).toBe(problem.demandClass[0]);
  });
});

import type { AssembledProblem } from '../../src/load/assembled-problem';
import { tinyProblem, type TinyDemand } from './tiny-problem';

export const ORIGIN = 1_000_000;

/** An assembled problem of hand-made demands: each demand on the days of its shifts, from day 20,000. */
export function assembledOf(demands: TinyDemand[], sessions: number): AssembledProblem {
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
      closedStartCount: new Uint16Array(count).fill(5),
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

import { peaksOf } from './plan-certificate';
import type { PlanCurve } from './plan-curve.rules';

const curveOf = (columns: Record<string, number[]>): PlanCurve => {
  const { length } = columns.plannedSessions!;
  const names = ['planned', 'capacity', 'headroom', 'background', 'reserved', 'other'].flatMap((name) => [
    `${name}Sessions`,
    `${name}Logins`,
  ]);
  const filled = names.map((name) => [
    name,
    Float64Array.from(columns[name] ?? Array<number>(length).fill(0), (v) => v * 1000),
  ]);
  return { firstCell: 100, cellCount: length, ...Object.fromEntries(filled) } as PlanCurve;
};

describe('the peaks of a plan', () => {
  it('are where the largest share of the limit is used, not where the load is largest', () => {
    const { sessions } = peaksOf(
      curveOf({
        plannedSessions: [0, 50, 40],
        capacitySessions: [100, 100, 100],
        headroomSessions: [10, 10, 10],
        backgroundSessions: [0, 0, 50],
      }),
    );
    expect(sessions).toMatchObject({
      peakCell: 102,
      planned: 40,
      limit: 40,
      limitRatio: 1,
      capacity: 100,
      capacityRatio: 0.9,
    });
    expect(sessions.meanLimitRatio).toBeCloseTo((50 / 90 + 1) / 2, 5);
  });

  it('are nothing in an empty plan, even where there is no room', () => {
    const { logins } = peaksOf(curveOf({ plannedSessions: [0, 0], capacityLogins: [0, 10] }));
    expect(logins).toMatchObject({ peakCell: 100, planned: 0, limitRatio: 0, capacityRatio: 0, meanLimitRatio: 0 });
  });
});

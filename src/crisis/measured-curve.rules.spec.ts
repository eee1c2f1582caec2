import { measuredCurve } from './measured-curve.rules';

const NOTHING = { sessions: null, loginsPerMinute: null, latencyMilliseconds: null, errorsPerMille: null };
const FIRST_CELL = 5_957_000;
const minute = (n: number, values: object) => ({
  at: new Date((FIRST_CELL * 300 + n * 60) * 1000),
  ...NOTHING,
  ...values,
});

describe('minutes on the cells of a plan', () => {
  it('show the most sessions and the worst answers of each cell, and nothing where nothing was measured', () => {
    const minutes = [
      minute(0, { sessions: 900, latencyMilliseconds: 80 }),
      minute(4, { sessions: 700, errorsPerMille: 12 }),
      minute(10, { sessions: 0 }),
    ];
    expect(measuredCurve(minutes, FIRST_CELL, 3)).toEqual({
      sessions: [900, null, 0],
      logins: [null, null, null],
      latencyMilliseconds: [80, null, null],
      errorsPerMille: [12, null, null],
    });
  });

  it('count the log-ins of a whole cell from the minutes that were measured', () => {
    const minutes = [0, 1, 2, 3, 4].map((n) => minute(n, { loginsPerMinute: 10 + n }));
    expect(measuredCurve(minutes, FIRST_CELL, 1).logins).toEqual([60]);
    expect(measuredCurve(minutes.slice(0, 2), FIRST_CELL, 1).logins).toEqual([53]);
    expect(measuredCurve([minute(0, { loginsPerMinute: 0 })], FIRST_CELL, 1).logins).toEqual([0]);
  });

  it('leave out what lies outside', () => {
    expect(measuredCurve([minute(-1, { sessions: 1 }), minute(5, { sessions: 2 })], FIRST_CELL, 1).sessions).toEqual([
      null,
    ]);
  });
});

import { coarsened, combined, limitsOf } from './plan-curve.rules';
import type { PlanCells } from './plan-draft';

describe('a curve', () => {
  it('is coarsened to the largest or the least of each step, the last one being shorter', () => {
    const values = Float64Array.of(9, 1, 5, 2, 7, 3, 8);
    expect([...coarsened(values, 1, 6, 2, 'largest')]).toEqual([5, 7, 3]);
    expect([...coarsened(values, 1, 6, 2, 'least')]).toEqual([1, 2, 3]);
    expect([...coarsened(values, 0, 7, 1, 'least')]).toEqual([...values]);
    expect([...coarsened(values, 3, 3, 4, 'largest')]).toEqual([]);
    expect([...coarsened(values, 5, 2, 4, 'largest')]).toEqual([]);
  });

  it('is added and taken away cell by cell, not below the least', () => {
    const of = (...values: number[]) => ({
      sessions: Float64Array.from(values),
      logins: Float64Array.from(values, (v) => v * 2),
    });
    const parts = [
      [of(5, 1), 1],
      [of(2, 4), -1],
    ] as const;
    expect(combined(2, parts)).toEqual(of(3, -3));
    expect(combined(2, parts, 0)).toEqual(of(3, 0));
    expect(combined(2, [])).toEqual(of(0, 0));
  });

  it('may use what headroom, background, reserves and other plans leave, never less than nothing', () => {
    const columns = Object.fromEntries(
      ['headroom', 'background', 'reserved', 'other'].flatMap((name, i) => [
        [`${name}Sessions`, Float64Array.of(10 ** i, 1)],
        [`${name}Logins`, Float64Array.of(2 * 10 ** i, 100)],
      ]),
    );
    const cells = {
      firstCell: 0,
      cellCount: 2,
      capacitySessions: Float64Array.of(5000, 4),
      capacityLogins: Float64Array.of(5000, 4),
      ...columns,
    } as unknown as PlanCells;
    expect(limitsOf(cells)).toEqual({ sessions: Float64Array.of(3889, 0), logins: Float64Array.of(2778, 0) });
  });
});

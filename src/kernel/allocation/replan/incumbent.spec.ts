import fc from 'fast-check';
import { tinyProblem } from '../../../../test/kernel/tiny-problem';
import { lift, openIncumbent, stand, visitLoading } from './incumbent';

const PROFILES: [number[], number[]][] = [
  [
    [0, 1000, 500, 250],
    [0, 1000, 0, 0],
  ],
  [
    [200, 1000, 1000, 300, 100],
    [200, 800, 0, 0, 0],
  ],
];

describe('visitLoading', () => {
  it('tells of exactly those whose profile covers one of the cells, whoever came and went before', () => {
    const anyWindow = fc.record({
      visitors: fc.integer({ min: 1, max: 40 }),
      profile: fc.integer({ min: 0, max: 1 }),
      shifts: fc.constantFrom<number[]>([0], [0, 25]),
      starts: fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(
        fc.array(anyWindow, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 0, max: 50 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (windows, from, length, mostVisitors) => {
          const candidates = Array.from({ length: 20 }, (_, k) => k + 1);
          const demands = windows.map(({ visitors, profile, shifts }) => ({ visitors, profile, shifts, candidates }));
          const incumbent = openIncumbent(tinyProblem({ profiles: PROFILES, demands }));
          windows.forEach(({ starts }, i) => {
            for (const [k, start] of starts.entries()) {
              if (k > 0) lift(incumbent, i);
              stand(incumbent, i, start);
            }
          });
          const found = new Set<number>();
          const to = from + length;
          incumbent.kinds.forEach((_, kind) =>
            visitLoading(incumbent, kind, 1000 * mostVisitors, Infinity, from, to, (i) => {
              found.add(i);
              return false;
            }),
          );
          const expected = windows.flatMap(({ visitors, profile, shifts, starts }, i) => {
            const cells = PROFILES[profile]![0].length;
            const covers = shifts.some((shift) => {
              const first = starts[starts.length - 1]! + shift - 1;
              return first < to && first + cells > from;
            });
            return covers && visitors <= mostVisitors ? [i] : [];
          });
          expect([...found].sort((a, b) => a - b)).toEqual(expected);
        },
      ),
    );
  });
});

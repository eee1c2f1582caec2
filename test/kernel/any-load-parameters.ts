import fc from 'fast-check';
import type { LoadParameters } from '../../src/kernel/load/profile';

const perMille = fc.integer({ min: 0, max: 1000 });
const burst = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 9 }).map((shares) => {
  const kept: number[] = [];
  let left = 1000;
  for (const share of shares) {
    kept.push(Math.min(share, left));
    left -= kept[kept.length - 1]!;
  }
  return { shape: 'burst' as const, perMille: [...kept, left] };
});
const spread = fc
  .tuple(perMille, perMille)
  .map(([a, b]) => ({ shape: 'spread' as const, earlyPerMille: Math.min(a, b), firstPerMille: Math.abs(a - b) }));
const survival = fc
  .array(perMille, { maxLength: 14 })
  .map((shares) => [1000, ...shares.sort((a, b) => b - a)] as readonly number[]);
/** Any behaviour that is possible at all. */
export const anyLoadParameters: fc.Arbitrary<LoadParameters> = fc.record({
  participationPerMille: fc.integer({ min: 0, max: 2500 }),
  arrival: fc.oneof(burst, spread),
  stay: fc.oneof(fc.constant('toEnd' as const), survival),
  logOutPerMille: perMille,
  idleMinutes: fc.integer({ min: 0, max: 45 }),
});

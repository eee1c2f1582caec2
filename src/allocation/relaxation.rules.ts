import type { Relaxation } from '../plan/relaxation';

/**
 * The least capacity knows neither classes nor teachers nor whole windows: down to this share of the limits plans are found
 * (tightness 1.02), above it they may not be.
 */
export const ENOUGH_RATIO = 1 / 1.02;

/** What a relaxation that saves capacity has nothing to say about. */
export const OF_CAPACITY = {
  cause: 'capacity',
  leftOutCount: null,
  leftOutBefore: null,
  uais: [] as string[],
} as const;

/** Loads are in proportion to those who come, so what is enough needs no search; rounded down to whole per mille. */
export function lowerParticipation(ratio: number): Relaxation {
  const amount = Math.floor((1000 * ENOUGH_RATIO) / ratio);
  return {
    kind: 'lower_participation',
    amount,
    ...OF_CAPACITY,
    leastCapacityRatio: (ratio * amount) / 1000,
    isEnough: true,
    lossRatio: 1 - amount / 1000,
  };
}

/** Those that are enough first, and of these the one that takes least from the classes; where none is, the one that leaves out fewest. */
export const inOrderOfLoss = (relaxations: readonly Relaxation[]): Relaxation[] =>
  [...relaxations].sort(
    (a, b) =>
      Number(b.isEnough) - Number(a.isEnough) ||
      (a.isEnough ? 0 : (a.leftOutCount ?? 0) - (b.leftOutCount ?? 0)) ||
      a.lossRatio - b.lossRatio,
  );

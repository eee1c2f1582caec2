import type { Schema } from '../../shared/api';

/** The fullest five minutes of a waiting room. */
const peakOf = ({ curves }: Schema<'SimulatedVariantDto'>): number => Math.max(0, ...curves.waiting);

/** What the second day of a trial changes beside the first one, which is the day without the step. */
export function effectOf(
  simulation: Pick<Schema<'SimulationDto'>, 'request' | 'variants'> | undefined,
): Schema<'ExpectedEffectDto'> | undefined {
  const [before, after] = simulation?.variants ?? [];
  if (!simulation || !before || !after) return undefined;
  return {
    hasWaitingRoom: simulation.request.hasWaitingRoom ?? false,
    peakSessions: after.peakSessions,
    peakSessionsBefore: before.peakSessions,
    attemptCount: after.attemptCount,
    attemptCountBefore: before.attemptCount,
    refusedCount: after.refusedCount,
    refusedCountBefore: before.refusedCount,
    gaveUpCount: after.gaveUpCount,
    gaveUpCountBefore: before.gaveUpCount,
    peakWaitingCount: peakOf(after),
    peakWaitingCountBefore: peakOf(before),
    meanWaitSeconds: after.meanWaitSeconds,
    meanWaitSecondsBefore: before.meanWaitSeconds,
  };
}

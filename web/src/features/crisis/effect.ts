import type { Schema } from '../../shared/api';

/** What the second day of a trial changes beside the first one, which is the day without the step. */
export function effectOf(
  variants: readonly Schema<'SimulatedVariantDto'>[] | null | undefined,
): Schema<'ExpectedEffectDto'> | undefined {
  const [before, after] = variants ?? [];
  if (!before || !after) return undefined;
  return {
    peakSessions: after.peakSessions,
    peakSessionsBefore: before.peakSessions,
    attemptCount: after.attemptCount,
    attemptCountBefore: before.attemptCount,
    refusedCount: after.refusedCount,
    refusedCountBefore: before.refusedCount,
    meanWaitSeconds: after.meanWaitSeconds,
    meanWaitSecondsBefore: before.meanWaitSeconds,
  };
}

import { armsOf, insidersOf } from '../protection/ladder.rules';
import type { LadderRow } from '../protection/protection.store';
import type { VariantEffect } from '../simulation/simulation.store';
import type { ExpectedEffectDto, LadderDto, RungDto } from './ladder.dto';

/** Called so in the simulation of a ladder: the day without any further step. */
export const BASELINE = 'baseline';
/** Called so: a step of somebody's own. */
export const TRIAL = 'step';

/** A ladder, and what its last simulation gave. */
export interface LadderView {
  ladder: Omit<LadderRow, 'changedBy' | 'changedAt'> & { changedBy: string | null; changedAt: Date | null };
  /** What the rungs were last simulated to do; null where they were not, or the simulation is still under way. */
  variants: VariantEffect[] | null;
}

/** The ladder as it is shown: each rung with who carries it out and what is expected of it. */
export function ladderDtoOf({ ladder, variants }: LadderView): LadderDto {
  const { platformId, rungs, changedBy, changedAt, approvedBy, approvedAt, simulationId } = ladder;
  return {
    platformId,
    rungs: rungs.map((rung) => ({
      ...(rung as RungDto),
      arms: armsOf(rung.measures),
      insiders: insidersOf(rung.measures),
      expected: effectOf(rung.code, variants),
    })),
    changedBy,
    changedAt: changedAt?.toISOString() ?? null,
    approvedBy,
    approvedAt: approvedAt?.toISOString() ?? null,
    simulationId,
  };
}

/** What a variant changes beside the day without it; null where one of them is missing. */
export function effectOf(name: string, variants: readonly VariantEffect[] | null): ExpectedEffectDto | null {
  const before = variants?.find((one) => one.name === BASELINE);
  const its = variants?.find((one) => one.name === name);
  if (!before || !its) return null;
  return {
    peakSessions: its.peakSessions,
    peakSessionsBefore: before.peakSessions,
    attemptCount: its.attemptCount,
    attemptCountBefore: before.attemptCount,
    refusedCount: its.refusedCount,
    refusedCountBefore: before.refusedCount,
    meanWaitSeconds: its.meanWaitSeconds,
    meanWaitSecondsBefore: before.meanWaitSeconds,
  };
}

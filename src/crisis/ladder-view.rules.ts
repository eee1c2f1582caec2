import { armsOf, insidersOf, type Rung } from '../protection/ladder.rules';
import type { StepMeasures, StepScope } from '../protection/protection-step';
import type { LadderRow } from '../protection/protection.store';
import type { SimulatedEffects } from '../simulation/simulation.store';
import type { ExpectedEffectDto, LadderDto, RungDto } from './ladder.dto';

/** Called so in the simulation of a ladder: the day without any further step. No code of a rung has an underscore. */
export const BASELINE = 'no_further_step';
/** Called so: a step of somebody's own. */
export const TRIAL = 'step';

/** A ladder, and what its last simulation gave. */
export interface LadderView {
  ladder: Omit<LadderRow, 'changedBy' | 'changedAt'> & { changedBy: string | null; changedAt: Date | null };
  /** The ladder to begin with, for the features that the gateways know now. */
  usual: Rung[];
  /** What the rungs were last simulated to do; undefined where they were not, or the simulation is still under way. */
  simulated: SimulatedEffects | undefined;
  /** Codes of the rungs that concern departments with more than half of the platform's schools. */
  regional: ReadonlySet<string>;
  /** Codes of the departments with schools of the platform. */
  departments: string[];
}

/** The ladder as it is shown: each rung with who carries it out and what is expected of it. */
export function ladderDtoOf({ ladder, usual, simulated, regional, departments }: LadderView): LadderDto {
  const { platformId, rungs, changedBy, changedAt, approvedBy, approvedAt, simulationId } = ladder;
  return {
    platformId,
    rungs: rungs.map((rung) => ({
      ...(rung as RungDto),
      arms: armsOf(rung.measures),
      insiders: insidersOf(rung.measures),
      isRegional: regional.has(rung.code),
      expected: effectOf(rung.code, simulated, rung),
    })),
    usualRungs: usual as RungDto[],
    changedBy,
    changedAt: changedAt?.toISOString() ?? null,
    approvedBy,
    approvedAt: approvedAt?.toISOString() ?? null,
    simulationId,
    simulatedOn: simulated?.date ?? null,
    departments,
  };
}

/** What of a step its effect depends on. */
export interface Trial {
  scope: StepScope;
  measures: StepMeasures;
  minutes: number;
  /** Absent for a rung, which may begin at any time. */
  startsAt?: Date;
}

const MINUTES_APART = 5;
/** A storm of half past eight says nothing of a step that begins in the evening. */
const START_MINUTES_APART = 15;

/**
 * What a variant changes beside the day without it; null where one of them is missing, or another step was simulated: of other people,
 * with other measures, of another length, or at another hour.
 */
export function effectOf(
  name: string,
  simulated: SimulatedEffects | undefined,
  trial: Trial,
): ExpectedEffectDto | null {
  const before = simulated?.variants.find((one) => one.name === BASELINE);
  const its = simulated?.variants.find((one) => one.name === name);
  const tried = its?.steps.at(-1);
  if (!before || !its || !tried) return null;
  if (!isSame(tried.scope, trial.scope) || !isSame(tried.measures, trial.measures)) return null;
  const minutes = (Date.parse(tried.endsAt) - Date.parse(tried.startsAt)) / 60_000;
  if (Math.abs(minutes - trial.minutes) >= MINUTES_APART) return null;
  const apart = trial.startsAt === undefined ? 0 : Math.abs(Date.parse(tried.startsAt) - trial.startsAt.getTime());
  if (apart > START_MINUTES_APART * 60_000) return null;
  return {
    hasWaitingRoom: simulated!.hasWaitingRoom,
    peakSessions: its.peakSessions,
    peakSessionsBefore: before.peakSessions,
    attemptCount: its.attemptCount,
    attemptCountBefore: before.attemptCount,
    refusedCount: its.refusedCount,
    refusedCountBefore: before.refusedCount,
    gaveUpCount: its.gaveUpCount,
    gaveUpCountBefore: before.gaveUpCount,
    peakWaitingCount: its.peakWaitingCount,
    peakWaitingCountBefore: before.peakWaitingCount,
    meanWaitSeconds: its.meanWaitSeconds,
    meanWaitSecondsBefore: before.meanWaitSeconds,
  };
}

/** Whether two of them say the same; what one does not name is empty. */
export function isSame<T extends object>(one: T, other: T): boolean {
  const names = [...new Set([...Object.keys(one), ...Object.keys(other)])] as (keyof T)[];
  const said = (value: unknown): string =>
    JSON.stringify(Array.isArray(value) ? [...(value as string[])].sort() : (value ?? null));
  return names.every((name) => said(one[name]) === said(other[name]));
}

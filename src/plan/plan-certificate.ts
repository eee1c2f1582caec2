import { instantOfCell } from '../common/civil-time';
import { CELL_MINUTES, LOAD_SCALE } from '../kernel/cell-grid';
import { limitsOf, type PlanCurve } from './plan-curve.rules';
import type { AllocationEvidence, ReplanFigures, UnplacedWindow } from './plan-draft';
import type { MissingCapacity } from './missing-capacity';
import { type BaselinePeaks, type DayEvidence, gapRatioOf } from './plan-evidence';
import type { Relaxation } from './relaxation';
import { type Sentences, savingSentences } from './plan-saving.rules';

/** Where one of the two limits is used most. Loads and limits are sessions (or logins) of a cell of five minutes. */
export interface PeakFigures {
  /** The cell with the largest share of the limit in use. */
  peakCell: number;
  peakAt: string;
  planned: number;
  /** What the windows of this plan may use of that cell. */
  limit: number;
  limitRatio: number;
  /** Effective capacity of that cell. */
  capacity: number;
  /** Planned, background, reserves and other plans together, of the capacity. */
  capacityRatio: number;
  /** Mean share of the limit over the cells in which the plan has load. */
  meanLimitRatio: number;
}

/** What proves a plan at the revision that it was computed at. */
export interface PlanCertificate {
  windowCount: number;
  unplacedCount: number;
  unplacedByReason: Record<string, number>;
  violationCount: number;
  /** By law, all of them 0 in a plan that is stored. */
  violationCounts: Record<string, number>;
  sessions: PeakFigures;
  logins: PeakFigures;
  /** The larger of the two peaks as a share of its limit. */
  peakUtilisationRatio: number;
  /** No complete plan of these windows has a lower peak. */
  peakLowerBoundRatio: number;
  displacement: DisplacementFigures;
  objective: number;
  /** No complete plan under the cap, with the windows without a wish where they stand, has a lower objective. */
  lowerBound: number;
  gapRatio: number | null;
  /** The same with nothing fixed. */
  jointLowerBound: number;
  jointGapRatio: number | null;
  /** The stretches of time that share no cell, in order. */
  dayGapRatios: DayGap[];
  /** Whether an independent checker derived the bounds again from the stored prices. */
  isBoundProved: boolean;
  baselinePeakRatios: BaselinePeaks;
  /** What the plan saved, in a sentence. */
  saving: Sentences;
  seed: number;
  /** Of a replan alone. */
  replan?: ReplanFigures;
  /** Capacity with which everybody has a place whom capacity helps, where somebody is left out. */
  missingCapacity?: MissingCapacity;
  /** What could give way instead of the capacity, where the limits do not do for everybody. */
  relaxations?: Relaxation[];
  computedAt: string;
  epoch: number;
  revision: number;
}

/** A stretch of time that shares no cell with the others, with its own share of the certificate. */
export interface DayGap {
  startsAt: string;
  endsAt: string;
  demandCount: number;
  objective: number;
  lowerBound: number;
  gapRatio: number | null;
  jointGapRatio: number | null;
}

export interface DisplacementFigures {
  wishedCount: number;
  /** Share of the windows with a wish that stand at it. */
  atWishRatio: number;
  meanMinutes: number;
  worstMinutes: number;
  /** The cap under which the allocation found the plan. */
  capMinutes: number;
  /** Choices of a start (a series is one) beyond it: none of their starts lies within it, and they have the nearest; absent in earlier plans. */
  beyondCapCount?: number;
}

/** The peaks of a plan's curve against what it may use and against the capacity. */
export function peaksOf(curve: PlanCurve): { sessions: PeakFigures; logins: PeakFigures } {
  const limits = limitsOf(curve);
  return {
    sessions: peakOf(curve.firstCell, curve.plannedSessions, limits.sessions, curve.capacitySessions, [
      curve.backgroundSessions,
      curve.reservedSessions,
      curve.otherSessions,
    ]),
    logins: peakOf(curve.firstCell, curve.plannedLogins, limits.logins, curve.capacityLogins, [
      curve.backgroundLogins,
      curve.reservedLogins,
      curve.otherLogins,
    ]),
  };
}

function peakOf(
  firstCell: number,
  planned: Float64Array,
  limit: Float64Array,
  capacity: Float64Array,
  besides: readonly Float64Array[],
): PeakFigures {
  let peak = 0;
  let peakRatio = -1;
  let ratioSum = 0;
  let loadedCount = 0;
  for (let i = 0; i < planned.length; i++) {
    // a cell without room and without load is in use by nobody
    const ratio = planned[i] === 0 ? 0 : ratioOf(planned[i]!, limit[i]!);
    if (ratio > peakRatio) {
      peak = i;
      peakRatio = ratio;
    }
    if (planned[i]! > 0) {
      ratioSum += ratio;
      loadedCount++;
    }
  }
  const all = besides.reduce((sum, column) => sum + column[peak]!, planned[peak]!);
  return {
    peakCell: firstCell + peak,
    peakAt: instantOfCell(firstCell + peak),
    planned: planned[peak]! / LOAD_SCALE,
    limit: limit[peak]! / LOAD_SCALE,
    limitRatio: rounded(Math.max(0, peakRatio)),
    capacity: capacity[peak]! / LOAD_SCALE,
    capacityRatio: rounded(ratioOf(all, capacity[peak]!)),
    meanLimitRatio: rounded(loadedCount === 0 ? 0 : ratioSum / loadedCount),
  };
}

/** Share of a limit; a limit of nothing counts as one thousandth, since JSON knows no infinity. */
const ratioOf = (load: number, limit: number): number => load / Math.max(1, limit);
const rounded = (ratio: number): number => Math.round(ratio * 1e6) / 1e6;

/** The certificate of a draft from what the checker found and from its stored rows. */
export function certify(facts: {
  evidence: AllocationEvidence;
  windowCount: number;
  unplaced: readonly UnplacedWindow[];
  displacement: { wishedCount: number; atWishCount: number; meanCells: number; worstCells: number };
  curve: PlanCurve;
  computedAt: Date;
  epoch: number;
  revision: number;
}): PlanCertificate {
  const { evidence, unplaced, displacement } = facts;
  const unplacedByReason: Record<string, number> = {};
  for (const { reason } of unplaced) unplacedByReason[reason] = (unplacedByReason[reason] ?? 0) + 1;
  const peaks = peaksOf(facts.curve);
  const isComplete = unplaced.length === 0;
  const { objective, objectiveLowerBound, jointLowerBound } = evidence;
  const peakUtilisationRatio = Math.max(peaks.sessions.limitRatio, peaks.logins.limitRatio);
  return {
    windowCount: facts.windowCount,
    unplacedCount: unplaced.length,
    unplacedByReason,
    violationCount: Object.values(evidence.violationCounts).reduce((sum, count) => sum + count, 0),
    violationCounts: evidence.violationCounts,
    ...peaks,
    peakUtilisationRatio,
    peakLowerBoundRatio: evidence.peakLowerBoundRatio,
    displacement: {
      wishedCount: displacement.wishedCount,
      atWishRatio: rounded(displacement.wishedCount === 0 ? 1 : displacement.atWishCount / displacement.wishedCount),
      meanMinutes: Math.round(displacement.meanCells * CELL_MINUTES * 100) / 100,
      worstMinutes: displacement.worstCells * CELL_MINUTES,
      capMinutes: evidence.displacementCapMinutes,
      ...(evidence.beyondCapCount === undefined ? {} : { beyondCapCount: evidence.beyondCapCount }),
    },
    objective,
    lowerBound: objectiveLowerBound,
    gapRatio: gapRatioOf(objective, objectiveLowerBound, isComplete),
    jointLowerBound,
    jointGapRatio: gapRatioOf(objective, jointLowerBound, isComplete),
    dayGapRatios: evidence.days.map((day) => dayGapOf(day, isComplete)),
    isBoundProved: evidence.isBoundProved,
    baselinePeakRatios: evidence.baselinePeakRatios,
    saving: savingSentences(evidence.baselinePeakRatios, peakUtilisationRatio),
    seed: evidence.seed,
    ...(evidence.replan ? { replan: evidence.replan } : {}),
    ...(evidence.missingCapacity ? { missingCapacity: evidence.missingCapacity } : {}),
    ...(evidence.relaxations ? { relaxations: evidence.relaxations } : {}),
    computedAt: facts.computedAt.toISOString(),
    epoch: facts.epoch,
    revision: facts.revision,
  };
}

const dayGapOf = (day: DayEvidence, isComplete: boolean): DayGap => ({
  startsAt: instantOfCell(day.firstCell),
  endsAt: instantOfCell(day.endCell),
  demandCount: day.demandCount,
  objective: day.objective,
  lowerBound: day.lowerBound,
  gapRatio: gapRatioOf(day.objective, day.lowerBound, isComplete),
  jointGapRatio: gapRatioOf(day.objective, day.jointLowerBound, isComplete),
});

/** The certificate at a later revision: the same plan against what may be used now. */
export function recertify(
  certificate: PlanCertificate,
  curve: PlanCurve,
  computedAt: Date,
  { epoch, revision }: { epoch: number; revision: number },
): PlanCertificate {
  const peaks = peaksOf(curve);
  return {
    ...certificate,
    ...peaks,
    peakUtilisationRatio: Math.max(peaks.sessions.limitRatio, peaks.logins.limitRatio),
    computedAt: computedAt.toISOString(),
    epoch,
    revision,
  };
}

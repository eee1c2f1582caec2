import type { Activity, Audience } from '../campaign/window-kind';
import type { LevelGroup } from '../directory/level';
import type { ShutCause } from '../kernel/allocation/shut-starts';
import type { BaselinePeaks, DayEvidence, PlanBaselines, PlanPrices } from './plan-evidence';
import type { MissingCapacity } from './missing-capacity';
import type { Relaxation } from './relaxation';
import type { PlanMemory } from './plan-memory';

/** The windows of a plan as columns, one entry per dated window: what the plan store copies in. */
export interface PlanColumns {
  windowCount: number;
  establishmentId: Int32Array;
  departmentId: Int32Array;
  /** -1 for an establishment's own window. */
  classId: Int32Array;
  /** Indices into AUDIENCES, ACTIVITIES and ORIGINS. */
  audience: Uint8Array;
  activity: Uint8Array;
  origin: Uint8Array;
  cellCount: Uint8Array;
  /** The nth window of its class (or audience of its establishment) on its date, from 0. */
  ordinal: Uint8Array;
  profileId: Uint16Array;
  /** Days since 1970-01-01 of the establishment's civil date. */
  localDay: Int32Array;
  /** Absolute cell. */
  startCell: Int32Array;
  /** Absolute cell of the wished start, -1 for none. */
  wishCell: Int32Array;
  headcount: Int32Array;
  /** -1 for none. */
  teacherKeyId: Int32Array;
  /** Number of the series within the plan (windows that keep the same hours), -1 for none. */
  series: Int32Array;
}

/** A load profile as the plan publishes it, so that an outsider can recompute the curve. */
export interface PlanProfile {
  profileId: number;
  audience: Audience;
  /** Null for relatives and staff of establishments. */
  levelGroup: LevelGroup | null;
  activity: Activity;
  windowCells: number;
  participationPerMille: number;
  /** From cell -1 of the window on. */
  sessionsPerMille: number[];
  loginsPerMille: number[];
}

/** Where the limit of each cell of a plan comes from; thousandths, index 0 is `firstCell`. */
export interface PlanCells {
  firstCell: number;
  cellCount: number;
  capacitySessions: Float64Array;
  capacityLogins: Float64Array;
  headroomSessions: Float64Array;
  headroomLogins: Float64Array;
  backgroundSessions: Float64Array;
  backgroundLogins: Float64Array;
  /** Staff peaks and the share kept for those who come late. */
  reservedSessions: Float64Array;
  reservedLogins: Float64Array;
  /** Windows of the platform's other published plans. */
  otherSessions: Float64Array;
  otherLogins: Float64Array;
}

/** A window that the allocation could not give, and what it would have taken. */
export interface UnplacedWindow {
  establishmentId: number;
  classId: number | null;
  audience: Audience;
  localDay: number;
  ordinal: number;
  reason: string;
  /** Least extra capacity of the worst cell of its best start, in thousandths. */
  neededSessions: number;
  neededLogins: number;
  /** Starts that hours and closed times leave it, and those that closed times take; absent in drafts of earlier versions. */
  startCount?: number;
  closedStartCount?: number;
  /** How many of its starts each cause shuts. */
  shut?: Record<ShutCause, number>;
}

/** What a replan changes, and the least that it could have changed. */
export interface ReplanFigures {
  publishedPlanId: number;
  /** Whatever begins before stays, and nothing is put before; absent in replans of earlier versions. */
  frozenUntilAt?: string;
  movedWindowCount: number;
  /** No plan without a cell over its limit moves fewer; derived by the checker from prices. */
  movedWindowBound: number;
  /** Pupils of the classes that have a moved window, each class once. */
  movedPupilCount: number;
  /** No plan without a cell over its limit moves fewer pupils; derived by the checker from prices; absent in replans of earlier versions. */
  movedPupilBound?: number;
  newWindowCount: number;
  /** Windows that stay whatever happens: begun, beginning within the notice time, booked. */
  frozenWindowCount: number;
  /** Cells that these windows alone put over a limit; absent where there are none. */
  frozenOverCellCount?: number;
  /** What these windows break among themselves, by law; absent where they break nothing. */
  frozenViolationCounts?: Record<string, number>;
  meanMoveMinutes: number;
}

/** What the solver and its checker found, as it goes into the certificate. */
export interface AllocationEvidence {
  /** Violations by law, all 0 in a plan that is stored; what frozen windows of a replan overload is no violation of it. */
  violationCounts: Record<string, number>;
  peakSessionsRatio: number;
  peakLoginsRatio: number;
  peakSessionsCell: number;
  peakLoginsCell: number;
  /** No plan of these windows has a lower peak utilisation. */
  peakLowerBoundRatio: number;
  displacementCapMinutes: number;
  /** Choices that no start within the cap is open to, and that stand at the nearest one: checked. */
  beyondCapCount?: number;
  objective: number;
  /** No complete plan under the cap, with the windows without a wish where they stand, has a lower objective. */
  objectiveLowerBound: number;
  /** The same with nothing fixed. */
  jointLowerBound: number;
  /** Whether a checker that shares no code with the solver derived the bounds above from the prices. */
  isBoundProved: boolean;
  days: DayEvidence[];
  baselinePeakRatios: BaselinePeaks;
  seed: number;
  /** Where the draft is a replan of a published plan. */
  replan?: ReplanFigures;
  /** Where somebody is left out. */
  missingCapacity?: MissingCapacity;
  relaxations?: Relaxation[];
}

/** Everything that a draft is made of. */
export interface PlanDraft {
  campaignId: number;
  platformId: number;
  /** Revision of the platform at which the problem was read. */
  baseEpoch: number;
  baseRevision: number;
  columns: PlanColumns;
  profiles: PlanProfile[];
  cells: PlanCells;
  unplaced: UnplacedWindow[];
  evidence: AllocationEvidence;
  prices: PlanPrices;
  baselines: PlanBaselines;
  memory: PlanMemory;
  /** What it was computed from and what proves it, as a gzipped file (docs/allocation-dump.md); null where there is none to show. */
  caseFile: Uint8Array | null;
}

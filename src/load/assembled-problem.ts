import type { AllocationProblem } from '../kernel/allocation/problem';
import type { PlanCells, PlanProfile } from '../plan/plan-draft';
import type { PlanMemory } from '../plan/plan-memory';

/** What the rows of the database became: the solver's columns, and who stands behind each of them. */
export interface AssembledProblem {
  campaignId: number;
  platformId: number;
  baseEpoch: number;
  baseRevision: number;
  problem: AllocationProblem;
  identity: DemandIdentity;
  profiles: PlanProfile[];
  cells: PlanCells;
  letter: LetterRanges;
  /** What is remembered of earlier weeks; weights stand in the problem as well. */
  memory: PlanMemory;
  limited: LimitedDemands;
}

/** Demands whose starts a limit of memory cut: what they would have without it, as a candidate set. */
export interface LimitedDemands {
  demand: Int32Array;
  candidates: Int32Array;
}

/** The hours of the letter by level, which a plan is compared with; cells from the origin, both for the first date of a demand. */
export interface LetterRanges {
  /** Index 0 is of no meaning: it stands for no letter. */
  fromCell: Int32Array;
  /** Not included. */
  toCell: Int32Array;
}

/** One entry per demand of the problem; dates per occurrence. */
export interface DemandIdentity {
  establishmentId: Int32Array;
  departmentId: Int32Array;
  /** -1 for an establishment's own window. */
  classId: Int32Array;
  audience: Uint8Array;
  activity: Uint8Array;
  origin: Uint8Array;
  ordinal: Uint8Array;
  /** 1 where the demand is a series (the same hours each week), 0 for a single date or an exception. */
  isSeries: Uint8Array;
  profileId: Uint16Array;
  headcount: Int32Array;
  teacherKeyId: Int32Array;
  /** Starts of its hours that closed times take. */
  closedStartCount: Uint16Array;
  /** Index into LetterRanges, 0 for none. */
  letterRange: Uint16Array;
  /** Civil days (since 1970-01-01) of the occurrences, concatenated like occurrenceShift: demand d has its own slice. */
  dayOffset: Int32Array;
  localDay: Int32Array;
}

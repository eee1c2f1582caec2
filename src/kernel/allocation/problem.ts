/**
 * The allocation problem as columns: the only thing that the solver, the checker and the assembler share.
 *
 * Cells are counted from `originCell`. A *demand* is one choice of a start: one window, or, where a campaign keeps the
 * same hours each week, one series whose windows stand at fixed shifts (in cells) from the first. Loads and limits are
 * whole thousandths, so every sum is exact in a float64 (below 2^53). Columns are as narrow as what they count: a nation has
 * four million demands.
 */
export interface AllocationProblem {
  /** Absolute cell (Unix seconds / 300) of index 0. */
  originCell: number;
  /** Length of the horizon; every profile of every candidate of every occurrence lies inside [0, cellCount). */
  cellCount: number;
  /** What the windows of this plan may use, per cell: capacity less headroom, background, reserves and other plans. */
  sessionLimit: Float64Array;
  loginLimit: Float64Array;

  /** Load profiles, concatenated: profile p is [profileOffset[p], profileOffset[p + 1]), its first cell is one before the start. */
  profileOffset: Int32Array;
  profileSessionsPerMille: Int32Array;
  profileLoginsPerMille: Int32Array;

  /** Allowed starts of the first occurrence, ascending, concatenated: set s is [candidateOffset[s], candidateOffset[s + 1]). */
  candidateOffset: Int32Array;
  candidateCell: Int32Array;

  /** Repetitions: set s lists the shift of each dated window of the series from the first (always begins with 0). */
  occurrenceOffset: Int32Array;
  occurrenceShift: Int32Array;

  demandCount: number;
  /** Day block of the demand (the civil day of its first occurrence); demands of different blocks never conflict, save by load. */
  demandDay: Uint16Array;
  /** Length of the window in cells. */
  demandCells: Uint16Array;
  /** headcount x participation per mille: the load in a cell is ceil(demandScale x profile per mille / 1000) thousandths. */
  demandScale: Float64Array;
  demandProfile: Uint16Array;
  demandCandidates: Int32Array;
  demandOccurrences: Int32Array;
  /** Wished start, -1 for none: such a demand goes where the cells are least used. */
  demandWish: Int32Array;
  /** Weight w of w x displacement squared; 1 but for those displaced in earlier weeks. */
  demandWeight: Float32Array;
  /** Class, or -1 for an establishment's window (relatives, staff). */
  demandClass: Int32Array;
  demandEstablishment: Int32Array;
  /** Teacher of a live window, -1 for none. */
  demandTeacher: Int32Array;
  /** Fewest cells between the end of a window of this class and the start of its next one on the same day. */
  demandGapCells: Uint16Array;
  /** What the window takes of its establishment's limit of simultaneous windows (1, or heads where the limit is in heads). */
  demandSiteUnits: Uint16Array;

  classCount: number;
  /** Classes that share pupils with class c (a group and the classes it draws from; symmetric), concatenated. */
  classConflictOffset: Int32Array;
  classConflict: Int32Array;

  establishmentCount: number;
  /** Most site units of simultaneous windows, 0 for no limit. */
  establishmentSiteLimit: Int32Array;
  /** Establishments whose own windows (class -1) must start at least `neighbourSpacingCells` apart on a day, concatenated, symmetric. */
  neighbourOffset: Int32Array;
  neighbour: Int32Array;
  neighbourSpacingCells: number;

  teacherCount: number;
}

/** A start per demand in cells from the origin; -1 where the demand could not be placed. */
export type Starts = Int32Array;

/** Why a demand stayed without a window. */
export const UNPLACED_REASONS = [
  /** it has a window */
  'placed',
  /** no allowed start at all: closed days, hours shorter than the window */
  'no_candidate',
  /** every allowed start meets a cell without room for sessions */
  'sessions_full',
  /** every allowed start meets a cell without room for logins (sessions would do) */
  'logins_full',
  /** class, group, gap or teacher: another of its own windows is in the way everywhere that has room */
  'conflict',
  /** the establishment's limit of simultaneous windows */
  'site_full',
] as const;
export type UnplacedReason = (typeof UNPLACED_REASONS)[number];

export interface AllocationOptions {
  seed: number;
  /** Parts of fewer demands than this are searched window by window (SMALL_DEMANDS where it is not given). */
  smallBelow?: number;
  /** Called now and then with what is known so far; throwing from it ends the run. */
  onProgress?: (progress: AllocationProgress) => void;
  /** Asked often; true ends the run with `AllocationCancelled`. */
  isCancelled?: () => boolean;
}

export interface AllocationProgress {
  phase: 'bound' | 'place' | 'repair' | 'polish';
  doneCount: number;
  totalCount: number;
  /** No complete plan under the cap that is being tried has a lower objective: proven by prices, of the parts priced so far. */
  lowerBound?: number;
  /** Of the plan as it stands, once every part has one with a place for everybody. */
  objective?: number;
  /** Cells over a limit in the plan as it stands: above 0 it is not complete yet. */
  overCellCount?: number;
  /** Objective / lower bound - 1 of the parts that have a plan so far. */
  gapRatio?: number;
}

export interface Allocation {
  starts: Starts;
  /** Index into UNPLACED_REASONS, per demand. */
  unplacedReason: Uint8Array;
  /** For an unplaced demand: the least extra capacity that its best start would have needed, in thousandths, in the worst cell. */
  neededSessions: Float64Array;
  neededLogins: Float64Array;
  /** The displacement cap under which the plan was found, in cells. */
  displacementCapCells: number;
  /** Sum of w x displacement squared (cells) over the placed demands with a wish. */
  objective: number;
  /**
   * Lower bound of the peak utilisation: no complete plan, whatever its displacements, has
   * max over cells and both limits of load / limit below this ratio. Proven by `peakPrices`.
   */
  peakLowerBoundRatio: number;
  /** Multipliers (>= 0, one per cell and limit) from which check-plan recomputes the bound. */
  peakPrices: { sessions: Float64Array; logins: Float64Array };
  /**
   * No complete plan under the cap, with the windows without a wish where they stand, has an objective below this; proven by
   * `objectivePrices`. The gap of the plan is objective / lower bound - 1.
   */
  objectiveLowerBound: number;
  /** The same with the windows without a wish free to stand anywhere. */
  jointLowerBound: number;
  objectivePrices: ObjectivePrices;
  /** The parts that share no cell (days of one zone), in order of time, each with its own share of the certificate. */
  parts: AllocationPart[];
}

/** Prices that prove a lower bound of the objective: on the limits of cells, and, sparse, on the laws inside establishments. */
export interface ObjectivePrices {
  /** Displacement cost per thousandth, in whole multiples of 2^-32. */
  sessions: Float64Array;
  logins: Float64Array;
  /**
   * One row per price: law, owner, cell, price in whole multiples of 1/1024. Laws: 0 one window of a teacher, 1 one of a class with its gap,
   * 2 the units of a site, 2 + k the site in whole shares: floor(units x (k + 1) / (limit + 1)) summed is at most k.
   */
  localLaw: Uint8Array;
  localOwner: Int32Array;
  localCell: Int32Array;
  localPrice: Float64Array;
}

export interface AllocationPart {
  firstCell: number;
  endCell: number;
  demandCount: number;
  objective: number;
  lowerBound: number;
  jointLowerBound: number;
}

export class AllocationCancelled extends Error {
  constructor() {
    super('the allocation was cancelled');
    this.name = 'AllocationCancelled';
  }
}

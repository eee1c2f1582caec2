/** What the peak would be by one way of doing without an allocation. */
export interface BaselinePeak {
  /** Largest load / limit over the cells that have room at all. */
  sessionsRatio: number;
  loginsRatio: number;
  /** Windows that this way leaves out: first fit keeps the limits, the others keep nothing. */
  unplacedCount: number;
}

/** Four ways of doing without: nobody plans, a letter by level, chance, and who comes first is served first. */
export type BaselinePeaks = Record<'everybodyAtWish' | 'letterByLevel' | 'random' | 'firstFit', BaselinePeak>;

/** The load of the two ways of doing without that people know, per cell in thousandths; index 0 is `firstCell`. */
export interface PlanBaselines {
  firstCell: number;
  everybodyAtWish: { sessions: Float64Array; logins: Float64Array };
  letterByLevel: { sessions: Float64Array; logins: Float64Array };
}

/** A stretch of time that shares no cell with the others (a day of one zone), with its share of the certificate. */
export interface DayEvidence {
  firstCell: number;
  endCell: number;
  demandCount: number;
  objective: number;
  lowerBound: number;
  jointLowerBound: number;
}

/** Laws inside an establishment that have prices; the index is what is stored. */
export const LOCAL_LAWS = ['teacher', 'class', 'site'] as const;
export type LocalLaw = (typeof LOCAL_LAWS)[number];

/** Objective prices of cells are whole multiples of 2^-32 of displacement cost per thousandth, local ones of 2^-10. */
export const CELL_PRICE_UNITS = 2 ** 32;
export const LOCAL_PRICE_UNITS = 2 ** 10;

/** The multipliers that prove the bounds of a plan: whole numbers, index 0 of the cell columns is `firstCell`. */
export interface PlanPrices {
  firstCell: number;
  /** Any common unit: only their ratios count. They prove the lower bound of the peak. */
  peakSessions: Float64Array;
  peakLogins: Float64Array;
  /** They prove the lower bound of the objective, in units of 1 / CELL_PRICE_UNITS. */
  objectiveSessions: Float64Array;
  objectiveLogins: Float64Array;
  /** Index into LOCAL_LAWS; the id of the teacher key, class or establishment; absolute cell; units of 1 / LOCAL_PRICE_UNITS. */
  localLaw: Uint8Array;
  localOwnerId: Int32Array;
  localCell: Int32Array;
  localPrice: Float64Array;
}

/** The prices of cells that prove the bound of the objective, in units of 1 / CELL_PRICE_UNITS; index 0 is `firstCell`. */
export interface CellPrices {
  firstCell: number;
  sessions: Float64Array;
  logins: Float64Array;
}

/** A price on a law inside an establishment, in the units of `PlanPrices.localPrice`. */
export interface LocalPrice {
  law: number;
  ownerId: number;
  cell: number;
  price: number;
}

/** What classes are told apart by; the order is that of the sheet. */
export const FAIRNESS_DIMENSIONS = [
  'all',
  'kind',
  'level',
  'department',
  'academy',
  'region',
  'sector',
  'priority_education',
] as const;
export type FairnessDimension = (typeof FAIRNESS_DIMENSIONS)[number];

/** How the windows of some classes stand to what they wished. */
export interface FairnessRow {
  dimension: FairnessDimension;
  value: string;
  windowCount: number;
  wishedCount: number;
  atWishCount: number;
  meanMinutes: number | null;
  medianMinutes: number | null;
  p90Minutes: number | null;
  p95Minutes: number | null;
  worstMinutes: number | null;
  badHourCount: number;
  otherDayCount: number;
}

/**
 * How far the objective is above a proven bound, as a share of the bound; null where the bound says nothing: it is 0 and the
 * objective is not, or windows are missing (the bound is one of complete plans).
 */
export function gapRatioOf(objective: number, lowerBound: number, isComplete: boolean): number | null {
  if (!isComplete) return null;
  if (lowerBound > 0) return Math.round((objective / lowerBound - 1) * 1e6) / 1e6;
  return objective === 0 ? 0 : null;
}

import type { RelaxationKind } from './relaxation';

/** Where one of the two limits is used most; figures are per cell of five minutes. */
export class PeakDto {
  /** The cell in which the largest share of the limit is used. */
  peakCell!: number;
  /** The instant of that cell. */
  peakAt!: string;
  /** Planned load of the cell. */
  planned!: number;
  /** What the plan's windows may use of it. */
  limit!: number;
  /** Planned load over the limit. */
  limitRatio!: number;
  /** Effective capacity of the cell. */
  capacity!: number;
  /** Planned load, background, reserves and other plans over the capacity. */
  capacityRatio!: number;
  /** Mean share of the limit over the cells that the plan loads. */
  meanLimitRatio!: number;
}

/** How far the windows are from their wishes. */
export class DisplacementDto {
  /** Windows with a wish. */
  wishedCount!: number;
  /** Share of them that stand at their wish. */
  atWishRatio!: number;
  /** Mean distance. */
  meanMinutes!: number;
  /** Largest distance. */
  worstMinutes!: number;
  /** The distance that the allocation allowed. */
  capMinutes!: number;
  /** Choices of a start (a series is one) beyond the cap: none of their starts lies within it, and the checker found that they have the nearest; absent in plans of earlier versions. */
  beyondCapCount?: number;
}

/** A stretch of time that shares no cell with the others, a day of one zone as a rule, with its own share of the certificate. */
export class DayGapDto {
  /** Its first instant. */
  startsAt!: string;
  /** The instant after it. */
  endsAt!: string;
  /** Windows, or series of windows at the same hours, that were given a start in it. */
  demandCount!: number;
  /** Its part of the objective. */
  objective!: number;
  /** Its part of the lower bound, as the solver claims it: the independent checker derives the sum. */
  lowerBound!: number;
  /** How far its objective is above its bound, as a share of it; null where the bound says nothing. */
  gapRatio!: number | null;
  /** The same with the windows without a wish free to stand anywhere. */
  jointGapRatio!: number | null;
}

/** What the peak would be by one way of doing without an allocation. */
export class BaselinePeakDto {
  /** Largest sessions of a cell over what may be used of it; cells without any room are left out. */
  sessionsRatio!: number;
  /** The same for log-ins. */
  loginsRatio!: number;
  /** Windows that this way leaves out: first fit keeps the limits, the others keep nothing. */
  unplacedCount!: number;
}

/** The peaks of four ways of doing without an allocation. */
export class BaselinePeaksDto {
  /** Everybody at the wished hour; who wishes none comes at the first allowed start. */
  everybodyAtWish!: BaselinePeakDto;
  /** The letter by level of Île-de-France, March 2020. */
  letterByLevel!: BaselinePeakDto;
  /** Each at any of its allowed starts. */
  random!: BaselinePeakDto;
  /** In a random order each at the nearest start that has room. */
  firstFit!: BaselinePeakDto;
}

/** One sentence in two languages. */
export class SentencesDto {
  /** In French. */
  fr!: string;
  /** In English. */
  en!: string;
}

/** What a replan changes, and the least that it could have changed. */
export class ReplanFiguresDto {
  /** The published plan that it changes. */
  publishedPlanId!: number;
  /** Whatever begins before stays, and nothing is put before: the replan is to be published by then. */
  frozenUntilAt?: string;
  /** Windows of that plan that stand elsewhere, or nowhere, in this one. */
  movedWindowCount!: number;
  /** No plan without a cell over its limit moves fewer; derived by an independent checker. */
  movedWindowBound!: number;
  /** Pupils of the classes that have a moved window, each class once. */
  movedPupilCount!: number;
  /** Proven: no plan without a cell over its limit moves fewer pupils; absent in replans of earlier versions. */
  movedPupilBound?: number;
  /** Windows that the published plan does not have. */
  newWindowCount!: number;
  /** Windows that stay whatever happens: begun, beginning within the notice time, booked. */
  frozenWindowCount!: number;
  /** Cells that these windows alone put over a limit, so that no replan can mend them; absent where there are none. */
  frozenOverCellCount?: number;
  /** Laws that windows which stay whatever happens break among themselves, with how often; absent where they break none. */
  frozenViolationCounts?: Record<string, number>;
  /** Mean minutes between where the moved windows stood and where they stand. */
  meanMoveMinutes!: number;
}

/** What could give way instead of the capacity: the least step of its kind after which the limits would do. */
export class RelaxationDto {
  /** `wider_hours` (half before the first hour of a day, half after the last), `shorter_windows`, `fewer_windows`, `lower_participation`; `lift_...`: closed times, fixed windows (they become wishes), gaps, limits of simultaneous windows, teachers, groups of the establishments named. */
  kind!: RelaxationKind;
  /** What is in the way: the capacity; or hours, closed times and the laws between windows, whatever the capacity. */
  cause!: 'capacity' | 'laws';
  /** By kind: minutes more a day; per mille of the length of windows that is kept; most windows a week of a class; per mille of the visitors who come; establishments whose law is lifted. */
  amount!: number;
  /** The certified least capacity as a multiple of the limits, once this has given way; null where the capacity is not in the way. */
  leastCapacityRatio!: number | null;
  /** Windows that would stay without a place once this has given way, were there capacity enough; null where the capacity is in the way. */
  leftOutCount!: number | null;
  /** The same as things are. */
  leftOutBefore!: number | null;
  /** Whether it is enough: 2 % above the least capacity, with which plans are found, or nobody left out; false where even the largest step that was tried is not. */
  isEnough!: boolean;
  /** Share of the time in windows, or of the visitors, that is given up. */
  lossRatio!: number;
  /** The establishments concerned where the capacity is not in the way, at most twenty. */
  uais!: string[];
}

/** Cells on end whose limits lack the same. */
export class ExtraStretchDto {
  /** The first cell. */
  startCell!: number;
  /** Cells. */
  cellCount!: number;
  /** Where the first cell begins. */
  startsAt!: string;
  /** Where the last cell ends. */
  endsAt!: string;
  /** Sessions that plans would have to be able to use more of each of these cells; of the declared capacity it takes more by the share of the headroom. */
  extraSessions!: number;
  /** Log-ins of five minutes likewise. */
  extraLogins!: number;
}

/** A stretch of time that shares no cell with the others and leaves somebody out. */
export class ShortPartDto {
  /** Where it begins. */
  startsAt!: string;
  /** Where it ends. */
  endsAt!: string;
  /** What a complete plan needs at least of the present session limits, were there log-ins enough: certified, as a multiple. */
  sessionsRatio!: number;
  /** The same of the log-in limits. */
  loginsRatio!: number;
  /** The same of both limits together. */
  ratio!: number;
  /** What it needs at least of the limits with the extra capacity: certified; the nearer to 1, the less could be spared. */
  leastRatio!: number;
}

/** The extra capacity with which the solver did find a place for everybody whom capacity helps. */
export class MissingCapacityDto {
  /** Where, when and how much, in order of time. */
  stretches!: ExtraStretchDto[];
  /** What is certified of each stretch of time that is short. */
  parts!: ShortPartDto[];
  /** Windows that have no place however large the capacity. */
  beyondCapacityCount!: number;
}

/** What proves a plan at the revision that it was computed at. */
export class CertificateDto {
  /** Windows of the plan. */
  windowCount!: number;
  /** Windows that could not be given. */
  unplacedCount!: number;
  /** The same by reason. */
  unplacedByReason!: Record<string, number>;
  /** Violations that the independent checker found: 0 in a plan that is stored. */
  violationCount!: number;
  /** The same by law. */
  violationCounts!: Record<string, number>;
  /** The limit of concurrent sessions. */
  sessions!: PeakDto;
  /** The limit of log-ins. */
  logins!: PeakDto;
  /** The larger of the two peaks as a share of its limit. */
  peakUtilisationRatio!: number;
  /** No complete plan of these windows has a lower peak. */
  peakLowerBoundRatio!: number;
  /** Distances from the wishes. */
  displacement!: DisplacementDto;
  /** What the allocation minimised: weighted squares of displacement in cells. */
  objective!: number;
  /** No complete plan under the cap, with the windows without a wish where they stand, has a lower objective. */
  lowerBound!: number;
  /** How far the objective is above this bound, as a share of it; null where windows are missing or the bound is 0. */
  gapRatio!: number | null;
  /** The same bound with nothing fixed. */
  jointLowerBound!: number;
  /** How far the objective is above that one. */
  jointGapRatio!: number | null;
  /** The certificate by stretches of time that share no cell. */
  dayGapRatios!: DayGapDto[];
  /** Whether a checker that shares no code with the solver derived the bounds again from the prices (`/prices`). */
  isBoundProved!: boolean;
  /** What the peaks would be without an allocation. */
  baselinePeakRatios!: BaselinePeaksDto;
  /** What the plan saved, in a sentence. */
  saving!: SentencesDto;
  /** Seed of the allocation: with the same facts it gives the same plan. */
  seed!: number;
  /** What a replan changes; absent where the plan was made afresh. */
  replan?: ReplanFiguresDto;
  /** The extra capacity that would do; absent where nobody is left out. */
  missingCapacity?: MissingCapacityDto;
  /** What could give way instead of the capacity; absent where the limits do. */
  relaxations?: RelaxationDto[];
  /** When the certificate was made. */
  computedAt!: string;
  /** Epoch of the revision that it belongs to. */
  epoch!: number;
  /** The revision that it belongs to. */
  revision!: number;
}

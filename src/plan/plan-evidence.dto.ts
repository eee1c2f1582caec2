import { IsIn } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { MissingCapacityDto, RelaxationDto } from './plan-certificate.dto';
import type { FairnessDimension, LocalLaw } from './plan-evidence';

/** How to give the fairness sheet. */
export class FairnessQuery {
  /** The form of the answer; without it the Accept header decides. */
  @MayBeLeftOut()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

/** The windows of some classes against their wishes. */
export class FairnessGroupDto {
  /** What the classes have in common. */
  dimension!: FairnessDimension;
  /** The kind, level (the oldest one of a class), code of the department, academy or region, sector or priority-education status; `all` for all. */
  value!: string;
  /** Windows of these classes. */
  windowCount!: number;
  /** Those that stand on the day of their wish; minutes below are of these alone. */
  wishedCount!: number;
  /** Share of the windows with a wish that stand at it; null where nobody wished. */
  atWishRatio!: number | null;
  /** Mean distance from the wish. */
  meanMinutes!: number | null;
  /** The distance that half of the windows do not exceed. */
  medianMinutes!: number | null;
  /** The distance that nine of ten do not exceed. */
  p90Minutes!: number | null;
  /** The distance that nineteen of twenty do not exceed. */
  p95Minutes!: number | null;
  /** The largest distance. */
  worstMinutes!: number | null;
  /** Windows that stand on another day than was wished, as a booking put them: no number of minutes. */
  otherDayCount!: number;
  /** Share of all windows that have a bad hour. */
  badHourRatio!: number;
}

/** How a plan treats whom, as it was when it was stored. */
export class FairnessDto {
  /** The plan. */
  planId!: number;
  /** What counts as a bad hour. */
  badHours!: string;
  /** All windows of classes first, then by kind, level, department, academy, region, sector and priority education. */
  groups!: FairnessGroupDto[];
}

/** What a class is owed for earlier weeks. */
export class ClassMemoryDto {
  /** The class. */
  classId!: number;
  /** Weight w of its displacement squared in the objective. */
  weight!: number;
  /** Most displacement that its windows may have, for it was among the worst; null where only the cap limits it. */
  limitMinutes!: number | null;
}

/** Prices on laws inside establishments, as columns of one length. */
export class LocalPricesDto {
  /** Divide `price` by this to get displacement cost (cells squared). */
  priceUnits!: number;
  /** What is priced: one window of a teacher at a time, one of a class with its gap, or the windows of classes of an establishment at once. */
  law!: LocalLaw[];
  /** The teacher key (`teacherKeyId` of windows), the class, or the establishment by its place in `sites`. */
  owner!: number[];
  /** The cell. */
  cell!: number[];
  /** The price, a whole number. */
  price!: number[];
  /** Establishments with a price on their limit. */
  sites!: PricedSiteDto[];
}

/** An establishment with a price on its limit of simultaneous windows. */
export class PricedSiteDto {
  /** The establishment. */
  uai!: string;
  /** Its limit as it is now; null where it was lifted since: then its prices prove nothing. */
  simultaneousWindowLimit!: number | null;
}

/** The multipliers that prove the bounds of a plan; whole numbers, one per cell from `firstCell` on. */
export class PlanPricesDto {
  /** The plan. */
  planId!: number;
  /** The cell of index 0. */
  firstCell!: number;
  /** Length of each column. */
  cellCount!: number;
  /** Divide `sessions` and `logins` by this to get displacement cost (cells squared) per thousandth of a session or log-in. */
  cellPriceUnits!: number;
  /** Prices of the session limit, which prove the lower bound of the objective. */
  sessions!: number[];
  /** Prices of the log-in limit, which prove the lower bound of the objective. */
  logins!: number[];
  /** Prices of the session limit, in a unit of their own, which prove the lower bound of the peak. */
  peakSessions!: number[];
  /** The same for the log-in limit. */
  peakLogins!: number[];
  /** Prices on teachers, classes and sites, which the bound of the certificate uses besides; without them it is lower and holds too. */
  localPriceCount!: number;
  /** These prices, one column each. */
  local!: LocalPricesDto;
  /** Classes whose displacement weighs more, or is limited, for what they had in the four weeks before the campaign; all others have weight 1. */
  memory!: ClassMemoryDto[];
}

/** A cell whose capacity a complete plan would need more of. */
export class ShortCellDto {
  /** The cell. */
  cell!: number;
  /** Its first instant. */
  at!: string;
  /** What plans may use of its sessions now. */
  sessionLimit!: number;
  /** Sessions by which this would have to grow at least. */
  extraSessions!: number;
  /** What plans may use of its log-ins (of five minutes) now. */
  loginLimit!: number;
  /** Log-ins of five minutes by which this would have to grow at least. */
  extraLogins!: number;
}

/** Windows that found no place, of one reason. */
export class UnplacedReasonDto {
  /** Why: one of the reasons of `/unplaced`. */
  reason!: string;
  /** Windows. */
  windowCount!: number;
  /** Classes that miss at least one of them. */
  classCount!: number;
  /** The most sessions that the worst cell of the best start of one of them lacks. */
  neededSessions!: number;
  /** The most log-ins of five minutes that it lacks. */
  neededLogins!: number;
}

/** What a complete plan of the campaign would need that it does not have. */
export class ShortfallDto {
  /** The plan. */
  planId!: number;
  /** True where every window has a place: nothing is short. */
  isComplete!: boolean;
  /** Windows without a place. */
  unplacedCount!: number;
  /** No complete plan fits unless the limits of the tightest stretch of time grow, taken together, by this factor: the proven least capacity. */
  leastCapacityRatio!: number;
  /** True where more than 1: then no plan at all could place everybody, whatever the displacements. */
  isProvenImpossible!: boolean;
  /** Cells of the tightest stretch that carry the proof, with what they would have to grow by in proportion, in order of time, at most five hundred; empty where nothing is proven. */
  cells!: ShortCellDto[];
  /** Further cells of that kind. */
  omittedCellCount!: number;
  /** The extra capacity that would do, of every stretch of time that is short; null where nobody is left out, and in plans of earlier versions. */
  missingCapacity!: MissingCapacityDto | null;
  /** What could give way instead of the capacity, or where no capacity helps; those that are enough first and of these the one that takes least. */
  relaxations!: RelaxationDto[];
  /** The windows left out, by reason. */
  reasons!: UnplacedReasonDto[];
}

import type { Activity, Audience, Origin } from '../campaign/window-kind';
import { SentencesDto } from '../plan/plan-certificate.dto';

/** What a start costs, in squares of displacement (cells of five minutes); prices are those that prove the plan's bound. */
export class StartCostDto {
  /** The start. */
  startsAt!: string;
  /** Days from the wished date, positive when later; null without a wish. */
  displacementDays!: number | null;
  /** Minutes by the clock from the wished start, positive when later, whatever the days; null without a wish. */
  displacementMinutes!: number | null;
  /** Weight times the square of the displacement in cells. */
  displacementCost!: number;
  /** Price of the sessions that the window would load. */
  sessionPrice!: number;
  /** Price of the log-ins that the window would load. */
  loginPrice!: number;
  /** Price of the teacher's time. */
  teacherPrice!: number;
  /** Price of the class's time, its gap included. */
  classPrice!: number;
  /** Price of the establishment's limit of simultaneous windows. */
  sitePrice!: number;
  /** The sum of all of them. */
  cost!: number;
  /** Whether the hours and closed times of the campaign let the window start there. */
  isAllowed!: boolean;
  /** Whether the window could stand there in the plan as it is: room in sessions and log-ins, and no other window in its way, on every date that shares the choice. */
  hasRoom!: boolean;
}

/** Windows that wished the same time, of one kind of school in one department. */
export class RivalsDto {
  /** Kind of the establishments. */
  kind!: string;
  /** Code of the department. */
  departmentCode!: string;
  /** Windows. */
  windowCount!: number;
}

/** Why a window stands where it stands, by the prices of its plan. */
export class WindowExplanationDto {
  /** The plan. */
  planId!: number;
  /** The window. */
  windowId!: number;
  /** Its establishment. */
  uai!: string;
  /** Code of its class; null for a window of the whole establishment. */
  classCode!: string | null;
  /** Who it is for. */
  audience!: Audience;
  /** `open` or `live`. */
  activity!: Activity;
  /** How it came to be where it is. */
  origin!: Origin;
  /** Zone of the establishment, whose hours the sentence tells. */
  timeZone!: string;
  /** Dates that share this choice of an hour: more than one where hours are kept each week; prices are of all of them. */
  dateCount!: number;
  /** What the wished start costs, as it was wished, also where it is not allowed; null for a window without a wish. */
  wished!: StartCostDto | null;
  /** What the start that it has costs. */
  given!: StartCostDto;
  /** The least cost of the allowed starts within the displacement cap: what this choice adds to the lower bound; null where the campaign would not have this window any more. */
  leastCost!: number | null;
  /** The three cheapest other starts that its hours, the memory of earlier weeks and the windows around it allow (its class, classes with its pupils, teacher, limit of simultaneous windows, neighbouring schools), the best first. */
  alternatives!: StartCostDto[];
  /** Weight of its displacement squared: above 1 where its class was displaced in earlier weeks. */
  memoryWeight!: number;
  /** Most displacement that the plan gave itself for this class, which was among the worst of earlier weeks; null for no such limit. */
  memoryLimitMinutes!: number | null;
  /** Other windows of the plan that wished this time, those of every kind and department. */
  rivalCount!: number;
  /** The same by kind and department, the most first. */
  rivals!: RivalsDto[];
  /** All this in a sentence. */
  sentence!: SentencesDto;
}

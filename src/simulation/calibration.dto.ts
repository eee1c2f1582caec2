import { IsIn } from 'class-validator';
import { BehaviourDto } from '../campaign/campaign-rules.dto';
import { ACTIVITIES, type Activity, AUDIENCES, type Audience } from '../campaign/window-kind';
import { PageQuery } from '../common/page-query.dto';
import type { CivilDate } from '../common/civil-time';
import { IsCivilDate } from '../common/wire-time';
import type { LevelGroup } from '../directory/level';
import { CALIBRATED_BY } from './calibration';

/** Which days to calibrate from. */
export class CalibrateDto {
  /** First day of the campaign that counts. */
  @IsCivilDate()
  firstOn!: CivilDate;

  /** Last day, included; two weeks are counted by class at most. */
  @IsCivilDate()
  lastOn!: CivilDate;
}

/** Which calibrations. */
export class CalibrationListQuery extends PageQuery {}

/** A figure and the interval in which it lies with a probability of 95 %. */
export class EstimateDto {
  /** The figure. */
  value!: number;
  /** Lower end. */
  low!: number;
  /** Upper end. */
  high!: number;
}

/** The same of whole days: one day alone has no interval. */
export class DayEstimateDto {
  /** The figure. */
  value!: number;
  /** Lower end; null where one day was measured. */
  low!: number | null;
  /** Upper end; null where one day was measured. */
  high!: number | null;
}

/** What was found of one kind of window, beside what the load model says now and what is proposed. */
export class CalibratedBehaviourDto {
  /** Whose windows. */
  @IsIn(AUDIENCES)
  audience!: Audience;
  /** Level group of pupils; null for relatives. */
  levelGroup!: LevelGroup | null;
  /** What they are for. */
  @IsIn(ACTIVITIES)
  activity!: Activity;
  /** Visitors of the first windows of the days, in them or at another time. */
  visitorCount!: number;
  /** Establishments that they are of. */
  establishmentCount!: number;
  /** Share of the headcount that came; null where too few did. */
  participation!: EstimateDto | null;
  /** Share of those who came that came in the window; null where too few did. */
  adherence!: EstimateDto | null;
  /** Share that comes in each five minutes, from those before the start on; null where too few came. */
  arrivals!: EstimateDto[] | null;
  /** Mean minutes from the admission to the last page, as gateways watched one visit in four; null where too few were. */
  stayMinutes!: EstimateDto | null;
  /** As the campaign's load model has it. */
  current!: BehaviourDto;
  /** As it is proposed. */
  proposed!: BehaviourDto;
}

/** The same for the establishments of a kind, the classes of a level, the windows of an hour or of an activity. */
export class CalibratedGroupDto {
  /** What they have in common. */
  @IsIn(CALIBRATED_BY)
  by!: (typeof CALIBRATED_BY)[number];
  /** The kind, level, local hour (`08`) or activity. */
  key!: string;
  /** Visitors. */
  visitorCount!: number;
  /** Establishments. */
  establishmentCount!: number;
  /** Share of the headcount that came. */
  participation!: EstimateDto | null;
  /** Share of those who came that came in the window. */
  adherence!: EstimateDto | null;
  /** Share that comes in each five minutes, from those before the start on; null where too few came. */
  arrivals!: EstimateDto[] | null;
  /** Mean minutes from the admission to the last page; null where too few were watched. */
  stayMinutes!: EstimateDto | null;
  /** Visits of relatives on a day, per pupil; null where too few came, and for levels, whose relatives have no windows of their own. */
  relativesPerPupil!: EstimateDto | null;
}

/** How long visits last, from sessions and log-ins of the whole platform. */
export class CalibratedStayDto {
  /** Factor on the stay of visits that no window ends: the present one, or, where gateways watched it, what they found. */
  stretch!: DayEstimateDto;
  /** Of those who leave, the share that logs out. */
  logOut!: DayEstimateDto;
  /** What the sessions differ from those explained, root mean square against their mean; above 0.25 no stay is proposed. */
  residualRatio!: number;
  /** Days with enough measurements. */
  measuredDayCount!: number;
}

/** A new version of a load model, proposed from what was counted and measured; nothing is changed by it until a campaign begins with it. */
export class CalibrationDto {
  /** Its number: `calibrationId` of a campaign that is to begin with it. */
  id!: number;
  /** The platform. */
  platformId!: number;
  /** The campaign whose load model is proposed anew. */
  campaignId!: number;
  /** First day. */
  firstOn!: CivilDate;
  /** Last day. */
  lastOn!: CivilDate;
  /** Visitors of the first windows of the days. */
  visitorCount!: number;
  /** Establishments of which something was counted. */
  establishmentCount!: number;
  /** Establishments with windows of which no gateway counted anything: left out. */
  silentEstablishmentCount!: number;
  /** By audience, level group and activity. */
  behaviours!: CalibratedBehaviourDto[];
  /** By kind, level, hour and activity. */
  groups!: CalibratedGroupDto[];
  /** How long visits last; null where sessions and log-ins were not measured for long enough. */
  stay!: CalibratedStayDto | null;
  /** Visits of relatives on a day, per pupil; null where too few came. */
  relativesPerPupil!: EstimateDto | null;
  /** The same as the campaign's load model has it: accounts per pupil x their participation. */
  relativesPerPupilCurrent!: number;
  /** The same as it is proposed: the accounts stay, their participation is what was counted. */
  relativesPerPupilProposed!: number;
  /** Who asked for it. */
  madeBy!: string;
  /** When. */
  madeAt!: string;
}

/** A page of calibrations, the newest first. */
export class CalibrationPageDto {
  /** The calibrations. */
  items!: CalibrationDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

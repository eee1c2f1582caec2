import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';
import { IsCivilDate } from '../common/wire-time';
import { COUNTED_PROFILES, type CountedProfile } from '../kernel/decision/visitor';

const nullable = (type: typeof Number | typeof String | typeof Boolean, description: string) =>
  ApiProperty({ type, nullable: true, description });

/** Counts of a platform on one day (UTC), over all departments; null where fewer than five people stand behind a figure. */
export class DayCountsDto {
  @nullable(Number, 'Visitors let in.')
  admitted!: number | null;
  @nullable(Number, 'Visitors told to come back.')
  deferred!: number | null;
  @nullable(Number, 'Visitors refused.')
  refused!: number | null;
  @nullable(Number, 'Requests for an admission.')
  attempts!: number | null;
  @nullable(Number, 'Let in by the posture alone.')
  wouldRefuse!: number | null;
}

/** What an agent counted since its start; null where fewer than five stand behind a figure. */
export class AgentCountsShownDto {
  /** When its process started. */
  since!: string;
  @nullable(Number, 'Requests with a pass that was still good: nothing was decided.')
  passes!: number | null;
  @nullable(Number, 'Requests for an admission that were decided.')
  attempts!: number | null;
  @nullable(Number, 'Of them, let in.')
  admitted!: number | null;
  @nullable(Number, 'Told to come back.')
  deferred!: number | null;
  @nullable(Number, 'Refused.')
  refused!: number | null;
  @nullable(Number, 'Let in by the posture alone.')
  wouldRefuse!: number | null;
  /** Batches of counts that the service has not taken. */
  waitingBatches!: number;
  /** Attempts that were not counted, since too much was waiting. */
  droppedAttempts!: number;
}

/** The waiting room of an agent; null where fewer than five stand behind a figure. Agents that share a store all tell of one line. */
export class AgentRoomShownDto {
  /** Whether tickets are given. */
  isOpen!: boolean;
  /** Whether its store is away: the agent spends its lease, then calls nobody. */
  isAway!: boolean;
  @nullable(Number, 'Pupils and staff who wait.')
  pupils!: number | null;
  @nullable(Number, 'Those who wait and of whom nobody knows what they are.')
  unknown!: number | null;
  @nullable(Number, 'Relatives who wait.')
  relatives!: number | null;
  @nullable(Number, 'Those whom a protection step holds back; their places are kept.')
  held!: number | null;
  @nullable(Number, 'Called by this agent since its start.')
  called!: number | null;
}

/** An agent as it reported last. */
export class GatewayDto {
  /** The key that it uses. */
  keyId!: number;
  /** What the key was called. */
  keyName!: string;
  /** The process. */
  agent!: string;
  /** Its platform. */
  platformId!: number;
  /** Version of its program. */
  version!: string;
  /** `starting`, `running`, `stale`, `expired` or `fail_static`. */
  state!: string;
  @nullable(String, 'The posture in force; null without a plan.')
  posture!: string | null;
  @nullable(Number, 'The epoch that it runs; null without a plan.')
  epoch!: number | null;
  @nullable(Number, 'The revision that it runs; null without a plan.')
  revision!: number | null;
  @nullable(Number, 'The edition of its bundle; null without a plan.')
  edition!: number | null;
  @nullable(Number, 'Revisions that it was behind the newest; null in another epoch or without a plan.')
  behindRevisions!: number | null;
  @nullable(Boolean, 'Whether its chain is that of the service at its revision; null where that is not kept any more.')
  isChainKnown!: boolean | null;
  @nullable(Number, 'Seconds since its plan was issued; null without a plan.')
  planAgeSeconds!: number | null;
  /** Its clock less that of the service. */
  clockOffsetSeconds!: number;
  /** When it reported last. */
  reportedAt!: string;
  /** Seconds since then. */
  silentSeconds!: number;
  @ApiProperty({
    type: 'object',
    nullable: true,
    additionalProperties: true,
    description: 'What it last refused and why.',
  })
  refused!: unknown;
  @ApiProperty({
    type: AgentCountsShownDto,
    nullable: true,
    description: 'What it counted since its start; null where it does not say.',
  })
  counts!: AgentCountsShownDto | null;
  @ApiProperty({ type: AgentRoomShownDto, nullable: true, description: 'Its waiting room; null where it has none.' })
  room!: AgentRoomShownDto | null;
}

/** A page of agents. */
export class GatewayPageDto {
  /** By key and name. */
  items!: GatewayDto[];
  @nullable(String, 'Where the next page begins; null on the last one.')
  nextCursor!: string | null;
}

/** Which day is looked at. */
export class ObservedQuery extends PageQuery {
  /** The civil date; today in UTC unless stated. */
  @MayBeLeftOut()
  @IsCivilDate()
  date?: string;
}

/** How much is watched. */
export class ObservedStreamQuery {
  /** Minutes up to now. */
  @MayBeLeftOut()
  @Type(() => Number)
  @IsInt()
  @Min(5)
  @Max(120)
  minutes: number = 30;
}

/** Expected against counted; null where fewer than five people stand behind a figure. */
export class ObservedDto {
  @nullable(Number, 'Visitors expected in the first window of each owner on the day.')
  expected!: number | null;
  @nullable(Number, 'Visitors let in.')
  admitted!: number | null;
  @nullable(Number, 'Visitors told to come back.')
  deferred!: number | null;
  @nullable(Number, 'Visitors refused.')
  refused!: number | null;
  @nullable(Number, 'Requests for an admission.')
  attempts!: number | null;
  @nullable(Number, 'Let in by the posture alone.')
  wouldRefuse!: number | null;
  @nullable(Number, 'Adherence to the plan: the share of those expected who came inside their window.')
  expectedInsideRatio!: number | null;
  @nullable(
    Number,
    'Adherence of those who came: the share of those let in who came inside their window, whoever stayed away.',
  )
  adherenceRatio!: number | null;
  @nullable(
    Number,
    'Attempts divided by those let in, who stand for the distinct visitors: who never got in is not among them. Each question of a waiting page is an attempt.',
  )
  amplificationRatio!: number | null;
  @nullable(
    Number,
    'Expected less admitted, never below 0: who got nothing; where fewer than five were admitted, the least that it can be.',
  )
  gotNothing!: number | null;
}

/** A department, academy or region on the day; establishments of which a figure is hidden are left out of its sum. */
export class ObservedTerritoryDto extends ObservedDto {
  /** Its code. */
  code!: string;
}

/** A kind of establishments on the day, summed as a territory is. */
export class ObservedKindDto extends ObservedDto {
  /** The kind. */
  kind!: string;
}

/** An establishment on the day. */
export class ObservedEstablishmentDto extends ObservedDto {
  /** The establishment. */
  uai!: string;
  /** Its name. */
  name!: string;
  /** Its kind. */
  kind!: string;
  /** Code of its department. */
  department!: string;
}

/** What was done with the visitors of a profile on the day (UTC); null where fewer than five people stand behind a figure. */
class ProfileCountsDto extends DayCountsDto {
  /** Who came. */
  @ApiProperty({ enum: COUNTED_PROFILES, description: 'Who came.' })
  profile!: CountedProfile;
}

/** Visitors of a profile from a department. */
export class DepartmentProfileDto extends ProfileCountsDto {
  /** Code of the department; empty where nobody knows the visitors' school. */
  department!: string;
}

/** Visitors of a profile from a kind of establishments. */
export class KindProfileDto extends ProfileCountsDto {
  /** The kind; empty where nobody knows it. */
  kind!: string;
}

/** Planned against observed. */
export class ObservedPageDto {
  /** The day. */
  date!: string;
  /** The platform's counts by cell, over everybody: on the first page, null on later ones and for days that are not kept any more. */
  @ApiProperty({
    type: DayCountsDto,
    nullable: true,
    description:
      'Everything counted on the day (UTC); null on later pages, and for a day whose counts are not kept any more (14 days).',
  })
  counts!: DayCountsDto | null;
  @ApiProperty({
    type: DepartmentProfileDto,
    isArray: true,
    nullable: true,
    description:
      'The same by department and profile: in shadow, who would have been refused where; null where `counts` is.',
  })
  departmentProfiles!: DepartmentProfileDto[] | null;
  @ApiProperty({
    type: KindProfileDto,
    isArray: true,
    nullable: true,
    description: 'The same by kind of establishment and profile; null where `counts` is.',
  })
  kindProfiles!: KindProfileDto[] | null;
  /** Departments of the establishments of this page's scope, and what they lie in: on the first page, empty on later ones. */
  territories!: ObservedTerritoryDto[];
  /** Kinds of the establishments of this page's scope: on the first page, empty on later ones. */
  kinds!: ObservedKindDto[];
  /** Establishments. */
  items!: ObservedEstablishmentDto[];
  @nullable(String, 'Where the next page begins; null on the last one.')
  nextCursor!: string | null;
}

/** Visitors of a profile in five minutes; null where fewer than five stand behind a figure. */
export class ObservedCellDto {
  /** When it begins. */
  startsAt!: string;
  /** Who came. */
  @ApiProperty({ enum: COUNTED_PROFILES, description: 'Who came.' })
  profile!: CountedProfile;
  @nullable(Number, 'Visitors let in.')
  admitted!: number | null;
  @nullable(Number, 'Visitors told to come back.')
  deferred!: number | null;
  @nullable(Number, 'Visitors refused.')
  refused!: number | null;
  @nullable(Number, 'Requests for an admission.')
  attempts!: number | null;
  @nullable(Number, 'Let in by the posture alone.')
  wouldRefuse!: number | null;
}

/** What gateways counted of late. */
export class ObservedNowDto {
  /** When this was read. */
  at!: string;
  /** Cells and profiles in which somebody came. */
  cells!: ObservedCellDto[];
}

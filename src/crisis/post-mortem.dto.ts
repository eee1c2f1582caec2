import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsString,
  Length,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { LANGUAGES, type Language } from '../common/language.rules';
import { PageQuery } from '../common/page-query.dto';
import { IsCivilDate } from '../common/wire-time';
import { ESTABLISHMENT_KINDS, type EstablishmentKind } from '../directory/directory-rows';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';
import { WINDOW_PROFILES } from '../simulation/simulation-request';
import { SimulatedVariantDto, VariantRequestDto } from '../simulation/simulation.dto';
import {
  ASSUMPTION_NAMES,
  CAUSE_CODES,
  CAUSE_VERDICTS,
  IMPROVEMENT_STATES,
  type Assumption,
  type Cause,
  type CauseCode,
  type CauseVerdict,
  type CrowdCounts,
  type Improvement,
  type ImprovementState,
  type ObservedCurves,
  type TimelineEntry,
  type VisitorProfile,
  type WrittenCause,
} from './post-mortem';
import { WordsDto } from './ladder.dto';
import { ADHERENCE_BASES, type AdherenceBasis, type ReplayAdherence } from './replay-adherence.rules';

/** A day, or up to seven, to look back on. */
export class PostMortemRequestDto {
  /** The first civil date, of the platform's zone. */
  @IsCivilDate()
  firstDate!: string;

  /** The last one, six days later at most; absent: the first. */
  @MayBeLeftOut()
  @IsCivilDate()
  lastDate?: string;

  /** The worst of these days simulated again otherwise: another plan, other steps. As it was, without the steps and without the plan come by themselves. */
  @IsArray()
  @ArrayMaxSize(3)
  @ValidateNested({ each: true })
  @Type(() => VariantRequestDto)
  @ApiPropertyOptional()
  variants: VariantRequestDto[] = [];
}

/** Something that was done, or came by itself. */
export class TimelineEntryDto implements TimelineEntry {
  /** When. */
  at!: string;
  /** Action of the audit trail, or `protection_step.begins` and `protection_step.ends`. */
  action!: string;
  /** Role of who did it; `service` for what came by itself. */
  by!: string;
  /** On what: the key of it, as in the audit trail. */
  about!: string;
  /** What people call it, where it has a name. */
  @ApiPropertyOptional({ type: WordsDto, description: 'What people call it, where it has a name.' })
  name?: WordsDto;
  /** Why, where it was said. */
  @ApiProperty({ type: String, nullable: true, description: 'Why, where it was said.' })
  reason!: string | null;
}

const COUNT = { type: 'integer', nullable: true } as const;

/** What became of some of the visitors; null where fewer than five people stand behind a figure. */
export class CrowdCountsDto implements CrowdCounts {
  /** Who was expected by what is published. */
  @ApiProperty({ ...COUNT, description: 'Who was expected by what is published.' })
  expected!: number | null;
  /** Let in, each once a day. */
  @ApiProperty({ ...COUNT, description: 'Let in, each once a day.' })
  admitted!: number | null;
  /** Told to wait, each once in five minutes. */
  @ApiProperty({ ...COUNT, description: 'Told to wait, each once in five minutes.' })
  deferred!: number | null;
  /** Refused, each once in five minutes. */
  @ApiProperty({ ...COUNT, description: 'Refused, each once in five minutes.' })
  refused!: number | null;
  /** Requests for an admission. */
  @ApiProperty({ ...COUNT, description: 'Requests for an admission.' })
  attempts!: number | null;
}

/** The same of all. */
export class TotalCountsDto extends CrowdCountsDto {
  /** Of those let in, those in their own window. */
  @ApiProperty({ ...COUNT, description: 'Of those let in, those in their own window.' })
  admittedInWindow!: number | null;
}

/** The same of a department. */
export class TerritoryCountsDto extends CrowdCountsDto {
  /** Code of the department. */
  territory!: string;
}

/** The same of a kind of establishment. */
export class KindCountsDto extends CrowdCountsDto {
  /** The kind. */
  kind!: string;
}

/** The same of a profile. */
export class ProfileCountsDto extends CrowdCountsDto {
  /** The profile. */
  @ApiProperty({ enum: COUNTED_PROFILES, description: 'The profile.' })
  profile!: VisitorProfile;
}

const COLUMN = { type: 'array', items: { type: 'integer', nullable: true } } as const;

/** One number for each five minutes of the days; null where nobody measured. */
export class ObservedCurvesDto implements ObservedCurves {
  /** Sessions that were declared, regulations taken off. */
  sessionLimit!: number[];
  /** Log-ins that were declared, of five minutes. */
  loginLimit!: number[];
  /** Sessions that the plan expected. */
  plannedSessions!: number[];
  /** Log-ins that the plan expected. */
  plannedLogins!: number[];
  /** Most sessions that were measured. */
  @ApiProperty({ ...COLUMN, description: 'Most sessions that were measured.' })
  measuredSessions!: (number | null)[];
  /** Log-ins that were measured. */
  @ApiProperty({ ...COLUMN, description: 'Log-ins that were measured.' })
  measuredLogins!: (number | null)[];
  /** Requests for an admission that gateways counted. */
  attempts!: number[];
  /** Let in. */
  admitted!: number[];
  /** Told to wait. */
  deferred!: number[];
  /** Refused. */
  refused!: number[];
}

/** What people say of a possible cause. */
export class WrittenCauseDto implements WrittenCause {
  /** Which. */
  @IsIn(CAUSE_CODES)
  @ApiProperty({ enum: CAUSE_CODES, description: 'Which.' })
  code!: CauseCode;

  /** Ruled out, contributed, or open. */
  @IsIn(CAUSE_VERDICTS)
  @ApiProperty({ enum: CAUSE_VERDICTS, description: 'Ruled out, contributed, or open.' })
  verdict!: CauseVerdict;

  /** In the words of who looked at it. */
  @IsString()
  @MaxLength(2000)
  comment!: string;
}

/** A possible cause: what the figures say, and what people say. */
export class CauseDto extends WrittenCauseDto implements Cause {
  /** The figure that speaks for it: cells, regulations, minutes, admitted per expected, share in the own window, attempts per visitor. */
  @ApiProperty({
    type: Number,
    nullable: true,
    minimum: 0,
    description: 'The figure that speaks for it; null where nothing was measured.',
  })
  figure!: number | null;
}

/** What was agreed to be done better. */
export class ImprovementDto implements Improvement {
  /** What. */
  @IsString()
  @Length(1, 1000)
  text!: string;

  /** The office that sees to it. */
  @IsString()
  @Length(1, 200)
  owner!: string;

  /** Until when. */
  @IsCivilDate()
  dueOn!: string;

  /** Agreed, done or dropped. */
  @IsIn(IMPROVEMENT_STATES)
  @ApiProperty({ enum: IMPROVEMENT_STATES, description: 'Agreed, done or dropped.' })
  state!: ImprovementState;
}

/** What people write into it: the summary and what was agreed are replaced. */
export class PostMortemWordsDto {
  /** As it was read: somebody else's later words are not lost. */
  @IsInt()
  @Min(1)
  @Max(2_147_483_647)
  revision!: number;

  /** In some sentences, for who reads nothing else. */
  @IsString()
  @MaxLength(4000)
  summary!: string;

  /** What is said of possible causes; those that are not named, and the figures, stay as they are. `other` counts with a comment only. */
  @IsArray()
  @ArrayMaxSize(CAUSE_CODES.length)
  @ArrayUnique(({ code }: WrittenCauseDto) => code)
  @ValidateNested({ each: true })
  @Type(() => WrittenCauseDto)
  causes!: WrittenCauseDto[];

  /** What was agreed. */
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => ImprovementDto)
  improvements!: ImprovementDto[];
}

/** An assumption beside what was seen. */
export class AssumptionDto implements Assumption {
  /** Which. */
  @ApiProperty({ enum: ASSUMPTION_NAMES, description: 'Which.' })
  name!: Assumption['name'];
  /** What was assumed. */
  assumed!: number;
  /** What was seen. */
  observed!: number;
  /** Observed divided by assumed, less one. */
  deviationRatio!: number;
}

/** Of some visitors the share that the replay lets keep to its window. */
export class ReplayAdherenceDto implements ReplayAdherence {
  /** Whose windows they are. */
  @ApiProperty({ enum: WINDOW_PROFILES, description: 'Whose windows they are.' })
  profile!: ReplayAdherence['profile'];
  /** Kind of their establishments. */
  @ApiProperty({ enum: ESTABLISHMENT_KINDS, description: 'Kind of their establishments.' })
  kind!: EstablishmentKind;
  /** Let in and counted behind the share; 0 where it is assumed. */
  countedVisitorCount!: number;
  /** The share, per mille. */
  adherencePerMille!: number;
  /** `kind`: counted of them; `profile`: too few were, counted of all of the profile; `assumed`: too few of these too. */
  @ApiProperty({
    enum: ADHERENCE_BASES,
    description:
      '`kind`: counted of them; `profile`: too few were, counted of all of the profile; `assumed`: too few of these too.',
  })
  basis!: AdherenceBasis;
}

/** A post-mortem in a list. */
export class PostMortemHeadDto {
  /** Its number. */
  id!: number;
  /** The first day. */
  firstDate!: string;
  /** The last day. */
  lastDate!: string;
  /** The day that was simulated again: that of most attempts. */
  replayedDate!: string;
  /** Number of that simulation; null where nothing is published. */
  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'Number of that simulation; null where nothing is published.',
  })
  simulationId!: number | null;
  /** What people wrote of it. */
  summary!: string;
  /** Counts the changes of what people write. */
  revision!: number;
  /** When it was made: figures are of then. */
  madeAt!: string;
  /** When somebody wrote last. */
  changedAt!: string;
}

/** Post-mortems of a platform. */
export class PostMortemPageDto {
  /** The newest first. */
  items!: PostMortemHeadDto[];
  /** For the next page; null at the end. */
  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null at the end.' })
  nextCursor!: string | null;
}

/** What happened, what was expected, and what was agreed. */
export class PostMortemDto extends PostMortemHeadDto {
  /** Zone of the platform. */
  timeZone!: string;
  /** The first instant of the curves. */
  startsAt!: string;
  /** Minutes between the points of the curves. */
  stepMinutes!: number;
  /** What was done, in its order. */
  timeline!: TimelineEntryDto[];
  /** Planned and observed. */
  curves!: ObservedCurvesDto;
  /** Of all visitors. */
  totals!: TotalCountsDto;
  /** Attempts of each who was let in, the questions of waiting pages included: the bubble effect. */
  @ApiProperty({
    type: Number,
    nullable: true,
    description: 'Attempts of each who was let in, the questions of waiting pages included: the bubble effect.',
  })
  amplification!: number | null;
  /** By department. */
  territories!: TerritoryCountsDto[];
  /** By kind of establishment. */
  kinds!: KindCountsDto[];
  /** By profile. */
  profiles!: ProfileCountsDto[];
  /** Assumptions beside what was seen: the weakest first. */
  assumptions!: AssumptionDto[];
  /** What the replay takes where it was not counted, per mille, as the load models believe; null on a day without windows. */
  assumedAdherencePerMille!: number | null;
  /** What the replay lets keep to its window on that day, by kind and profile: as counted, or as assumed; empty where it was not told apart. */
  replayAdherences!: ReplayAdherenceDto[];
  /** What was ruled out, what contributed, what is open. */
  causes!: CauseDto[];
  /** What was agreed. */
  improvements!: ImprovementDto[];
  /** The worst day simulated as it was and otherwise; null until it is done. */
  @ApiProperty({
    type: [SimulatedVariantDto],
    nullable: true,
    description: 'The worst day simulated as it was and otherwise; null until it is done.',
  })
  simulated!: SimulatedVariantDto[] | null;
}

export const CSV_PARTS = [
  'curves',
  'timeline',
  'crowds',
  'causes',
  'assumptions',
  'adherence',
  'replay',
  'improvements',
] as const;
export type CsvPart = (typeof CSV_PARTS)[number];

/** In which language. */
export class PostMortemLanguageQuery {
  /** French or English; absent: as the browser asks. */
  @MayBeLeftOut()
  @IsIn(LANGUAGES)
  @ApiPropertyOptional({ enum: LANGUAGES, description: 'French or English; absent: as the browser asks.' })
  lang?: Language;
}

/** Which table, in which language. */
export class PostMortemCsvQuery extends PostMortemLanguageQuery {
  /** Which table. */
  @MayBeLeftOut()
  @IsIn(CSV_PARTS)
  @ApiPropertyOptional({ enum: CSV_PARTS, description: 'Which table.' })
  part?: CsvPart = 'curves';
}

/** Which page of the list. */
export class PostMortemQuery extends PageQuery {}

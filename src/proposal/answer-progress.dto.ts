import { IsIn, IsString, MaxLength, MinLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';
import { ANSWER_STATES, type AnswerState, QUALITIES, type Quality } from './proposal.rules';

const LEVELS = ['region', 'academy', 'department'] as const;
const PHASES = ['none', 'open', 'closed'] as const;

/** Which territories. */
export class TerritoryProgressQuery {
  /** Territories of this level. */
  @MayBeLeftOut()
  @IsIn(LEVELS)
  level?: (typeof LEVELS)[number] = 'department';

  /** Only those of this territory (its code), itself included. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  territory?: string;
}

/** Who of some establishments has answered; after the deadline who has not answered has accepted. */
export class AnswerCountsDto {
  /** Establishments that take part. */
  establishmentCount!: number;
  /** Those that accepted, as a whole or for each of their classes. */
  acceptedCount!: number;
  /** Those that accepted for some of their classes only. */
  partlyAcceptedCount!: number;
  /** Those that ask for a change, of one class or more. */
  changeAskedCount!: number;
  /** Those without any answer. */
  unansweredCount!: number;
  /** After the deadline: those that accepted by silence, for all of their classes or for the rest of them; 0 before it. */
  acceptedBySilenceCount!: number;
  /** Those that accepted or ask for a change, of all; null where there are none. */
  answeredRatio!: number | null;
  /** Those whose head has written wishes in this campaign. */
  wishesStatedCount!: number;
}

/** The same for one territory. */
export class TerritoryAnswersDto extends AnswerCountsDto {
  /** Code of the territory. */
  code!: string;
  /** Its name. */
  name!: string;
  /** `region`, `academy` or `department`. */
  kind!: string;
}

/** Who has answered, by territory. */
export class AnswersByTerritoryDto {
  /** `none`: no plan is proposed yet; `closed`: silence has accepted. */
  @IsIn(PHASES)
  phase!: (typeof PHASES)[number];
  /** First instant at which answers are closed; null without a proposal. */
  answersUntil!: string | null;
  /** All of them together. */
  total!: AnswerCountsDto;
  /** Each territory, by code. */
  items!: TerritoryAnswersDto[];
}

/** Which establishments, and how. */
export class EstablishmentProgressQuery extends PageQuery {
  /** Only those that stand there; `none`: those without an answer. */
  @MayBeLeftOut()
  @IsIn(ANSWER_STATES)
  answer?: AnswerState;

  /** Only those of this territory (its code). */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(20)
  territory?: string;

  /** `json`: pages; `csv`: all of them. Default: what the Accept header asks for. */
  @MayBeLeftOut()
  @IsIn(['json', 'csv'])
  format?: 'json' | 'csv';
}

/** Where an establishment stands. */
export class EstablishmentAnswerDto {
  /** The establishment. */
  uai!: string;
  /** Its name. */
  name!: string;
  /** Its kind. */
  kind!: string;
  /** Code of its department. */
  departmentCode!: string;
  /** Its divisions that take part. */
  classCount!: number;
  /** Where it stands; after the deadline `none` and the rest of `partly_accepted` have accepted. */
  @IsIn(ANSWER_STATES)
  answer!: AnswerState;
  /** Whether it has accepted by silence, for all of its classes or for the rest of them. */
  hasAcceptedBySilence!: boolean;
  /** The role in which its last answer was given. */
  @IsIn(QUALITIES)
  quality!: Quality | null;
  /** When. */
  answeredAt!: string | null;
  /** Whether its head has written wishes in this campaign. */
  hasStatedWishes!: boolean;
}

/** A page of establishments, by UAI. */
export class EstablishmentAnswerPageDto {
  /** The establishments. */
  items!: EstablishmentAnswerDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

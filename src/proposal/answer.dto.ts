import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
} from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { PageQuery } from '../common/page-query.dto';
import { ProposalDto } from './proposal.dto';
import {
  ANSWER_STATES,
  type AnswerState,
  MOST_COMMENT,
  QUALITIES,
  type Quality,
  type Verdict,
  VERDICTS,
} from './proposal.rules';

/** An answer to the proposal. */
export class GiveAnswerDto {
  /** `accept`, or ask for a `change`. */
  @IsIn(VERDICTS)
  verdict!: Verdict;

  /** The classes that it is for; absent: all of the establishment, its own windows included. */
  @MayBeLeftOut()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @IsInt({ each: true })
  @Min(1, { each: true })
  @Max(2_147_483_647, { each: true })
  classIds?: number[];

  /** What should change; needed with `change`. Never a person's name. */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(MOST_COMMENT)
  comment?: string | null;

  /** Why the operator answers after the deadline; kept. */
  @MayBeLeftOut()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  lateReason?: string;
}

/** An answer that was given. */
export class AnswerDto {
  /** Number of the answer. */
  id!: number;
  /** The establishment. */
  uai!: string;
  /** Number of the class; null for all of the establishment. */
  classId!: number | null;
  /** Code of the class. */
  classCode!: string | null;
  /** `accept` or `change`. */
  @IsIn(VERDICTS)
  verdict!: Verdict;
  /** What should change. */
  comment!: string | null;
  /** The role in which it was given; names are not kept. */
  @IsIn(QUALITIES)
  quality!: Quality;
  /** Why it was given after the deadline; null where it was not. */
  lateReason!: string | null;
  /** When. */
  answeredAt!: string;
  /** Whether no later answer, for the class or for the whole establishment, took its place. */
  isCurrent!: boolean;
}

/** Which answers. */
export class AnswerQuery extends PageQuery {
  /** Only those of this establishment. */
  @MayBeLeftOut()
  @Matches(/^\d{7}[A-Z]$/)
  uai?: string;

  /** Only these. */
  @MayBeLeftOut()
  @IsIn(VERDICTS)
  verdict?: Verdict;
}

/** A page of answers, the newest first. */
export class AnswerPageDto {
  /** The answers. */
  items!: AnswerDto[];
  /** Cursor of the next page, null at the end. */
  nextCursor!: string | null;
}

/** What the proposal gives a class. */
export class ProposedClassDto {
  /** Number of the class. */
  classId!: number;
  /** Its code. */
  classCode!: string;
  /** Windows that it has. */
  windowCount!: number;
  /** Of those with a wish, how many stand at the wished hour. */
  atWishCount!: number;
  /** Those with a wish. */
  wishedCount!: number;
  /** The longest displacement in minutes, either way; null where nothing was wished. */
  worstMinutes!: number | null;
}

/** A proposal as one establishment sees it; its windows are those of the plan with `?uai=`. */
export class EstablishmentProposalDto {
  /** The establishment. */
  uai!: string;
  /** Its name. */
  establishmentName!: string;
  /** What is proposed to everybody. */
  proposal!: ProposalDto;
  /** Where the establishment stands. */
  @IsIn(ANSWER_STATES)
  answer!: AnswerState;
  /** Whether the deadline has passed without its answer: it has accepted. */
  isAcceptedBySilence!: boolean;
  /** What it is given, class by class. */
  classes!: ProposedClassDto[];
  /** The answers that hold. */
  answers!: AnswerDto[];
}

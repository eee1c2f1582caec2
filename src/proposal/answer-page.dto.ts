import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsString, Matches, MaxLength } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { VERDICTS, type Verdict } from './proposal.rules';

/** The form of the page. */
export class AnswerFormDto {
  /** Which of the buttons. */
  @IsIn(VERDICTS)
  verdict!: Verdict;

  /** Classes that were ticked; none for all. */
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? (value as unknown[]) : [value]))
  @IsArray()
  @ArrayMaxSize(500)
  @Matches(/^[1-9]\d{0,8}$/, { each: true })
  classId?: string[];

  /** What should change. */
  @MayBeLeftOut()
  @IsString()
  @MaxLength(1000)
  comment?: string;
}

import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsIn, IsString, Matches } from 'class-validator';
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

  /** What should change: up to 1,000 characters, of which a line break is one; of more the page says so. */
  @MayBeLeftOut()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.replaceAll('\r\n', '\n') : value))
  @IsString()
  comment?: string;
}

import { IsIn } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { type Language, LANGUAGES } from '../common/language.rules';
import { IsCivilDate } from '../common/wire-time';

/** Which week, in which language. */
export class ClassWeekQuery {
  /** First of the seven civil dates; default: Monday of this week, from Saturday on of the next one. */
  @MayBeLeftOut()
  @IsCivilDate()
  from?: string;

  /** Language of the texts; default: that of Accept-Language, else French. */
  @MayBeLeftOut()
  @IsIn(LANGUAGES)
  lang?: Language;
}

export const WEEK_FORMATS = ['html', 'csv', 'xlsx'] as const;
export type WeekFormat = (typeof WEEK_FORMATS)[number];

export const WEEK_SHEETS = ['classes', 'school'] as const;
export type WeekSheet = (typeof WEEK_SHEETS)[number];

/** And as what. */
export class EstablishmentWeekQuery extends ClassWeekQuery {
  /** `html`: pages to print; `csv` and `xlsx`: for spreadsheets. Default: what the Accept header asks for, else `html`. */
  @MayBeLeftOut()
  @IsIn(WEEK_FORMATS)
  format?: WeekFormat;

  /** Of `html`: a page for each class (`classes`), or one sheet of the whole school, a line for each class (`school`). */
  @MayBeLeftOut()
  @IsIn(WEEK_SHEETS)
  sheet?: WeekSheet = 'classes';
}

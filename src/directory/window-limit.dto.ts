import { IsInt, Max, Min, ValidateIf } from 'class-validator';

/** How many classes may be connected at once. */
export class WindowLimitRequestDto {
  /** Most windows of classes at once; null for no limit. */
  @ValidateIf((_request, value) => value !== null)
  @IsInt()
  @Min(1)
  @Max(1000)
  simultaneousWindowLimit!: number | null;
}

/** The limit of an establishment. */
export class WindowLimitDto {
  /** The establishment. */
  uai!: string;
  /** Most windows of classes at once; null for no limit. Published plans stay as they are: the next allocation keeps it, and no booking brings more at once. */
  simultaneousWindowLimit!: number | null;
}

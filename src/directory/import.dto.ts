import { IsIn, IsString, Length } from 'class-validator';
import { MayBeLeftOut } from '../common/may-be-left-out';
import { IMPORT_KINDS, type ImportKind } from './import-report';

/** How to import the file of the body. */
export class ImportQueryDto {
  /** What the file is. */
  @IsIn(IMPORT_KINDS)
  kind!: ImportKind;

  /** `true` does everything, reports it, and keeps nothing. */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false' = 'false';

  /** The school year of the classes, such as 2026-2027: needed for rosters and mappings; official files have their own. */
  @MayBeLeftOut()
  @IsString()
  @Length(4, 9)
  schoolYear?: string;

  /** The name of the file, for the list of imports. */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 200)
  fileName?: string = 'upload';
}

/** How to import the roster of the body into one establishment. */
export class OwnRosterQueryDto {
  /** `true` does everything, reports it, and keeps nothing. */
  @MayBeLeftOut()
  @IsIn(['true', 'false'])
  dryRun?: 'true' | 'false' = 'false';

  /** The school year of the classes, such as 2026-2027. */
  @IsString()
  @Length(4, 9)
  schoolYear!: string;

  /** The name of the file, for the list of imports. */
  @MayBeLeftOut()
  @IsString()
  @Length(1, 200)
  fileName?: string = 'upload';
}

/** A line of a report. */
export class ImportLineDto {
  /** The line in a CSV file, the rank of the record in JSON, from 1; 0 for the file as a whole. */
  lineNumber!: number;
  /** Whether the line was refused, or is only worth knowing. */
  severity!: 'refused' | 'noted';
  /** A stable code that programs may act upon. */
  code!: string;
  /** The field that is wrong; null for the whole line. */
  field!: string | null;
  /** What is wrong, in a sentence that repeats nothing of the file but codes. */
  message!: string;
}

/** A line of a report with its place in it. */
export class NumberedImportLineDto extends ImportLineDto {
  /** The place of the line in the report, from 1. */
  ordinal!: number;
}

/** Establishments that an import touched. */
export class EstablishmentCountsDto {
  /** New ones. */
  createdCount!: number;
  /** Those that differed. */
  updatedCount!: number;
  /** Those that were the same. */
  unchangedCount!: number;
}

/** Classes that an import touched. */
export class ClassCountsDto extends EstablishmentCountsDto {
  /** Those that the file no longer has. */
  removedCount!: number;
}

/** Why a whole file was refused. */
export class ImportRefusalDto {
  /** A stable code that programs may act upon. */
  code!: string;
  /** The reason in a sentence. */
  message!: string;
}

/** What an import did, or would do in a dry run. */
export class ImportReportDto {
  /** The number of the run. */
  id!: number;
  /** What the file was. */
  kind!: ImportKind;
  /** The name of the file. */
  fileName!: string;
  /** Whether nothing was to be kept. */
  isDryRun!: boolean;
  /** Done, or refused with nothing written. */
  state!: 'done' | 'refused';
  /** Why the file was refused; null when it was not. */
  refusal!: ImportRefusalDto | null;
  /** The rule by which classes were made where the file has none; null where it has. */
  rule!: string | null;
  /** School years whose classes were written. */
  schoolYears!: string[];
  /** Records that were read. */
  recordCount!: number;
  /** Lines that were refused. */
  refusedLineCount!: number;
  /** Lines that are worth knowing. */
  notedLineCount!: number;
  /** Establishments of the file. */
  establishments!: EstablishmentCountsDto;
  /** Classes of the file. */
  classes!: ClassCountsDto;
  /** Pupils of the divisions of the file. */
  pupilCount!: number;
  /** Links between classes, groups and teachers that were made or removed. */
  linkChangeCount!: number;
  /** Everything created, updated or removed: 0 when a file is imported for the second time. */
  changeCount!: number;
  /** Further figures of this kind of file. */
  figures!: Record<string, number>;
  /** The first lines of the report. */
  lines!: ImportLineDto[];
}

/** A past or running import. */
export class ImportRunDto {
  /** The number of the run. */
  id!: number;
  /** What the file is. */
  kind!: ImportKind;
  /** The name of the file. */
  fileName!: string;
  /** The SHA-256 of the file as it was sent, in hexadecimal; null while it is not whole. */
  fileSha256!: string | null;
  /** Whether nothing was to be kept. */
  isDryRun!: boolean;
  /** Running, done, or refused with nothing written. */
  state!: 'running' | 'done' | 'refused';
  /** Who asked for it. */
  requestedBy!: string;
  /** When it began. */
  startedAt!: Date;
  /** When it ended; null while it runs. */
  endedAt!: Date | null;
  /** Its report without lines; empty while it runs. */
  report!: object;
}

/** A page of imports. */
export class ImportPageDto {
  /** The imports, the latest first. */
  items!: ImportRunDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

/** A page of the lines of a report. */
export class ImportLinePageDto {
  /** The lines, in the order in which they were found. */
  items!: NumberedImportLineDto[];
  /** Where the next page begins; null on the last one. */
  nextCursor!: string | null;
}

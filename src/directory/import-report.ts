/** What can be imported into the directory. */
export const IMPORT_KINDS = [
  'official-schools',
  'official-colleges',
  'official-lycees-gt',
  'official-lycees-pro',
  'official-directory',
  'roster',
  'mapping',
] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** A line of the report: what was refused, or what is worth knowing. Messages repeat nothing of the file but codes. */
export interface ImportLine {
  lineNumber: number;
  severity: 'refused' | 'noted';
  code: string;
  field: string | null;
  message: string;
}

export interface EstablishmentCounts {
  createdCount: number;
  updatedCount: number;
  unchangedCount: number;
}
interface ClassCounts extends EstablishmentCounts {
  removedCount: number;
}

/** What an import did, or would do in a dry run. */
export interface ImportCounts {
  /** School years whose classes were written. */
  schoolYears: string[];
  establishments: EstablishmentCounts;
  classes: ClassCounts;
  /** Pupils of the divisions of the file; groups are not counted again. */
  pupilCount: number;
  /** Links between classes and teachers, groups and classes, made or removed. */
  linkChangeCount: number;
  /** Figures of one format: establishments left to their roster, unmatched classes, dropped columns ... */
  figures: Record<string, number>;
}

export interface ImportReport extends ImportCounts {
  id: number;
  kind: ImportKind;
  fileName: string;
  isDryRun: boolean;
  /** `refused`: nothing was written. */
  state: 'done' | 'refused';
  refusal: { code: string; message: string } | null;
  /** The rule by which classes were made where the file has none; null where it has. */
  rule: string | null;
  recordCount: number;
  refusedLineCount: number;
  notedLineCount: number;
  /** Everything created, updated or removed: 0 when a file is imported for the second time. */
  changeCount: number;
  /** The first lines of the report; the others are kept with the run. */
  lines: ImportLine[];
}

/** Lines of a report that are kept; a file of nonsense must not fill the database. */
export const KEPT_LINE_COUNT = 10_000;

/** Gathers the lines of a report, the first of them only, and counts them all. */
export class ImportJournal {
  readonly lines: ImportLine[] = [];
  recordCount = 0;
  refusedLineCount = 0;
  notedLineCount = 0;

  refuse(lineNumber: number, field: string | null, code: string, message: string): void {
    this.refusedLineCount++;
    this.keep({ lineNumber, severity: 'refused', field, code, message });
  }

  note(lineNumber: number, field: string | null, code: string, message: string): void {
    this.notedLineCount++;
    this.keep({ lineNumber, severity: 'noted', field, code, message });
  }

  private keep(line: ImportLine): void {
    if (this.lines.length < KEPT_LINE_COUNT) this.lines.push(line);
  }
}

export const noCounts = (): ImportCounts => ({
  schoolYears: [],
  establishments: { createdCount: 0, updatedCount: 0, unchangedCount: 0 },
  classes: { createdCount: 0, updatedCount: 0, unchangedCount: 0, removedCount: 0 },
  pupilCount: 0,
  linkChangeCount: 0,
  figures: {},
});

export const changeCountOf = ({ establishments, classes, linkChangeCount }: ImportCounts): number =>
  establishments.createdCount +
  establishments.updatedCount +
  classes.createdCount +
  classes.updatedCount +
  classes.removedCount +
  linkChangeCount;

import type { EntityManager } from 'typeorm';
import type { OnProgress } from '../common/progress';
import type { FileRecord } from './import-records.reader';
import type { ImportCounts, ImportJournal, ImportKind } from './import-report';

/** A file whose records are about to be read. */
export interface ImportFile {
  format: 'csv' | 'json';
  /** Column names as written; null in JSON. */
  headers: string[] | null;
  records: AsyncIterable<FileRecord>;
}

/** What a format needs to know of the run that it works for. */
export interface ImportContext {
  kind: ImportKind;
  schoolYear: string | undefined;
  /** The only establishment whose lines are taken; undefined for all. */
  onlyUai: string | undefined;
  journal: ImportJournal;
  onProgress: OnProgress;
}

/** One family of files: reads the records into temporary tables, then writes what differs, in the caller's transaction. */
export interface ImportFormat {
  merge(tx: EntityManager, file: ImportFile, context: ImportContext): Promise<ImportCounts>;
}

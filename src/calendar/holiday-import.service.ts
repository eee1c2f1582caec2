import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { parse } from 'csv-parse';
import { DataSource, type EntityManager } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import { advisoryLock, inTransaction } from '../common/database';
import { DomainError } from '../common/domain-error';
import { CalendarChanges } from './calendar-changes';
import { HolidayFileError } from './calendar.errors';
import {
  COLUMNS,
  fold,
  holidayRowOf,
  isForTeachers,
  type HolidayColumn,
  type HolidayRecord,
  type HolidayRow,
} from './holiday-file.rules';
import { holidayChanges, mergeHolidays, type HolidayChanges } from './holiday-merge.rules';
import { HolidayPeriodEntity } from './holiday-period.entity';

/** The official file has some 2,000 rows after fifteen years; anything far beyond is another file. */
const MOST_ROWS = 50_000;
const LONGEST_ROW_BYTES = 10_000;
/** Lines of the report; further ones are counted. */
const MOST_REPORT_LINES = 500;
const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);
const SOURCE = 'fr-en-calendrier-scolaire';
/** Imports of holidays wait for each other. */
const IMPORT_LOCK = 20;

interface HolidayReportLine {
  lineNumber: number;
  severity: 'refused' | 'noted';
  code: string;
  /** The column, where one is to blame. */
  field: HolidayColumn | null;
  message: string;
}

export interface HolidayImportReport {
  isDryRun: boolean;
  /** Rows read, without the header. */
  rowCount: number;
  createdCount: number;
  updatedCount: number;
  unchangedCount: number;
  deletedCount: number;
  /** Rows for teachers, which are not kept. */
  droppedTeacherCount: number;
  refusedCount: number;
  notedCount: number;
  lines: HolidayReportLine[];
}

interface ReadFile {
  rows: HolidayRow[];
  rowCount: number;
  droppedTeacherCount: number;
  refused: HolidayReportLine[];
}

/** Imports the ministry's calendar of school holidays (CSV, `;` or `,`, gzip or not, both date styles). */
@Injectable()
export class HolidayImportService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly changes: CalendarChanges,
  ) {}

  /** The same for the body of a request, which must be a file. */
  async runUpload(actor: Actor, body: unknown, options: { isDryRun: boolean }): Promise<HolidayImportReport> {
    if (!(body instanceof Readable))
      throw new DomainError(
        'calendar.file_expected',
        'unsupported',
        'Send the file itself as the body, with the content type text/csv, application/gzip or application/octet-stream.',
      );
    return this.run(actor, body, options);
  }

  /** Reads the whole file, then changes what differs in one transaction; a second run changes nothing. */
  async run(actor: Actor, stream: Readable, options: { isDryRun: boolean }): Promise<HolidayImportReport> {
    const file = await readHolidayFile(stream);
    if (file.rows.length === 0)
      throw new HolidayFileError(
        'The file holds no row of school holidays that could be followed; nothing was changed.',
      );
    const { periods, notes } = mergeHolidays(file.rows);
    const changes = await inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'import', IMPORT_LOCK);
      const found = holidayChanges(await tx.getRepository(HolidayPeriodEntity).find(), periods);
      if (!options.isDryRun) {
        await write(tx, found);
        const [createdCount, updatedCount, deletedCount] = [found.created, found.updated, found.deleted].map(
          (list) => list.length,
        );
        await recordAudit(tx, actor, {
          action: 'holiday.import',
          key: SOURCE,
          after: { createdCount, updatedCount, deletedCount },
        });
        await this.changes.tell(tx, { reason: 'holidays' });
      }
      return found;
    });
    if (!options.isDryRun) await this.changes.committed();
    const lines = [...file.refused, ...notes.map((note) => ({ ...note, severity: 'noted' as const, field: null }))];
    return {
      isDryRun: options.isDryRun,
      rowCount: file.rowCount,
      createdCount: changes.created.length,
      updatedCount: changes.updated.length,
      unchangedCount: changes.unchangedCount,
      deletedCount: changes.deleted.length,
      droppedTeacherCount: file.droppedTeacherCount,
      refusedCount: file.refused.length,
      notedCount: notes.length,
      lines: lines.sort((a, b) => a.lineNumber - b.lineNumber).slice(0, MOST_REPORT_LINES),
    };
  }
}

async function write(tx: EntityManager, changes: HolidayChanges<HolidayPeriodEntity>): Promise<void> {
  const repository = tx.getRepository(HolidayPeriodEntity);
  // what goes makes room for what comes: two periods may change places
  const replaced = [...changes.deleted, ...changes.updated.map(({ stored }) => stored)];
  if (replaced.length > 0) await repository.delete(replaced.map(({ id }) => id));
  const written = [...changes.created, ...changes.updated.map(({ period }) => period)];
  await repository.insert(written.map((period) => ({ ...period, source: SOURCE })));
}

async function readHolidayFile(stream: Readable): Promise<ReadFile> {
  const file: ReadFile = { rows: [], rowCount: 0, droppedTeacherCount: 0, refused: [] };
  let positions: Record<HolidayColumn, number> | undefined;
  try {
    for await (const { record, info } of await recordsOf(stream)) {
      if (!positions) {
        positions = positionsOf(record);
        continue;
      }
      if (++file.rowCount > MOST_ROWS)
        throw new HolidayFileError(`More than ${MOST_ROWS} rows: this is not the official calendar.`);
      read(file, recordOf(record, positions), info.lines);
    }
  } catch (error) {
    if (error instanceof HolidayFileError) throw error;
    throw new HolidayFileError(
      `The file cannot be read: ${error instanceof Error ? error.message : String(error)}. Nothing was changed.`,
    );
  } finally {
    stream.destroy();
  }
  if (!positions) throw new HolidayFileError('The file is empty.');
  return file;
}

function read(file: ReadFile, record: HolidayRecord, lineNumber: number): void {
  if (isForTeachers(record.population)) {
    file.droppedTeacherCount++;
    return;
  }
  const row = holidayRowOf(record, lineNumber);
  if ('code' in row) file.refused.push({ lineNumber, severity: 'refused', ...row });
  else file.rows.push(row);
}

function positionsOf(header: readonly string[]): Record<HolidayColumn, number> {
  const folded = header.map(fold);
  const columns = Object.entries(COLUMNS) as [HolidayColumn, readonly string[]][];
  const found = columns.map(([column, names]) => [column, folded.findIndex((name) => names.includes(name))] as const);
  const missing = found.filter(([, at]) => at < 0).map(([column]) => COLUMNS[column][0]);
  if (missing.length > 0)
    throw new HolidayFileError(`These columns of the official calendar are missing: ${missing.join(', ')}.`);
  return Object.fromEntries(found) as Record<HolidayColumn, number>;
}

function recordOf(values: readonly string[], positions: Record<HolidayColumn, number>): HolidayRecord {
  return Object.fromEntries(
    Object.entries(positions).map(([column, at]) => [column, values[at] ?? '']),
  ) as HolidayRecord;
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

/** The records of a CSV stream, unpacked where its first bytes say gzip, split by the delimiter of its first line. */
async function recordsOf(stream: Readable): Promise<AsyncIterable<CsvRecord>> {
  const file = await peek(stream);
  const isPacked = file.first.subarray(0, 2).equals(GZIP_MAGIC);
  // a broken stream breaks those behind it: pipeline passes the error on, pipe would wait for ever
  const text = isPacked ? await peek(pipeline(file.whole, createGunzip(), () => undefined)) : file;
  const [header = ''] = text.first.toString('utf8').split('\n');
  const parser = parse({
    delimiter: header.includes(';') ? ';' : ',',
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: LONGEST_ROW_BYTES,
    info: true,
  });
  return pipeline(text.whole, parser, () => undefined) as AsyncIterable<CsvRecord>;
}

/** The first chunk of a stream, and the whole of it. */
async function peek(stream: Readable): Promise<{ first: Buffer; whole: Readable }> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  const first = await chunks.next();
  if (first.done) throw new HolidayFileError('The file is empty.');
  async function* whole(): AsyncGenerator<Buffer> {
    try {
      for (let chunk = first; !chunk.done; chunk = await chunks.next()) yield chunk.value;
    } finally {
      stream.destroy();
    }
  }
  return { first: first.value, whole: Readable.from(whole(), { objectMode: false }) };
}

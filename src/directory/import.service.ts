import { basename } from 'node:path';
import { Readable } from 'node:stream';
import { Inject, Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { recordAudit } from '../audit/audit-entry';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { DomainError } from '../common/domain-error';
import { unheard, type OnProgress } from '../common/progress';
import { DirectoryService } from './directory.service';
import { ImportFormats } from './import-formats.service';
import type { ImportFile } from './import-format';
import { decodedText, openFile, type OpenFile } from './import-file.reader';
import { lockRun } from './import-lock';
import { readCsv, readJson, sniffed } from './import-records.reader';
import { FileRefusal } from './import-refusal';
import {
  changeCountOf,
  ImportJournal,
  noCounts,
  type ImportCounts,
  type ImportKind,
  type ImportReport,
} from './import-report';
import { ImportRunStore } from './import-run.store';
import { ImportBodyError, ImportRefusedError, SchoolYearError } from './import.errors';
import { schoolYearOf } from './record-fields.rules';

export interface ImportRequest {
  kind: ImportKind;
  /** The file as it comes, gzip or not; whoever opened it closes it. */
  stream: Readable;
  fileName: string;
  /** Does everything and rolls it back; the report is the same. */
  isDryRun: boolean;
  /** `2026-2027`: under which year classes are stored. Official files have their own; rosters and mappings need one. */
  schoolYear?: string;
  /** The only establishment whose lines are taken, with the file held to a size that no school reaches; all without it. */
  onlyUai?: string;
  /** Size of the file as sent, for the progress, where it is known. */
  byteCount?: number;
  onProgress?: OnProgress;
}

/** Lines of the report that come with it; the others are asked for. */
const FIRST_LINE_COUNT = 20;
/** Of an establishment's own roster, whose head reads no list of imports. */
const OWN_LINE_COUNT = 1000;
/** An establishment of 500 classes, each with all its teachers, has some 100 kB. */
const OWN_ROSTER_BYTES = 1_000_000;
const MEGABYTE = 1_000_000;
/** What is read of a body that is refused, so that its sender sees the answer; who sends on is cut off. */
const HEARD_OUT_BYTES = 20 * MEGABYTE;
const FILE_NAME_CHARACTERS = 200;

/** Ends the transaction of a dry run without keeping anything. */
class DryRunEnd extends Error {
  constructor(readonly counts: ImportCounts) {
    super('dry run');
  }
}

/** Imports files into the directory: all of a file in one transaction, so that a refused one leaves nothing half done. */
@Injectable()
export class ImportService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @Inject(CONFIG) private readonly config: Config,
    private readonly directory: DirectoryService,
    private readonly formats: ImportFormats,
    private readonly runs: ImportRunStore,
  ) {}

  /**
   * Imports one file and returns the report, also of a refused file (`state`). Throws SchoolYearError, SecretMissingError,
   * and what the stream or the database throws; the run is then closed as refused.
   */
  async run(actor: Actor, request: ImportRequest): Promise<ImportReport> {
    const { kind, isDryRun, onlyUai } = request;
    const lineCount = onlyUai === undefined ? FIRST_LINE_COUNT : OWN_LINE_COUNT;
    const limitBytes = onlyUai === undefined ? this.config.importMegabytes * MEGABYTE : OWN_ROSTER_BYTES;
    const schoolYear = this.schoolYearFor(request);
    const fileName = basename(request.fileName).slice(0, FILE_NAME_CHARACTERS);
    await this.runs.closeInterrupted();
    const id = await this.runs.start({ kind, fileName, isDryRun, requestedBy: actor.subject });
    const journal = new ImportJournal();
    let opened: OpenFile | undefined;
    const reportOf = (counts: ImportCounts, refusal: ImportReport['refusal']): Omit<ImportReport, 'lines'> => ({
      id,
      kind,
      fileName,
      isDryRun,
      state: refusal ? 'refused' : 'done',
      refusal,
      rule: this.formats.ruleOf(kind),
      recordCount: journal.recordCount,
      refusedLineCount: journal.refusedLineCount,
      notedLineCount: journal.notedLineCount,
      changeCount: changeCountOf(counts),
      ...counts,
    });
    const finishApart = async (
      counts: ImportCounts,
      refusal: ImportReport['refusal'],
      sha256: string | null,
    ): Promise<ImportReport> => {
      const report = reportOf(counts, refusal);
      await this.database.transaction((tx) => this.runs.finish(tx, report, sha256, journal.lines));
      return { ...report, lines: journal.lines.slice(0, lineCount) };
    };
    try {
      return await this.database.transaction(async (tx) => {
        await lockRun(tx, id);
        const onProgress = request.onProgress ?? unheard;
        opened = await openFile(
          request.stream.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>,
          limitBytes,
        );
        const file = await recordsOf(heard(opened, request.byteCount ?? 0, onProgress));
        const counts = await this.formats.of(kind).merge(tx, file, { kind, schoolYear, onlyUai, journal, onProgress });
        if (journal.recordCount === 0) throw new FileRefusal('file_empty', 'The file holds no record.');
        if (isDryRun) throw new DryRunEnd(counts);
        const report = reportOf(counts, null);
        await this.runs.finish(tx, report, opened.sha256(), journal.lines);
        const { changeCount, recordCount } = report;
        await recordAudit(tx, actor, {
          action: 'import.run',
          key: id,
          ...(onlyUai !== undefined && { uai: onlyUai }),
          after: { kind, fileName, recordCount, changeCount },
        });
        return { ...report, lines: journal.lines.slice(0, lineCount) };
      });
    } catch (error) {
      if (error instanceof DryRunEnd) return finishApart(error.counts, null, opened!.sha256());
      if (error instanceof FileRefusal) {
        if (error.lineNumber !== undefined) journal.refuse(error.lineNumber, null, error.code, error.message);
        return finishApart(noCounts(), { code: error.code, message: error.message }, null);
      }
      const refusal =
        error instanceof DomainError
          ? { code: error.code, message: error.message }
          : { code: 'interrupted', message: 'The file or the database broke off; nothing was written.' };
      await finishApart(noCounts(), refusal, null);
      throw error;
    }
  }

  /**
   * The same for a file that is being sent as a body: a refused file is thrown (ImportRefusedError), and the sender is heard
   * out, so that it reads the answer instead of a broken connection. Throws ImportBodyError for a body that is no file.
   */
  async receive(
    actor: Actor,
    body: unknown,
    query: { kind: ImportKind; dryRun?: string; schoolYear?: string; fileName?: string; onlyUai?: string },
  ): Promise<ImportReport> {
    if (!(body instanceof Readable)) throw new ImportBodyError();
    try {
      const { kind, schoolYear, fileName = 'upload', onlyUai } = query;
      const report = await this.run(actor, {
        kind,
        schoolYear,
        fileName,
        onlyUai,
        stream: body,
        isDryRun: query.dryRun === 'true',
      });
      if (report.state === 'refused') throw new ImportRefusedError(report);
      return report;
    } finally {
      hearOut(body);
    }
  }

  /**
   * An establishment's roster from its own head. Lines of any other establishment are refused, each with its number.
   * @throws NotFoundError, and what `receive` throws
   */
  async receiveOwn(
    actor: Actor,
    uai: string,
    body: unknown,
    query: { dryRun?: string; schoolYear: string; fileName?: string },
  ): Promise<ImportReport> {
    try {
      const { uai: onlyUai } = await this.directory.establishment(actor, uai);
      return await this.receive(actor, body, { ...query, kind: 'roster', onlyUai });
    } finally {
      if (body instanceof Readable) hearOut(body);
    }
  }

  private schoolYearFor({ kind, schoolYear }: ImportRequest): string | undefined {
    if (schoolYear === undefined) {
      if (this.formats.needsSchoolYear(kind)) throw new SchoolYearError('school_year_missing');
      return undefined;
    }
    const read = schoolYearOf(schoolYear);
    if (read === undefined) throw new SchoolYearError('school_year_invalid');
    return read;
  }
}

function hearOut(body: Readable): void {
  let heardBytes = 0;
  body.on('data', (chunk: Buffer) => {
    heardBytes += chunk.length;
    if (heardBytes > HEARD_OUT_BYTES) body.destroy();
  });
}

async function recordsOf(chunks: AsyncIterable<Buffer>): Promise<ImportFile> {
  const { format, text } = await sniffed(decodedText(chunks));
  if (format === 'json') return { format, headers: null, records: readJson(text) };
  return { format, ...(await readCsv(text)) };
}

async function* heard(file: OpenFile, totalCount: number, onProgress: OnProgress): AsyncGenerator<Buffer> {
  for await (const chunk of file.chunks) {
    yield chunk;
    onProgress({ phase: 'read', doneCount: file.readByteCount(), totalCount });
  }
}

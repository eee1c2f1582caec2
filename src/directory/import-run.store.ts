import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { ADVISORY_LOCK } from '../common/database';
import { ImportRun } from './import-run.entity';
import type { ImportKind, ImportLine, ImportReport } from './import-report';

/** The runs of imports and the lines of their reports. */
@Injectable()
export class ImportRunStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  /** Writes down that a run begins, at once and whatever becomes of it; returns its id. */
  async start(run: { kind: ImportKind; fileName: string; isDryRun: boolean; requestedBy: string }): Promise<number> {
    const [row] = await this.database.query<{ id: number }[]>(
      `insert into import_run (kind, file_name, is_dry_run, state, requested_by)
       values ($1, $2, $3, 'running', $4) returning id`,
      [run.kind, run.fileName, run.isDryRun, run.requestedBy],
    );
    return row!.id;
  }

  /** Closes runs whose process died: nobody holds their lock any more, and nothing of them was written. */
  async closeInterrupted(): Promise<void> {
    await this.database.query(
      `update import_run
       set state = 'refused', ended_at = now(),
         report = report || '{"refusal": {"code": "interrupted", "message": "The process ended before the import did."}}'
       where state = 'running' and started_at < now() - interval '1 minute' and pg_try_advisory_xact_lock($1, -id)`,
      [ADVISORY_LOCK.import],
    );
  }

  /** Writes the report and its lines, inside the transaction of the import itself where one is left to be committed. */
  async finish(
    manager: EntityManager,
    report: Omit<ImportReport, 'lines'>,
    sha256: string | null,
    lines: readonly ImportLine[],
  ): Promise<void> {
    await manager.query(
      `update import_run set state = $2, file_sha256 = $3, ended_at = clock_timestamp(), report = $4 where id = $1`,
      [report.id, report.state, sha256, JSON.stringify(report)],
    );
    await manager.query(
      `insert into import_line (import_id, ordinal, line_number, severity, code, field, message)
       select $1, ordinal, line_number, severity, code, field, message
       from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[]) with ordinality
         as line (line_number, severity, code, field, message, ordinal)`,
      [
        report.id,
        lines.map((line) => line.lineNumber),
        lines.map((line) => line.severity),
        lines.map((line) => line.code),
        lines.map((line) => line.field),
        lines.map((line) => line.message),
      ],
    );
  }

  find(id: number): Promise<ImportRun | null> {
    return this.database.getRepository(ImportRun).findOneBy({ id });
  }

  /** The latest runs first, one more than asked for where there are more. */
  list(beforeId: number | undefined, count: number): Promise<ImportRun[]> {
    const query = this.database
      .getRepository(ImportRun)
      .createQueryBuilder('run')
      .orderBy('run.id', 'DESC')
      .take(count);
    if (beforeId !== undefined) query.where('run.id < :beforeId', { beforeId });
    return query.getMany();
  }

  /** Lines of a report after an ordinal, in the order in which they were found. */
  lines(importId: number, afterOrdinal: number, count: number): Promise<(ImportLine & { ordinal: number })[]> {
    return this.database.query(
      `select ordinal, line_number as "lineNumber", severity, code, field, message
       from import_line where import_id = $1 and ordinal > $2 order by ordinal limit $3`,
      [importId, afterOrdinal, count],
    );
  }
}

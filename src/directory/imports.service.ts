import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { NotFoundError } from '../common/domain-error';
import { decodeCursor, pageOf, type Page } from '../common/keyset';
import type { ImportLine } from './import-report';
import type { ImportRun } from './import-run.entity';
import { ImportRunStore } from './import-run.store';

export type NumberedImportLine = ImportLine & { ordinal: number };

/** Answers what is asked of past imports. */
@Injectable()
export class ImportsService {
  constructor(private readonly runs: ImportRunStore) {}

  /** Runs, the latest first. */
  async list(_actor: Actor, limit: number, cursor?: string): Promise<Page<ImportRun>> {
    const beforeId = cursor === undefined ? undefined : (decodeCursor(cursor, ['number'])[0] as number);
    return pageOf(await this.runs.list(beforeId, limit + 1), limit, ({ id }) => [id]);
  }

  /** One run. Throws NotFoundError. */
  async find(_actor: Actor, id: number): Promise<ImportRun> {
    const run = await this.runs.find(id);
    if (!run) throw new NotFoundError('import', id);
    return run;
  }

  /** The lines of a run's report, in the order in which they were found. Throws NotFoundError. */
  async lines(actor: Actor, id: number, limit: number, cursor?: string): Promise<Page<NumberedImportLine>> {
    await this.find(actor, id);
    const afterOrdinal = cursor === undefined ? 0 : (decodeCursor(cursor, ['number'])[0] as number);
    return pageOf(await this.runs.lines(id, afterOrdinal, limit + 1), limit, ({ ordinal }) => [ordinal]);
  }
}

import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { csvText } from '../common/csv.rules';
import { decodeCursor, CursorError, pageOf, type Page } from '../common/keyset';
import { type AuditFilter, type AuditMark, type AuditRow, AuditTrailStore } from './audit-trail.store';
import type { AuditQuery } from './audit.dto';

const ROWS_AT_ONCE = 1000;
const COLUMNS = [
  'recordedAt',
  'subject',
  'role',
  'action',
  'key',
  'platformId',
  'uai',
  'before',
  'after',
  'reason',
  'id',
] as const satisfies (keyof AuditRow)[];

/** The audit trail for those who may read it. */
@Injectable()
export class AuditTrailService {
  constructor(private readonly store: AuditTrailStore) {}

  /** @throws CursorError */
  async page(query: AuditQuery): Promise<Page<AuditRow>> {
    const { limit = 100, cursor } = query;
    const rows = await this.store.page(filterOf(query), markOf(cursor), limit + 1);
    return pageOf(rows, limit, ({ recordedAt, id }) => [recordedAt, id]);
  }

  /** All entries of the filter as CSV, read in pages: a slow reader holds nothing in the database. */
  file(query: AuditQuery): StreamableFile {
    return new StreamableFile(Readable.from(this.lines(filterOf(query))), {
      type: 'text/csv; charset=utf-8; header=present',
      disposition: 'attachment; filename="audit.csv"',
    });
  }

  private async *lines(filter: AuditFilter): AsyncGenerator<string> {
    yield csvText([[...COLUMNS]], { hasMark: true });
    let mark: AuditMark | undefined;
    for (;;) {
      const rows = await this.store.page(filter, mark, ROWS_AT_ONCE);
      yield csvText(rows.map((row) => COLUMNS.map((column) => textOf(row[column]))));
      if (rows.length < ROWS_AT_ONCE) return;
      const last = rows.at(-1)!;
      mark = [last.recordedAt, last.id];
    }
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function filterOf({ from, to, subject, action, key, uai, platformId }: AuditQuery): AuditFilter {
  return {
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
    subject,
    action,
    key,
    uai,
    platformId,
  };
}

const MARK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

function markOf(cursor: string | undefined): AuditMark | undefined {
  if (cursor === undefined) return undefined;
  const [recordedAt, id] = decodeCursor(cursor, ['string', 'string']) as [string, string];
  if (!MARK.test(recordedAt) || Number.isNaN(Date.parse(recordedAt)) || !UUID.test(id)) throw new CursorError();
  return [recordedAt, id];
}

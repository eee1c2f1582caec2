import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { literal, scopeCondition } from '../access/scope.rules';
import { NotFoundError } from '../common/domain-error';
import { CursorError, decodeCursor, pageOf } from '../common/keyset';
import { PlanStore } from './plan.store';
import { WindowReadStore, type WindowFilter, type WindowKey } from './window-read.store';
import { CSV_HEADER, csvLineOf, windowOf } from './window-wire.rules';
import type { WindowPageDto } from './window.dto';
import { ZonedInstants } from './zoned-instants';

/** Which windows of a plan, as callers say it. */
export interface WindowSelection {
  uai?: string | undefined;
  department?: string | undefined;
  /** A checked civil date. */
  date?: string | undefined;
}

export type StreamFormat = 'ndjson' | 'csv';

/** The windows of one plan: in pages, or all of them as a stream of text. */
@Injectable()
export class PlanExportService {
  private readonly instants = new ZonedInstants();

  constructor(
    private readonly plans: PlanStore,
    private readonly windows: WindowReadStore,
  ) {}

  /** A page by establishment and start. @throws NotFoundError, CursorError */
  async page(
    actor: Actor,
    planId: number,
    selection: WindowSelection,
    limit: number,
    cursor: string | undefined,
  ): Promise<WindowPageDto> {
    const after = cursor === undefined ? undefined : keyOf(cursor);
    const { publishedRevision } = await this.plans.find(planId);
    const rows = await this.windows.page(planId, await this.filterOf(actor, selection), after, limit);
    const { items, nextCursor } = pageOf(rows, limit, (row) => [row.establishmentId, row.startCell, row.id]);
    return { items: items.map((row) => windowOf(row, publishedRevision, this.instants, true)), nextCursor };
  }

  /**
   * All windows as NDJSON or CSV, in pieces of some thousand lines; who reads slowly slows the database down, not the
   * memory up. Whatever is wrong is thrown before the first piece. @throws NotFoundError
   */
  async stream(
    actor: Actor,
    planId: number,
    format: StreamFormat,
    selection: WindowSelection = {},
  ): Promise<AsyncGenerator<string>> {
    const { publishedRevision } = await this.plans.find(planId);
    return this.lines(planId, format, await this.filterOf(actor, selection), publishedRevision);
  }

  private async *lines(
    planId: number,
    format: StreamFormat,
    filter: WindowFilter,
    publishedRevision: number | null,
  ): AsyncGenerator<string> {
    if (format === 'csv') yield CSV_HEADER;
    for await (const rows of this.windows.stream(planId, filter)) {
      let text = '';
      for (const row of rows) {
        const window = windowOf(row, publishedRevision, this.instants, true);
        text += format === 'csv' ? csvLineOf(window) : `${JSON.stringify(window)}\n`;
      }
      yield text;
    }
  }

  private async filterOf(actor: Actor, { uai, department, date }: WindowSelection): Promise<WindowFilter> {
    const scope = scopeCondition(actor, literal);
    const filter: WindowFilter = scope === 'true' ? {} : { scope };
    if (uai !== undefined) {
      const establishmentId = await this.windows.establishmentId(uai);
      if (establishmentId === undefined) throw new NotFoundError('establishment', uai);
      filter.establishmentId = establishmentId;
    }
    if (department !== undefined) {
      const departmentId = await this.windows.departmentId(department);
      if (departmentId === undefined) throw new NotFoundError('department', department);
      filter.departmentId = departmentId;
    }
    if (date !== undefined) filter.date = date;
    return filter;
  }
}

function keyOf(cursor: string): WindowKey {
  return wholeKeyOf(cursor, 3) as WindowKey;
}

/** A cursor's parts go into SQL as they are: anything but whole numbers is refused. @throws CursorError */
export function wholeKeyOf(cursor: string, partCount: number): number[] {
  const key = decodeCursor(cursor, Array<'number'>(partCount).fill('number')) as number[];
  if (!key.every((part) => Number.isSafeInteger(part))) throw new CursorError();
  return key;
}

import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError } from '../common/domain-error';
import { PlanExportService, type StreamFormat } from './plan-export.service';
import { PublishedWindowService, type WindowRange } from './published-window.service';
import type { PlanWindowsQuery, WindowPageDto, WindowRangeQuery, WindowSearchQuery } from './window.dto';

const MEDIA_TYPE: Record<StreamFormat, string> = {
  ndjson: 'application/x-ndjson; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
};

/** What a request for windows asks for: which of the ways of reading, and from when. */
@Injectable()
export class WindowReadService {
  constructor(
    private readonly plans: PlanExportService,
    private readonly published: PublishedWindowService,
  ) {}

  /** A page, or a stream where the format or the Accept header asks for one. */
  async ofPlan(
    actor: Actor,
    planId: number,
    query: PlanWindowsQuery,
    accept: string | undefined,
  ): Promise<WindowPageDto | StreamableFile> {
    const format = query.format ?? accepted(accept);
    if (format === 'json') return this.plans.page(actor, planId, query, query.limit!, query.cursor);
    if (query.cursor !== undefined) {
      throw new DomainError('window.stream_has_no_pages', 'invalid', 'A stream gives all windows: leave out `cursor`.');
    }
    // each piece is some thousand lines already: a longer queue would only hold memory
    const lines = Readable.from(await this.plans.stream(actor, planId, format, query), { highWaterMark: 2 });
    return new StreamableFile(lines, {
      type: MEDIA_TYPE[format],
      disposition: `attachment; filename="plan-${planId}.${format}"`,
    });
  }

  ofEstablishment(actor: Actor, uai: string, query: WindowRangeQuery): Promise<WindowPageDto> {
    return this.published.ofEstablishment(actor, uai, rangeOf(query), new Date());
  }

  ofClass(actor: Actor, classId: number, query: WindowRangeQuery): Promise<WindowPageDto> {
    return this.published.ofClass(actor, classId, rangeOf(query), new Date());
  }

  /** By `class-key`, or by `uai` and `class`: one of the two ways. */
  async find(actor: Actor, query: WindowSearchQuery): Promise<WindowPageDto> {
    const { 'class-key': classKey, uai, class: code } = query;
    if (classKey !== undefined && uai === undefined && code === undefined) {
      return this.published.ofClassKey(actor, classKey, rangeOf(query), new Date());
    }
    if (classKey === undefined && uai !== undefined && code !== undefined) {
      return this.published.ofClassCode(actor, uai, code, rangeOf(query), new Date());
    }
    throw new DomainError('window.search_invalid', 'invalid', 'Give either `class-key`, or `uai` and `class`.');
  }
}

function rangeOf({ from, to, limit, cursor }: WindowRangeQuery): WindowRange {
  return { from, to, limit: limit!, cursor };
}

/** The first of the known media types in an Accept header; JSON where none is named. */
export function accepted(accept: string | undefined): 'json' | StreamFormat {
  for (const part of (accept ?? '').split(',')) {
    const mediaType = part.split(';')[0]!.trim().toLowerCase();
    if (mediaType === 'application/x-ndjson') return 'ndjson';
    if (mediaType === 'text/csv') return 'csv';
    if (mediaType === 'application/json' || mediaType === '*/*') return 'json';
  }
  return 'json';
}

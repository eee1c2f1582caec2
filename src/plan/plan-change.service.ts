import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { LedgerStore, type Revision } from './ledger.store';
import { PlanChangeFeed } from './plan-change-feed.service';
import type { PlanChangeDto, PlanChangePageDto, WindowPlaceDto } from './plan-change.dto';
import { PlanChangeStore, type ReadPlanChangeRow } from './plan-change.store';
import { PlanRevisionUnknown } from './plan.errors';
import { PlanStore } from './plan.store';
import type { LedgerWindow } from './sequencer.rules';
import { ZonedInstants } from './zoned-instants';

/** A stream that has nothing to say says so this often, so that proxies keep it open. */
const HEARTBEAT_MILLISECONDS = 15_000;
const RETRY_MILLISECONDS = 2000;
const STREAM_PAGE_SIZE = 500;
const FIRST_EPOCH = 1;

/** The numbered changes of plans, for those who follow them. */
@Injectable()
export class PlanChangeService {
  private readonly instants = new ZonedInstants();

  constructor(
    private readonly plans: PlanStore,
    private readonly ledger: LedgerStore,
    private readonly store: PlanChangeStore,
    private readonly feed: PlanChangeFeed,
  ) {}

  /** Changes after a revision; where there are none yet, those that come within `waitSeconds`. @throws NotFoundError, PlanRevisionUnknown */
  async page(
    actor: Actor,
    planId: number,
    query: { after: number; limit: number; waitSeconds: number },
    signal?: AbortSignal,
  ): Promise<PlanChangePageDto> {
    const { platformId } = await this.plans.find(planId);
    if (query.waitSeconds === 0) return this.read(actor, planId, platformId, query.after, query.limit);
    const endsAt = performance.now() + query.waitSeconds * 1000;
    const bell = await this.feed.subscribe(platformId);
    try {
      for (;;) {
        const page = await this.read(actor, planId, platformId, query.after, query.limit);
        const left = endsAt - performance.now();
        const isTold = page.items.length > 0 || page.supersededBy !== null;
        if (isTold || left <= 0 || signal?.aborted || this.feed.hasClosed) return page;
        await bell.next(left, signal);
      }
    } finally {
      this.feed.unsubscribe(platformId, bell);
    }
  }

  /** The same as server-sent events, each with its revision as id, until the reader goes away or another plan takes this one's place. @throws NotFoundError */
  async follow(actor: Actor, planId: number, after: number, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    const { platformId } = await this.plans.find(planId);
    await this.revision(platformId, after);
    return this.events(actor, planId, platformId, after, signal);
  }

  private async *events(
    actor: Actor,
    planId: number,
    platformId: number,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<string> {
    yield `retry: ${RETRY_MILLISECONDS}\n\n`;
    const bell = await this.feed.subscribe(platformId);
    try {
      let last = after;
      while (!signal.aborted && !this.feed.hasClosed) {
        const page = await this.read(actor, planId, platformId, last, STREAM_PAGE_SIZE);
        for (const change of page.items) {
          yield `id: ${change.revision}\nevent: change\ndata: ${JSON.stringify(change)}\n\n`;
        }
        last = page.nextAfter;
        if (page.hasMore) continue;
        if (page.supersededBy) {
          yield `id: ${page.supersededBy.revision}\nevent: superseded\ndata: ${JSON.stringify(page.supersededBy)}\n\n`;
          return;
        }
        if (page.items.length === 0) yield `: revision ${page.revision}\n\n`;
        await bell.next(HEARTBEAT_MILLISECONDS, signal);
      }
    } finally {
      this.feed.unsubscribe(platformId, bell);
    }
  }

  private async read(
    actor: Actor,
    planId: number,
    platformId: number,
    after: number,
    limit: number,
  ): Promise<PlanChangePageDto> {
    const { epoch, revision, epochBaseRevision } = await this.revision(platformId, after);
    // who has not read to the end of the epoch before hears the rest of it first
    const from = { epoch: after < epochBaseRevision ? FIRST_EPOCH : epoch, revision: after };
    // before its changes: what is read after it holds all of those that came before it
    const following = await this.store.supersededBy(planId, from);
    const rows = await this.store.after(actor, planId, from, limit);
    // a plan that was rolled back to has changes after it gave way, which are for who follows the others in between
    const own = following ? rows.filter((row) => row.revision < following.revision) : rows;
    const items = own.slice(0, limit).map((row) => this.dtoOf(row));
    const hasMore = own.length > limit;
    const supersededBy = hasMore ? null : (following ?? null);
    return { epoch, revision, items, nextAfter: items.at(-1)?.revision ?? after, hasMore, supersededBy };
  }

  /** The present revision of a platform. @throws PlanRevisionUnknown where somebody says that he has read more */
  private async revision(platformId: number, after: number): Promise<Revision & { epochBaseRevision: number }> {
    const present = await this.ledger.present(platformId);
    if (after > present.revision) throw new PlanRevisionUnknown(after, present.epoch, present.revision);
    return present;
  }

  private dtoOf(row: ReadPlanChangeRow): PlanChangeDto {
    const place = (window: LedgerWindow | null): WindowPlaceDto | null =>
      window && placeOf(window, row.timeZone ?? 'UTC', this.instants);
    return {
      epoch: row.epoch,
      revision: row.revision,
      kind: row.kind,
      windowId: row.windowId,
      classId: (row.after ?? row.before)?.classId ?? null,
      before: place(row.before),
      after: place(row.after),
      bookingId: row.bookingId,
      changedBy: row.changedBy,
      reason: row.reason,
      changedAt: row.changedAt.toISOString(),
    };
  }
}

/** Where a window stands, as callers read it. */
export function placeOf(window: LedgerWindow, timeZone: string, instants: ZonedInstants): WindowPlaceDto {
  const { date, startCell, cellCount } = window;
  return {
    date,
    startsAt: instants.of(startCell, timeZone),
    endsAt: instants.of(startCell + cellCount, timeZone),
    startCell,
    cellCount,
  };
}

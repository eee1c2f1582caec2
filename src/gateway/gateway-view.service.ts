import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { scopeCondition } from '../access/scope.rules';
import { CapacityService } from '../capacity/capacity.service';
import { instantOfCell } from '../common/civil-time';
import { decodeCursor, pageOf } from '../common/keyset';
import { CELL_MINUTES, CELL_SECONDS, cellOfSeconds } from '../kernel/cell-grid';
import { COUNTED_PROFILES } from '../kernel/decision/visitor';
import { AgentStore } from './agent.store';
import { CountFeed } from './count-feed.service';
import { CountStore } from './count.store';
import { SessionLimitStore } from './session-limit.store';
import type { GatewayPageDto, ObservedNowDto, ObservedPageDto } from './gateway-view.dto';
import { agentCountsShown, observedBy, observedOf, profilesBy, roomShown, shown } from './observed.rules';
import { sessionLimitOf } from './session-limit.rules';

const MOST_ESTABLISHMENTS = 100_000;
const HEARTBEAT_MILLISECONDS = 15_000;
const STREAM_RETRY_MILLISECONDS = 2000;
const secondsSince = (instant: Date, now: Date): number => Math.round((now.getTime() - instant.getTime()) / 1000);

/** What pilots see of gateways: how agents do, planned against observed; and what an unmodified ENT is told. */
@Injectable()
export class GatewayViewService {
  constructor(
    private readonly agents: AgentStore,
    private readonly counts: CountStore,
    private readonly capacity: CapacityService,
    private readonly limits: SessionLimitStore,
    private readonly feed: CountFeed,
  ) {}

  async list(
    actor: Actor,
    { limit, cursor }: { limit: number; cursor?: string | undefined },
    now: Date,
  ): Promise<GatewayPageDto> {
    const after = cursor === undefined ? [0, ''] : decodeCursor(cursor, ['number', 'string']);
    const rows = await this.agents.list(actor.platformId, after as [number, string], limit + 1);
    const page = pageOf(rows, limit, ({ keyId, agent }) => [keyId, agent]);
    return {
      ...page,
      items: page.items.map(({ planIssuedAt, reportedAt, counts, room, ...row }) => ({
        ...row,
        counts: counts && agentCountsShown(counts),
        room: room && roomShown(room),
        planAgeSeconds: planIssuedAt && secondsSince(planIssuedAt, now),
        reportedAt: reportedAt.toISOString(),
        silentSeconds: secondsSince(reportedAt, now),
      })),
    };
  }

  /** @throws NotFoundError */
  async observed(
    actor: Actor,
    platformId: number,
    query: { date?: string | undefined; limit: number; cursor?: string | undefined },
    now: Date,
  ): Promise<ObservedPageDto> {
    await this.capacity.platform(platformId);
    const today = now.toISOString().slice(0, 10);
    const date = query.date ?? today;
    const parameters: unknown[] = [];
    const scope = scopeCondition(actor, (value) => `$${parameters.push(value) + 4}`);
    const afterId = query.cursor === undefined ? 0 : (decodeCursor(query.cursor, ['number'])[0] as number);
    const isFirst = query.cursor === undefined;
    const size = isFirst ? MOST_ESTABLISHMENTS : query.limit + 1;
    const rows = await this.counts.observed(platformId, date, scope, parameters, afterId, size);
    const page = pageOf(rows.slice(0, query.limit + 1), query.limit, ({ establishmentId }) => [establishmentId]);
    const isBound = parameters.length > 0 || scope === 'false';
    const counts = isFirst && !isBound ? await this.agents.countsOf(platformId, date, today) : null;
    const profiles = counts && (await this.counts.byProfile(platformId, date));
    return {
      date,
      counts,
      departmentProfiles:
        profiles &&
        profilesBy(profiles, 'department').map(({ place: department, ...count }) => ({ department, ...count })),
      kindProfiles: profiles && profilesBy(profiles, 'kind').map(({ place: kind, ...count }) => ({ kind, ...count })),
      territories: isFirst ? observedBy(rows, ({ territories }) => territories) : [],
      kinds: isFirst ? observedBy(rows, ({ kind }) => [kind]).map(({ code, ...sum }) => ({ kind: code, ...sum })) : [],
      nextCursor: page.nextCursor,
      items: page.items.map(({ uai, name, kind, department, ...row }) => ({
        uai,
        name,
        kind,
        department,
        ...observedOf(row),
      })),
    };
  }

  /** What gateways count, now and whenever something came, as server-sent events until the reader goes away. @throws NotFoundError */
  async watch(platformId: number, minutes: number, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    await this.capacity.platform(platformId);
    return this.events(platformId, Math.ceil(minutes / CELL_MINUTES), signal);
  }

  private async *events(platformId: number, cellCount: number, signal: AbortSignal): AsyncGenerator<string> {
    yield `retry: ${STREAM_RETRY_MILLISECONDS}\n\n`;
    const bell = await this.feed.subscribe(platformId);
    try {
      let told = '';
      while (!signal.aborted && !this.feed.hasClosed) {
        const now = await this.now(platformId, cellCount, new Date());
        const text = JSON.stringify(now.cells);
        yield text === told ? ': \n\n' : `event: counts\ndata: ${JSON.stringify(now)}\n\n`;
        told = text;
        await bell.next(HEARTBEAT_MILLISECONDS, signal);
      }
    } finally {
      this.feed.unsubscribe(platformId, bell);
    }
  }

  /** The last cells of a platform, by profile. */
  private async now(platformId: number, cellCount: number, at: Date): Promise<ObservedNowDto> {
    const fromCell = cellOfSeconds(at.getTime() / 1000) - cellCount + 1;
    const rows = await this.counts.recent(platformId, fromCell);
    return {
      at: at.toISOString(),
      cells: rows.map(({ cell, profile, ...count }) => ({
        startsAt: instantOfCell(cell),
        profile: COUNTED_PROFILES[profile]!,
        admitted: shown(count.admitted),
        deferred: shown(count.deferred),
        refused: shown(count.refused),
        attempts: shown(count.attempts),
        wouldRefuse: shown(count.wouldRefuse),
      })),
    };
  }

  /** Maximum sessions of each platform by its code, for the next ten minutes. */
  async sessionLimits(actor: Actor, now: Date): Promise<Record<string, number>> {
    const firstCell = Math.floor(now.getTime() / 1000 / CELL_SECONDS);
    const limits: Record<string, number> = {};
    for (const { id, code } of await this.limits.platforms()) {
      const at = (cell: number) => new Date(cell * CELL_SECONDS * 1000).toISOString();
      const { sessions } = await this.capacity.curve(actor, id, { from: at(firstCell), to: at(firstCell + 2) }, now);
      const planned = await this.limits.plannedThousandths(id, firstCell, 2);
      limits[code] = sessionLimitOf(
        planned.map((plannedThousandths, cell) => ({
          plannedThousandths,
          backgroundThousandths: sessions.backgroundThousandths[cell]!,
          headroomThousandths: sessions.headroomThousandths[cell]!,
          effectiveThousandths: sessions.effectiveThousandths[cell]!,
        })),
      );
    }
    return limits;
  }
}

import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { AgentCountsDto, AgentRoomDto } from './agent-status.dto';
import { CLASS_GRAIN_DAYS } from './gateway-settings.rules';
import { shown } from './observed.rules';

/** What an agent said last, beside what the service has. */
export interface AgentRow {
  keyId: number;
  keyName: string;
  agent: string;
  platformId: number;
  version: string;
  state: string;
  posture: string | null;
  epoch: number | null;
  revision: number | null;
  edition: number | null;
  planIssuedAt: Date | null;
  refused: unknown;
  counts: AgentCountsDto | null;
  room: AgentRoomDto | null;
  clockOffsetSeconds: number;
  reportedAt: Date;
  /** Revisions that it is behind; null where the epoch differs or it runs nothing. */
  behindRevisions: number | null;
  /** Its chain is what the service has at that revision; null where that is not kept any more. */
  isChainKnown: boolean | null;
}

/** Counts of a day over everybody; null where fewer than five stand behind a figure. */
export type DayCounts = Record<'admitted' | 'deferred' | 'refused' | 'attempts' | 'wouldRefuse', number | null>;

/** What agents report of themselves. */
@Injectable()
export class AgentStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async report(row: {
    keyId: number;
    agent: string;
    platformId: number;
    version: string;
    state: string;
    posture: string | null;
    epoch: number | null;
    revision: number | null;
    edition: number | null;
    chain: string | null;
    planIssuedAt: Date | null;
    refused: unknown;
    counts: AgentCountsDto | null;
    room: AgentRoomDto | null;
    clockOffsetSeconds: number;
    reportedAt: Date;
  }): Promise<void> {
    await this.database.query(
      `insert into gateway_agent (key_id, agent, platform_id, version, state, posture, epoch, revision, edition, chain,
                                  plan_issued_at, refused, clock_offset_seconds, reported_at, counts, room)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
       on conflict (key_id, agent) do update set platform_id = excluded.platform_id, version = excluded.version,
         state = excluded.state, posture = excluded.posture, epoch = excluded.epoch, revision = excluded.revision,
         edition = excluded.edition, chain = excluded.chain, plan_issued_at = excluded.plan_issued_at,
         refused = excluded.refused, clock_offset_seconds = excluded.clock_offset_seconds, reported_at = excluded.reported_at,
         counts = excluded.counts, room = excluded.room`,
      [
        row.keyId,
        row.agent,
        row.platformId,
        row.version,
        row.state,
        row.posture,
        row.epoch,
        row.revision,
        row.edition,
        row.chain,
        row.planIssuedAt,
        row.refused === null ? null : JSON.stringify(row.refused),
        row.clockOffsetSeconds,
        row.reportedAt,
        row.counts === null ? null : JSON.stringify(row.counts),
        row.room === null ? null : JSON.stringify(row.room),
      ],
    );
  }

  /** Agents after a key and name, in that order. */
  list(platformId: number | undefined, after: [number, string], count: number): Promise<AgentRow[]> {
    return this.database.query(
      `select a.key_id as "keyId", k.name as "keyName", a.agent, a.platform_id as "platformId", a.version, a.state, a.posture,
              a.epoch, a.revision, a.edition, a.plan_issued_at as "planIssuedAt", a.refused, a.counts, a.room,
              a.clock_offset_seconds as "clockOffsetSeconds", a.reported_at as "reportedAt",
              case when a.epoch = h.epoch then h.revision - a.revision end as "behindRevisions",
              case when a.epoch = h.epoch and a.revision = h.revision then a.chain = h.chain
                   else (select d.chain = a.chain from gateway_delta d where d.platform_id = a.platform_id
                          and d.epoch = a.epoch and d.to_revision = a.revision) end as "isChainKnown"
         from gateway_agent a join machine_key k on k.id = a.key_id left join gateway_head h on h.platform_id = a.platform_id
        where ($1::int is null or a.platform_id = $1) and (a.key_id, a.agent) > ($2, $3) order by a.key_id, a.agent limit $4`,
      [platformId ?? null, after[0], after[1], count],
    );
  }

  /**
   * What a platform's gateways counted on a day, UTC, of everybody; null for a figure of fewer than five, and instead of all of them
   * for a day that is not kept any more.
   */
  async countsOf(platformId: number, on: string, today: string): Promise<DayCounts | null> {
    const rows = await this.database.query<(Record<keyof DayCounts, number> & { isKept: boolean })[]>(
      `select coalesce(sum(admitted), 0)::int as admitted, coalesce(sum(deferred), 0)::int as deferred,
              coalesce(sum(refused), 0)::int as refused, coalesce(sum(attempts), 0)::int as attempts,
              coalesce(sum(would_refuse), 0)::int as "wouldRefuse",
              $2::date >= $3::date - $4::int
                or to_regclass('gateway_cell_count_' || to_char($2::date, 'YYYY_MM_DD')) is not null as "isKept"
         from gateway_cell_count where platform_id = $1 and on_date = $2`,
      [platformId, on, today, CLASS_GRAIN_DAYS],
    );
    if (!rows[0]!.isKept) return null;
    const { admitted, deferred, refused, attempts, wouldRefuse } = rows[0]!;
    return {
      admitted: shown(admitted),
      deferred: shown(deferred),
      refused: shown(refused),
      attempts: shown(attempts),
      wouldRefuse: shown(wouldRefuse),
    };
  }
}

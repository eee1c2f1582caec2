import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import type { ChangeKind } from '../plan/plan-change.store';
import type { LedgerWindow } from '../plan/sequencer.rules';
import { DEFAULT_SETTINGS, HISTORY_COUNT, type GatewaySettings } from './gateway-settings.rules';

/** Tells every replica, with the platform as payload, that it has a new delta or bundle. */
export const GATEWAY_CHANNEL = 'etale_gateway';

/** Up to where a platform's deltas go. */
export interface GatewayHead {
  epoch: number;
  revision: number;
  chain: string;
  movedAt: Date;
}

/** The newest bundle, without its bytes. */
export interface BundleRow {
  epoch: number;
  revision: number;
  edition: number;
  neededEdition: number;
  neededIssuedAt: Date;
  factsSha256: Buffer;
  issuedAt: Date;
  staleAfter: Date;
  chain: string;
  signature: string;
}

export interface DeltaRow {
  from: number;
  to: number;
  bytes: string;
  signature: string;
  chain: string;
}

/** A numbered change as a delta needs it. */
export interface DeltaChangeRow {
  revision: number;
  /** `protection` and `capacity` change no window: the rules in force are others, or the limits of cells. */
  kind: ChangeKind | 'protection' | 'capacity';
  before: LedgerWindow | null;
  after: LedgerWindow | null;
  /** Cells whose limits moved, of `capacity` only: the first, and the one after the last. */
  firstCell: number | null;
  endCell: number | null;
}

const BUNDLE = `epoch, revision, edition, needed_edition as "neededEdition", needed_issued_at as "neededIssuedAt",
  facts_sha256 as "factsSha256", issued_at as "issuedAt", stale_after as "staleAfter", chain, signature`;
const DELTA = 'from_revision as "from", to_revision as "to", bytes, signature, chain';

/** Signed bundles and deltas as they are stored, and what they follow. */
@Injectable()
export class BundleStore {
  constructor(@InjectDataSource() private readonly database: DataSource) {}

  async revision(platformId: number, tx: EntityManager): Promise<{ epoch: number; revision: number } | undefined> {
    const rows = await tx.query<{ epoch: number; revision: number }[]>(
      'select epoch, revision from platform_revision where platform_id = $1',
      [platformId],
    );
    return rows[0];
  }

  async head(platformId: number, tx: EntityManager = this.database.manager): Promise<GatewayHead | undefined> {
    const rows = await tx.query<GatewayHead[]>(
      'select epoch, revision, chain, moved_at as "movedAt" from gateway_head where platform_id = $1',
      [platformId],
    );
    return rows[0];
  }

  async setHead(tx: EntityManager, platformId: number, head: Omit<GatewayHead, 'movedAt'>): Promise<void> {
    await tx.query(
      `insert into gateway_head (platform_id, epoch, revision, chain, moved_at) values ($1, $2, $3, $4, clock_timestamp())
       on conflict (platform_id) do update set epoch = excluded.epoch, revision = excluded.revision, chain = excluded.chain,
         moved_at = excluded.moved_at`,
      [platformId, head.epoch, head.revision, head.chain],
    );
  }

  changes(tx: EntityManager, platformId: number, epoch: number, after: number, to: number): Promise<DeltaChangeRow[]> {
    return tx.query(
      `select revision, kind, before, after, first_cell as "firstCell", end_cell as "endCell" from plan_change
        where platform_id = $1 and epoch = $2 and revision > $3 and revision <= $4 order by revision`,
      [platformId, epoch, after, to],
    );
  }

  async addDelta(tx: EntityManager, platformId: number, epoch: number, delta: DeltaRow): Promise<void> {
    await tx.query(
      `insert into gateway_delta (platform_id, epoch, from_revision, to_revision, bytes, signature, chain)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [platformId, epoch, delta.from, delta.to, delta.bytes, delta.signature, delta.chain],
    );
  }

  /** Keeps the newest deltas only. */
  async trimDeltas(tx: EntityManager, platformId: number): Promise<void> {
    await tx.query(
      `delete from gateway_delta where platform_id = $1 and (epoch, to_revision) <= (
         select epoch, to_revision from gateway_delta where platform_id = $1
          order by epoch desc, to_revision desc offset $2 limit 1)`,
      [platformId, HISTORY_COUNT],
    );
  }

  /** A publication breaks the history: nothing leads over it. */
  async dropDeltas(tx: EntityManager, platformId: number): Promise<void> {
    await tx.query('delete from gateway_delta where platform_id = $1', [platformId]);
  }

  deltasAfter(platformId: number, epoch: number, after: number, count: number): Promise<DeltaRow[]> {
    return this.database.query(
      `select ${DELTA} from gateway_delta where platform_id = $1 and epoch = $2 and to_revision > $3
        order by to_revision limit $4`,
      [platformId, epoch, after, count],
    );
  }

  async bundle(platformId: number, tx: EntityManager = this.database.manager): Promise<BundleRow | undefined> {
    const rows = await tx.query<BundleRow[]>(`select ${BUNDLE} from gateway_bundle where platform_id = $1`, [
      platformId,
    ]);
    return rows[0];
  }

  /** The bundle with its gzipped bytes. */
  async bundleBytes(platformId: number): Promise<(BundleRow & { gzipped: Buffer }) | undefined> {
    const rows = await this.database.query<(BundleRow & { gzipped: Buffer })[]>(
      `select ${BUNDLE}, gzipped from gateway_bundle where platform_id = $1`,
      [platformId],
    );
    return rows[0];
  }

  async setBundle(tx: EntityManager, platformId: number, bundle: BundleRow & { gzipped: Buffer }): Promise<void> {
    await tx.query(
      `insert into gateway_bundle (platform_id, epoch, revision, edition, needed_edition, needed_issued_at, facts_sha256,
                                   issued_at, stale_after, chain, signature, gzipped)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
       on conflict (platform_id) do update set epoch = excluded.epoch, revision = excluded.revision,
         edition = excluded.edition, needed_edition = excluded.needed_edition, needed_issued_at = excluded.needed_issued_at,
         facts_sha256 = excluded.facts_sha256, issued_at = excluded.issued_at, stale_after = excluded.stale_after,
         chain = excluded.chain, signature = excluded.signature, gzipped = excluded.gzipped`,
      [
        platformId,
        bundle.epoch,
        bundle.revision,
        bundle.edition,
        bundle.neededEdition,
        bundle.neededIssuedAt,
        bundle.factsSha256,
        bundle.issuedAt,
        bundle.staleAfter,
        bundle.chain,
        bundle.signature,
        bundle.gzipped,
      ],
    );
  }

  async announce(tx: EntityManager, platformId: number): Promise<void> {
    await tx.query('select pg_notify($1, $2)', [GATEWAY_CHANNEL, String(platformId)]);
  }

  async settings(platformId: number, tx: EntityManager = this.database.manager): Promise<GatewaySettings> {
    const rows = await tx.query<{ settings: Partial<GatewaySettings> }[]>(
      'select settings from gateway_settings where platform_id = $1',
      [platformId],
    );
    return { ...DEFAULT_SETTINGS, ...rows[0]?.settings };
  }

  async setSettings(tx: EntityManager, platformId: number, settings: GatewaySettings, by: string): Promise<void> {
    await tx.query(
      `insert into gateway_settings (platform_id, settings, changed_by) values ($1, $2, $3)
       on conflict (platform_id) do update set settings = excluded.settings, changed_by = excluded.changed_by, changed_at = now()`,
      [platformId, JSON.stringify(settings), by],
    );
  }
}

import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager, type QueryRunner } from 'typeorm';
import { ADVISORY_LOCK } from '../common/database';
import { CHAIN_START, nextChain, signBytes } from '../common/signed-bytes';
import { cellOfSeconds } from '../kernel/cell-grid';
import type { BundleContent } from '../kernel/decision/bundle-content';
import { packedBundle } from '../kernel/decision/packed-bundle';
import { bundleDays, bundleFactsOf } from './bundle-content.rules';
import { ProtectionStore } from '../protection/protection.store';
import { BundleFactsStore } from './bundle-facts.store';
import { BundleStore, type BundleRow, type DeltaChangeRow, type GatewayHead } from './bundle.store';
import { bundleChangesOf, changedCellsOf, deltaBytesOf } from './delta.rules';
import { GatewayKeyStore } from './gateway-key.store';
import { BUNDLE_MILLISECONDS, DELTA_MILLISECONDS, type GatewaySettings } from './gateway-settings.rules';

const compressed = promisify(gzip);
/** Level 9 saves two hundredths of a bundle of scale L and takes ten times as long, in the transaction that writes it. */
export const GZIP_LEVEL = 6;
/** Bookings can come between a cut and the next snapshot: tried this often, and then the bundle is built in the transaction of the cut. */
const MOST_CUTS = 8;
const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);

interface GatewayState {
  /** Those of the platform. */
  epoch: number;
  revision: number;
  head: GatewayHead | undefined;
  bundle: BundleRow | undefined;
  /** What no delta has yet. */
  rows: DeltaChangeRow[];
  isPublished: boolean;
  /** Whether no delta leads on: only a whole bundle does. */
  isBroken: boolean;
}

/** What is left to do, and when it is worth coming again; neither where nothing was ever published. */
export interface NextStep {
  againMilliseconds?: number;
  isBundleDue?: boolean;
}

/** Cuts deltas from the numbered changes, and builds and signs whole bundles; one replica at a time per platform. */
@Injectable()
export class BundleBuilder {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: BundleStore,
    private readonly facts: BundleFactsStore,
    private readonly keys: GatewayKeyStore,
    private readonly protection: ProtectionStore,
  ) {}

  /** Cuts and announces a delta where changes have come, in a transaction of its own: nobody waits for a bundle to see a booking. */
  async advance(platformId: number, now: Date): Promise<NextStep> {
    return this.connected(async (runner) => {
      await lock(runner, 'gateway', platformId);
      try {
        return await snapshot(runner, async (tx) => {
          const state = await this.stateOf(tx, platformId);
          if (!state) return {};
          let { head } = state;
          if (head && !state.isBroken && state.rows.length > 0) {
            const since = now.getTime() - head.movedAt.getTime();
            if (since >= 0 && since < DELTA_MILLISECONDS) return { againMilliseconds: DELTA_MILLISECONDS - since };
            head = await this.cut(tx, platformId, head, state.revision, state.rows, now);
          }
          const left = this.dueAt({ ...state, head }) - now.getTime();
          return left > 0 ? { againMilliseconds: left } : { isBundleDue: true };
        });
      } finally {
        await unlock(runner, 'gateway', platformId);
      }
    });
  }

  /** Builds the whole bundle, unless another replica did so meanwhile. */
  async renew(platformId: number, now: Date): Promise<void> {
    await this.whole(platformId, now, (state) => this.dueAt(state) <= now.getTime());
  }

  /** Builds a whole bundle now: settings or facts of the platform have changed. */
  async rebuild(platformId: number, now: Date): Promise<void> {
    await this.whole(platformId, now, () => true);
  }

  /**
   * One bundle of a platform at a time, so that an older one never replaces a newer one. Deltas are cut meanwhile: they wait only until
   * there is a snapshot in which the deltas reach the revision. Where the history breaks (a publication, an epoch) no delta can be cut
   * before the bundle is there, and all of it is one transaction.
   */
  private async whole(platformId: number, now: Date, isWanted: (state: GatewayState) => boolean): Promise<void> {
    await this.connected(async (runner) => {
      await lock(runner, 'bundle', platformId);
      let isCutting = false;
      const letGo = async () => {
        if (isCutting) await unlock(runner, 'gateway', platformId);
        isCutting = false;
      };
      try {
        await lock(runner, 'gateway', platformId);
        isCutting = true;
        for (let left = MOST_CUTS; ; left--) {
          const isReached = await snapshot(runner, async (tx) => {
            const state = await this.stateOf(tx, platformId);
            if (!state || !isWanted(state)) return true;
            let { head } = state;
            if (head && !state.isBroken && state.rows.length > 0) {
              head = await this.cut(tx, platformId, head, state.revision, state.rows, now);
              if (left > 0) return false;
            } else if (!state.isBroken) await letGo();
            await this.build(tx, platformId, { ...state, head }, now);
            return true;
          });
          if (isReached) return;
        }
      } finally {
        await letGo();
        await unlock(runner, 'bundle', platformId);
      }
    });
  }

  /**
   * The plan of the days from one instant to another as gateways would hold it, without any rule; in the transaction of who holds the
   * platform's lock, so that no window changes meanwhile.
   *
   * @param only of these establishments (without COPY, which no connection of the sequencer can), under these settings; else of all,
   *   under those that are stored
   */
  async contentBetween(
    tx: EntityManager,
    platformId: number,
    fromAt: Date,
    toAt: Date,
    only: { establishmentIds?: readonly number[]; settings?: GatewaySettings } = {},
  ): Promise<BundleContent> {
    const settings = only.settings ?? (await this.store.settings(platformId, tx));
    const days = { now: fromAt, lastAt: toAt, establishmentIds: only.establishmentIds };
    const { content } = await this.contentOf(tx, platformId, settings, days, (facts, windows) => ({
      ...facts,
      epoch: 0,
      revision: 0,
      issuedAt: 0,
      staleAfter: Infinity,
      expiresAt: Infinity,
      windows,
      rules: [],
    }));
    return content;
  }

  /** Everything that says what there is to do, in one snapshot; undefined where nothing was ever published. */
  private async stateOf(tx: EntityManager, platformId: number): Promise<GatewayState | undefined> {
    const current = await this.store.revision(platformId, tx);
    if (!current) return undefined;
    const head = await this.store.head(platformId, tx);
    const bundle = await this.store.bundle(platformId, tx);
    const isFollowed = head?.epoch === current.epoch;
    const rows = isFollowed
      ? await this.store.changes(tx, platformId, head.epoch, head.revision, current.revision)
      : [];
    const isPublished = rows.some(({ kind }) => kind === 'publication' || kind === 'rollback');
    return { ...current, head, bundle, rows, isPublished, isBroken: !isFollowed || isPublished };
  }

  /**
   * When the next bundle is due, Unix milliseconds: at once without one, otherwise a third of its life at the latest, and never twice
   * in a minute.
   */
  private dueAt({ epoch, head, bundle, isPublished }: GatewayState): number {
    if (!bundle || head?.epoch !== epoch) return 0;
    const life = bundle.staleAfter.getTime() - bundle.issuedAt.getTime();
    const oldAt = bundle.issuedAt.getTime() + life / 3;
    const isBehind = isPublished || head.revision > bundle.revision;
    return isBehind ? Math.min(bundle.issuedAt.getTime() + BUNDLE_MILLISECONDS, oldAt) : oldAt;
  }

  private async cut(
    tx: EntityManager,
    platformId: number,
    head: GatewayHead,
    to: number,
    rows: Parameters<typeof bundleChangesOf>[0],
    now: Date,
  ): Promise<GatewayHead> {
    const { kid, privateKey } = await this.keys.signingKey(tx);
    const { epoch, revision: from } = head;
    const isRuled = rows.some(({ kind }) => kind === 'protection');
    const rules = isRuled ? await this.protection.rules(tx, platformId, now) : undefined;
    const cells = changedCellsOf(rows, cellOfSeconds(seconds(now)));
    const room = await this.facts.roomCells(tx, platformId, cells);
    const bytes = deltaBytesOf(platformId, epoch, from, to, seconds(now), bundleChangesOf(rows), rules, room);
    const chain = nextChain(head.chain, Buffer.from(bytes));
    const signature = await signBytes(Buffer.from(bytes), { kid, privateKey, typ: 'etale-delta', chain });
    await this.store.addDelta(tx, platformId, epoch, { from, to, bytes, signature, chain });
    await this.store.setHead(tx, platformId, { epoch, revision: to, chain });
    await this.store.trimDeltas(tx, platformId);
    await this.store.announce(tx, platformId);
    return { epoch, revision: to, chain, movedAt: now };
  }

  private async build(
    tx: EntityManager,
    platformId: number,
    { epoch, revision, head, bundle: before, isPublished }: GatewayState,
    now: Date,
  ): Promise<void> {
    const chain = head?.epoch === epoch ? head.chain : CHAIN_START;
    if (isPublished || head?.epoch !== epoch) {
      await this.store.dropDeltas(tx, platformId);
      await this.store.setHead(tx, platformId, { epoch, revision, chain });
    }
    const settings = await this.store.settings(platformId, tx);
    const [staleAfter, expiresAt] = [settings.staleAfterMinutes, settings.expiresAfterMinutes].map(
      (minutes) => new Date(now.getTime() + minutes * 60_000),
    ) as [Date, Date];
    const { content, factsSha256 } = await this.contentOf(
      tx,
      platformId,
      settings,
      { now },
      (facts, windows, room) => ({
        ...facts,
        epoch,
        revision,
        issuedAt: seconds(now),
        staleAfter: seconds(staleAfter),
        expiresAt: seconds(expiresAt),
        windows,
        ...(room && { room }),
      }),
    );
    const bytes = Buffer.from(JSON.stringify(packedBundle(content)));
    const { kid, privateKey } = await this.keys.signingKey(tx);
    const signature = await signBytes(bytes, { kid, privateKey, typ: 'etale-bundle', chain });
    const edition = (before?.edition ?? 0) + 1;
    const isNeeded =
      !before ||
      isPublished ||
      before.epoch !== epoch ||
      !before.factsSha256.equals(factsSha256) ||
      now.getTime() - before.neededIssuedAt.getTime() >= (settings.staleAfterMinutes * 60_000) / 3;
    await this.store.setBundle(tx, platformId, {
      epoch,
      revision,
      edition,
      neededEdition: isNeeded ? edition : before.neededEdition,
      neededIssuedAt: isNeeded ? now : before.neededIssuedAt,
      factsSha256,
      issuedAt: now,
      staleAfter,
      chain,
      signature,
      gzipped: await compressed(bytes, { level: GZIP_LEVEL }),
    });
    await this.store.announce(tx, platformId);
  }

  private async contentOf(
    tx: EntityManager,
    platformId: number,
    settings: Parameters<typeof bundleFactsOf>[0]['settings'],
    { now, lastAt, establishmentIds }: { now: Date; lastAt?: Date; establishmentIds?: readonly number[] | undefined },
    assemble: (
      facts: ReturnType<typeof bundleFactsOf>,
      windows: BundleContent['windows'],
      room: BundleContent['room'],
    ) => BundleContent,
  ): Promise<{ content: BundleContent; factsSha256: Buffer }> {
    const campaigns = await this.facts.campaigns(tx, platformId);
    const establishments = await this.facts.establishments(tx, platformId, establishmentIds);
    const classes = await this.facts.classes(tx, platformId, establishmentIds);
    const bound = [];
    for (const { planId } of campaigns) bound.push(await this.facts.owners(tx, planId, establishmentIds));
    const zones = establishments.map(({ zone }) => zone);
    const { firstCell, endCell } = bundleDays(zones.length > 0 ? [...new Set(zones)] : ['Europe/Paris'], now, lastAt);
    const facts = bundleFactsOf(
      {
        platformId,
        settings,
        campaigns,
        bound,
        establishments,
        classes,
        rules: await this.protection.rules(tx, platformId, now),
      },
      firstCell,
      endCell,
    );
    const windows = await this.windowsOf(
      tx,
      facts,
      campaigns.map(({ planId }) => planId),
      establishmentIds,
    );
    // beside the facts: it changes with every booking, and deltas carry it
    const room = await this.facts.room(tx, platformId, firstCell, endCell, settings.idleMinutes);
    // rules come as deltas too: they alone ask nobody to fetch the whole bundle
    const factsSha256 = createHash('sha256')
      .update(JSON.stringify({ ...facts, rules: [] }))
      .digest();
    return { content: assemble(facts, windows, room), factsSha256 };
  }

  private async windowsOf(
    tx: EntityManager,
    { firstCell, endCell, classes, establishments }: ReturnType<typeof bundleFactsOf>,
    planIds: readonly number[],
    establishmentIds?: readonly number[],
  ): Promise<BundleContent['windows']> {
    const classCount = classes.id.length;
    const establishmentCount = establishments.id.length;
    const classOf = new Map(classes.id.map((id, index) => [id, index]));
    const establishmentOf = new Map(establishments.id.map((id, index) => [id, index]));
    const windows = {
      count: Array<number>(classCount + 2 * establishmentCount).fill(0),
      gap: [] as number[],
      cellCount: [] as number[],
      activity: [] as number[],
    };
    let owner = -1;
    let cell = firstCell;
    for await (const rows of this.facts.windows(tx, planIds, firstCell, endCell, establishmentIds)) {
      for (const row of rows) {
        const index = (row.audience === 0 ? classOf : establishmentOf).get(row.ownerId);
        // an establishment that left the platform
        if (index === undefined) continue;
        const at = row.audience === 0 ? index : classCount + (row.audience - 1) * establishmentCount + index;
        if (at !== owner) cell = firstCell;
        owner = at;
        windows.count[at]!++;
        windows.gap.push(row.startCell - cell);
        windows.cellCount.push(row.cellCount);
        windows.activity.push(row.activity);
        cell = row.startCell;
      }
    }
    return windows;
  }

  private async connected<T>(work: (runner: QueryRunner) => Promise<T>): Promise<T> {
    const runner = this.database.createQueryRunner();
    try {
      return await work(runner);
    } finally {
      await runner.release();
    }
  }
}

type Lock = 'gateway' | 'bundle';
const lock = (runner: QueryRunner, name: Lock, platformId: number): Promise<unknown> =>
  runner.query('select pg_advisory_lock($1, $2)', [ADVISORY_LOCK[name], platformId]);
const unlock = (runner: QueryRunner, name: Lock, platformId: number): Promise<unknown> =>
  runner.query('select pg_advisory_unlock($1, $2)', [ADVISORY_LOCK[name], platformId]);

/** One snapshot, taken after a lock: what another replica committed before is in it. */
async function snapshot<T>(runner: QueryRunner, work: (tx: EntityManager) => Promise<T>): Promise<T> {
  try {
    await runner.startTransaction('REPEATABLE READ');
    const result = await work(runner.manager);
    await runner.commitTransaction();
    return result;
  } catch (error) {
    if (runner.isTransactionActive) await runner.rollbackTransaction();
    throw error;
  }
}

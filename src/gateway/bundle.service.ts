import { performance } from 'node:perf_hooks';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError } from '../common/domain-error';
import { BundlePublisher } from './bundle-publisher.service';
import { BundleStore, type BundleRow, type DeltaRow, type GatewayHead } from './bundle.store';
import type { DeltaPageDto } from './bundle-feed.dto';
import { GatewayFeed } from './gateway-feed.service';
import { DeltaGap, EpochChanged, NoBundleYet, RevisionUnknown } from './gateway.errors';
import { INTERVALS } from './gateway-settings.rules';

const HEARTBEAT_MILLISECONDS = 10_000;
const STREAM_RETRY_MILLISECONDS = 2000;
const PAGE_SIZE = 200;

/** A position in the revisions of a platform. */
export interface Position {
  epoch: number;
  revision: number;
}

export const etagOf = ({ epoch, revision, edition }: BundleRow): string => `"${epoch}.${revision}.${edition}"`;

/** What gateways read: the bundle, deltas, the stream. */
@Injectable()
export class BundleService {
  private readonly bytes = new Map<number, BundleRow & { gzipped: Buffer }>();

  constructor(
    private readonly publisher: BundlePublisher,
    private readonly store: BundleStore,
    private readonly feed: GatewayFeed,
  ) {}

  /** The newest bundle; `gzipped` is undefined where the caller has it already. @throws NoBundleYet */
  async bundle(
    actor: Actor,
    ifNoneMatch: string | undefined,
    waitSeconds: number,
    signal: AbortSignal,
  ): Promise<{ row: BundleRow; gzipped: Buffer | undefined }> {
    const platformId = await this.platformOf(actor);
    return this.waiting(platformId, ifNoneMatch === undefined ? 0 : waitSeconds, signal, async (isLast) => {
      const row = await this.store.bundle(platformId);
      if (!row) throw new NoBundleYet(platformId);
      if (ifNoneMatch?.split(',').some((tag) => tag.trim() === etagOf(row)))
        return isLast ? { row, gzipped: undefined } : undefined;
      const whole = await this.wholeOf(platformId, row);
      return { row: whole, gzipped: whole.gzipped };
    });
  }

  /** Deltas after a position. @throws NoBundleYet, DeltaGap, EpochChanged, RevisionUnknown */
  async deltas(actor: Actor, after: Position, waitSeconds: number, signal: AbortSignal): Promise<DeltaPageDto> {
    const platformId = await this.platformOf(actor);
    return this.waiting(platformId, waitSeconds, signal, async (isLast) => {
      const { head, bundle, deltas } = await this.after(platformId, after);
      if (deltas.length === 0 && !isLast) return undefined;
      const { edition, neededEdition } = bundle;
      const { epoch, revision } = head;
      return { epoch, revision, edition, neededEdition, intervals: INTERVALS, deltas };
    });
  }

  /** The same as server-sent events until the reader goes away. @throws NoBundleYet */
  async stream(actor: Actor, after: Position | undefined, signal: AbortSignal): Promise<AsyncGenerator<string>> {
    const platformId = await this.platformOf(actor);
    if (!(await this.store.bundle(platformId))) throw new NoBundleYet(platformId);
    return this.events(platformId, after, signal);
  }

  private async *events(platformId: number, asked: Position | undefined, signal: AbortSignal): AsyncGenerator<string> {
    yield `retry: ${STREAM_RETRY_MILLISECONDS}\n\n`;
    const bell = await this.feed.subscribe(platformId);
    try {
      let after = asked ?? (await this.store.head(platformId));
      let told = -1;
      while (after && !signal.aborted && !this.feed.hasClosed) {
        const { bundle, head, deltas, isGap } = await this.after(platformId, after).catch(async (error: unknown) => {
          if (!(error instanceof DeltaGap || error instanceof EpochChanged || error instanceof RevisionUnknown))
            throw error;
          const head = (await this.store.head(platformId))!;
          const bundle = (await this.store.bundle(platformId))!;
          return { head, bundle, deltas: [], isGap: true };
        });
        for (const { from, to, ...delta } of deltas) {
          const event = JSON.stringify({ epoch: head.epoch, from, to, ...delta });
          yield `id: ${head.epoch}.${to}\nevent: delta\ndata: ${event}\n\n`;
        }
        // what the bundle says of itself may be behind a gap that is still being built: told once per edition
        if (isGap || bundle.neededEdition > told) {
          const { epoch, revision, edition, neededEdition } = bundle;
          const { fetchWithinSeconds } = INTERVALS;
          const event = JSON.stringify({ epoch, revision, edition, neededEdition, fetchWithinSeconds });
          yield `event: bundle\ndata: ${event}\n\n`;
          told = neededEdition;
        }
        const last = deltas.at(-1);
        after = last ? { epoch: head.epoch, revision: last.to } : isGap ? head : after;
        if (deltas.length === PAGE_SIZE) continue;
        if (deltas.length === 0) yield ': \n\n';
        await bell.next(HEARTBEAT_MILLISECONDS, signal);
      }
    } finally {
      this.feed.unsubscribe(platformId, bell);
    }
  }

  private async after(
    platformId: number,
    { epoch, revision }: Position,
  ): Promise<{ head: GatewayHead; bundle: BundleRow; deltas: DeltaRow[]; isGap?: boolean }> {
    const head = await this.store.head(platformId);
    const bundle = await this.store.bundle(platformId);
    if (!head || !bundle) throw new NoBundleYet(platformId);
    if (epoch < head.epoch) throw new EpochChanged(head.epoch);
    const asked = `${epoch}.${revision}`;
    if (epoch > head.epoch || revision > head.revision) throw new RevisionUnknown(asked, head.epoch, head.revision);
    if (revision === head.revision) return { head, bundle, deltas: [] };
    const deltas = await this.store.deltasAfter(platformId, epoch, revision, PAGE_SIZE);
    if (deltas[0]?.from !== revision) throw new DeltaGap(asked);
    return { head, bundle, deltas };
  }

  private async platformOf(actor: Actor): Promise<number> {
    const platformId = platformOfKey(actor);
    await this.publisher.follow(platformId);
    return platformId;
  }

  private async wholeOf(platformId: number, row: BundleRow): Promise<BundleRow & { gzipped: Buffer }> {
    const known = this.bytes.get(platformId);
    if (known?.edition === row.edition) return known;
    const whole = await this.store.bundleBytes(platformId);
    if (!whole) throw new NoBundleYet(platformId);
    this.bytes.set(platformId, whole);
    return whole;
  }

  /** Asks again at each ring until there is an answer; `isLast` asks for whatever there is. */
  private async waiting<T>(
    platformId: number,
    waitSeconds: number,
    signal: AbortSignal,
    read: (isLast: boolean) => Promise<T | undefined>,
  ): Promise<T> {
    const endsAt = performance.now() + waitSeconds * 1000;
    const bell = await this.feed.subscribe(platformId);
    try {
      for (;;) {
        const left = endsAt - performance.now();
        const answer = await read(left <= 0 || signal.aborted || this.feed.hasClosed);
        if (answer !== undefined) return answer;
        await bell.next(Math.max(0, left), signal);
      }
    } finally {
      this.feed.unsubscribe(platformId, bell);
    }
  }
}

/** The platform of a gateway's key. @throws DomainError for a key that is bound to none */
export function platformOfKey({ platformId }: Actor): number {
  if (platformId === undefined)
    throw new DomainError(
      'gateway.key_needed',
      'forbidden',
      'Only the key of a gateway, bound to its platform, reads this.',
    );
  return platformId;
}

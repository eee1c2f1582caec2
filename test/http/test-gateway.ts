import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { getDataSourceToken } from '@nestjs/typeorm';
import { importJWK, type CryptoKey, type JWK } from 'jose';
import type { DataSource } from 'typeorm';
import { kidOf, nextChain, verifyBytes, type SignedType } from '../../src/common/signed-bytes';
import { BundleBuilder } from '../../src/gateway/bundle-builder.service';
import type { DeltaPageDto } from '../../src/gateway/bundle-feed.dto';
import type { ObservedPageDto } from '../../src/gateway/gateway-view.dto';
import type { BundleChange, BundleContent, BundleRoomChange } from '../../src/kernel/decision/bundle-content';
import { applyChanges, windowsOfOwner, type GatePlan } from '../../src/kernel/decision/gate-plan';
import { plainBundle, type PackedBundle } from '../../src/kernel/decision/packed-bundle';
import { applyRoomChanges } from '../../src/kernel/decision/room-residue';
import { publishedRegion, standStillAt, type BookableRegion } from '../booking-region';
import { cellAt } from '../plan-builder';
import { NOBODY, startTestApplication } from '../test-application';

export const NOW = '2026-12-07T07:00:00+01:00';
export const TODAY = '2026-12-07';

interface Fetched {
  etag: string;
  content: BundleContent;
  chain: string;
}

/** What an agent asks of the service with the key of its platform, and what pilots do to the plan that it follows. */
export class TestGateway {
  region!: BookableRegion;
  key!: Record<string, string>;

  private constructor(
    readonly app: NestFastifyApplication,
    readonly database: DataSource,
  ) {}

  static async start(): Promise<TestGateway> {
    standStillAt(NOW);
    const app = await startTestApplication();
    return new TestGateway(app, app.get<DataSource>(getDataSourceToken()));
  }

  async stop(): Promise<void> {
    await this.app.close();
    jest.useRealTimers();
  }

  /** A region of its own for a test: three classes with three windows each, one class with one, and one window of relatives. */
  async enterRegion(): Promise<void> {
    this.region = await publishedRegion(this.app, [
      ...[0, 1, 2].flatMap((classIndex) =>
        [0, 1, 2].map((day) => ({ establishment: 0, classIndex, startCell: cellAt(day, 9 + classIndex) })),
      ),
      { establishment: 1, classIndex: 0, startCell: cellAt(0, 14), headcount: 30 },
      { establishment: 1, classIndex: -1, startCell: cellAt(0, 19), headcount: 40 },
    ]);
    const payload = { name: 'gateway', scopes: ['gateway'], platformId: this.region.platformId };
    const made = await this.app.inject({ method: 'POST', url: '/v1/keys', payload });
    this.key = { authorization: `Bearer ${made.json<{ secret: string }>().secret}` };
  }

  get(url: string, headers: Record<string, string> = {}) {
    return this.app.inject({ url, headers: { ...this.key, ...headers } });
  }

  post(url: string, payload: object) {
    return this.app.inject({ method: 'POST', url, payload, headers: this.key });
  }

  /** The public keys by which everybody verifies bundles, newest first. */
  async signingKeys(): Promise<JWK[]> {
    return (await this.app.inject({ url: '/v1/gateways/keys', headers: NOBODY })).json<{ keys: JWK[] }>().keys;
  }

  /** Verifies bytes and their signature. @returns the chain that they end */
  async verified(bytes: Buffer, jws: string, typ: SignedType): Promise<string> {
    const jwk = (await this.signingKeys()).find(({ kid }) => kid === kidOf(jws))!;
    return (await verifyBytes(bytes, jws, (await importJWK(jwk, 'EdDSA')) as CryptoKey, typ)).chain;
  }

  async fetchBundle(): Promise<Fetched> {
    const answer = await this.get('/v1/gateways/bundle', { 'accept-encoding': 'gzip' });
    expect(answer.statusCode).toBe(200);
    const bytes = gunzipSync(answer.rawPayload);
    const chain = await this.verified(bytes, String(answer.headers['etale-signature']), 'etale-bundle');
    expect(answer.headers['etale-chain']).toBe(chain);
    const packed = JSON.parse(bytes.toString()) as PackedBundle;
    expect(packed.format).toBe('etale-bundle/2');
    return { etag: String(answer.headers.etag), content: plainBundle(packed), chain };
  }

  rebuild(): Promise<unknown> {
    return this.app.get(BundleBuilder).rebuild(this.region.platformId, new Date());
  }

  /** The deltas after a revision, for which it waits where there is none yet. */
  async deltas(revision: number, epoch = 1): Promise<DeltaPageDto> {
    const page = await this.get(`/v1/gateways/deltas?after=${epoch}.${revision}&wait=5`);
    expect(page.statusCode).toBe(200);
    return page.json<DeltaPageDto>();
  }

  /** The newest revision of the platform. */
  async revision(): Promise<number> {
    const [{ revision }] = await this.database.query<[{ revision: number }]>(
      'select revision from platform_revision where platform_id = $1',
      [this.region.platformId],
    );
    return revision;
  }

  /** Applies every delta after a bundle as an agent does, and gives the chain at the end. */
  async follow(plan: GatePlan, from: Fetched): Promise<{ revision: number; chain: string }> {
    let { chain } = from;
    let { revision } = from.content;
    const newest = await this.revision();
    while (revision < newest) {
      for (const delta of (await this.deltas(revision, from.content.epoch)).deltas) {
        const bytes = Buffer.from(delta.bytes);
        chain = nextChain(chain, bytes);
        expect(await this.verified(bytes, delta.signature, 'etale-delta')).toBe(chain);
        expect(delta.from).toBe(revision);
        const { changes, room = [] } = JSON.parse(delta.bytes) as {
          changes: BundleChange[];
          room?: BundleRoomChange[];
        };
        applyChanges(plan, changes);
        applyRoomChanges(plan.content, room);
        revision = delta.to;
      }
    }
    return { revision, chain };
  }

  /** Follows server-sent events; `until` reads on until all that came matches. */
  async listen(path: string, headers: Record<string, string>) {
    if (!this.app.getHttpServer().listening) await this.app.listen(0, '127.0.0.1');
    const gone = new AbortController();
    const response = await fetch((await this.app.getUrl()) + path, { headers, signal: gone.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const until = async (pattern: RegExp): Promise<string> => {
      while (!pattern.test(text)) text += (await reader.read()).value ?? '';
      return text;
    };
    return { until, leave: () => gone.abort() };
  }

  async book(payload: { windowId: number; [field: string]: unknown }) {
    const [row] = await this.database.query<{ revision: number }[]>(
      `select greatest(w.revision, p.published_revision) as revision from plan_window w join plan p on p.id = w.plan_id
        where p.state = 'published' and w.window_id = $1`,
      [payload.windowId],
    );
    const headers = { 'idempotency-key': randomUUID(), 'if-match': `"${row!.revision}"` };
    return this.app.inject({ method: 'POST', url: '/v1/bookings', payload, headers });
  }

  /** Moves the first window to four in the afternoon. */
  async moveFirst(): Promise<void> {
    const windowId = this.region.windowIds[0]!;
    const moved = await this.book({ operation: 'move', windowId, startsAt: `${TODAY}T16:00:00+01:00`, reason: 'test' });
    expect(moved.statusCode).toBe(201);
  }

  /** What gateways counted on a day, as pilots read it. */
  async observed(date = TODAY): Promise<ObservedPageDto> {
    return (await this.app.inject({ url: `${this.platformUrl}/observed?date=${date}` })).json<ObservedPageDto>();
  }

  get platformUrl(): string {
    return `/v1/platforms/${this.region.platformId}`;
  }
}

/** Windows of each owner of a plan: the classes first, then relatives and staff. */
export const windowsOf = (plan: GatePlan): number[][][] =>
  plan.content.windows.count.map((_, owner) => windowsOfOwner(plan, owner).map((window) => [...window]));

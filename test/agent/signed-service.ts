import type { GateMeasurement } from '../../src/agent/gate-measurements';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { exportJWK, generateKeyPair, type CryptoKey, type JWK } from 'jose';
import { CHAIN_START, nextChain, signBytes } from '../../src/common/signed-bytes';
import type { BundleChange, BundleContent } from '../../src/kernel/decision/bundle-content';
import { packedBundle } from '../../src/kernel/decision/packed-bundle';

interface Delta {
  epoch: number;
  from: number;
  to: number;
  bytes: string;
  signature: string;
  chain: string;
}

/** The service's side of docs/gateway-protocol.md with real signatures, and ways to spoil what it sends. */
export class SignedService {
  edition = 1;
  chain = CHAIN_START;
  /** Of the bundle, which stands still while deltas go on. */
  private bundleChain = CHAIN_START;
  readonly deltas: Delta[] = [];
  readonly reports: Record<string, unknown>[] = [];
  readonly batches: { batchId: string; windows: Record<string, unknown>[]; cells: Record<string, unknown>[] }[] = [];
  takesCounts = true;
  readonly measurements: { source: string; isShare: boolean; items: GateMeasurement[] }[] = [];
  /** Of the next batches of counts, so many are refused for good. */
  untakableCount = 0;
  hasStream = true;
  clockOffsetSeconds = 0;
  /** Changes the bytes or the signature of a bundle on their way. */
  spoil: (sent: { bytes: Buffer; signature: string }) => { bytes: Buffer; signature: string } = (sent) => sent;
  /** Whole bundles that were sent. */
  bundleCount = 0;
  /** Answers nothing but 503, as a service does whose database is away. */
  hasDatabase = true;
  /** Promises more bytes than it sends. */
  isTruncating = false;
  private readonly streams = new Set<ServerResponse>();
  private server: Server | undefined;
  private keys: { kid: string; privateKey: CryptoKey; jwk: JWK }[] = [];
  port = 0;

  constructor(public content: BundleContent) {}

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async rotate(kid: string): Promise<void> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid, use: 'sig', alg: 'EdDSA' };
    this.keys = [{ kid, privateKey, jwk }];
  }

  async start(): Promise<this> {
    if (this.keys.length === 0) await this.rotate('k1');
    this.server = createServer((request, response) => void this.answer(request, response));
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
    return this;
  }

  async stop(): Promise<void> {
    if (!this.server?.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private sign(bytes: Buffer, typ: 'etale-bundle' | 'etale-delta', chain: string): Promise<string> {
    const { kid, privateKey } = this.keys[0]!;
    return signBytes(bytes, { kid, privateKey, typ, chain });
  }

  /** Commits changes: the next delta, sent to every stream. */
  async change(changes: BundleChange[], { isLost = false } = {}): Promise<void> {
    const { platformId, epoch, revision } = this.content;
    const last = this.deltas.at(-1)?.to ?? revision;
    const delta = { format: 'etale-delta/1', platformId, epoch, from: last, to: last + 1, issuedAt: 0, changes };
    const bytes = Buffer.from(JSON.stringify(delta));
    this.chain = nextChain(this.chain, bytes);
    const signature = await this.sign(bytes, 'etale-delta', this.chain);
    const sent = { epoch, from: last, to: last + 1, bytes: bytes.toString(), signature, chain: this.chain };
    this.deltas.push(sent);
    if (!isLost) this.send(eventOf(sent));
  }

  /** The database is away, and with it every stream; or back. */
  setDatabase(isThere: boolean): void {
    this.hasDatabase = isThere;
    if (!isThere) for (const stream of this.streams) stream.end();
  }

  /** A new whole bundle, told to every stream. */
  publish(content: BundleContent): void {
    this.content = content;
    this.edition++;
    this.bundleChain = this.chain;
    this.deltas.length = 0;
    this.send(this.bundleEvent());
  }

  private bundleEvent(): string {
    const { epoch, revision } = this.content;
    return `event: bundle\ndata: ${JSON.stringify({ epoch, revision, edition: this.edition, neededEdition: this.edition, fetchWithinSeconds: 0 })}\n\n`;
  }

  private send(text: string): void {
    for (const stream of this.streams) stream.write(text);
  }

  get streamCount(): number {
    return this.streams.size;
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    const name = url.pathname.replace('/v1/gateways/', '');
    const json = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    if (!this.hasDatabase) return json(503, { code: 'database.unavailable' });
    if (name === 'keys') return json(200, { keys: this.keys.map(({ jwk }) => jwk) });
    if (request.headers.authorization !== 'Bearer etale_test') return json(401, { code: 'access.credentials_missing' });
    if (name === 'pass-keys')
      return json(200, {
        keys: [
          {
            kid: 'p1',
            secret: Buffer.alloc(32, 7).toString('base64url'),
            signsFrom: '2020-01-01T00:00:00Z',
            verifiesUntil: '2099-01-01T00:00:00Z',
          },
        ],
      });
    if (name === 'bundle') return this.sendBundle(response);
    if (name === 'deltas') return this.sendDeltas(url.searchParams.get('after')!, json);
    if (name === 'stream') return this.openStream(String(request.headers['last-event-id'] ?? ''), response, json);
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const sent = JSON.parse(body) as Record<string, unknown>;
    if (name === 'status') {
      this.reports.push(sent);
      return json(200, { receivedAt: '', clockOffsetSeconds: this.clockOffsetSeconds, intervals: {} });
    }
    if (!this.takesCounts) return json(503, { code: 'unavailable' });
    if (name === '/v1/platforms/1/measurements') {
      this.measurements.push(sent as unknown as SignedService['measurements'][number]);
      return json(202, { acceptedCount: 1 });
    }
    if (this.untakableCount-- > 0) return json(400, { code: 'request.invalid' });
    this.batches.push(sent as unknown as SignedService['batches'][number]);
    json(202, { accepted: 1, unknownOwners: 0 });
  }

  private async sendBundle(response: ServerResponse): Promise<void> {
    this.bundleCount++;
    const original = Buffer.from(JSON.stringify(packedBundle(this.content)));
    const { bytes, signature } = this.spoil({
      bytes: original,
      signature: await this.sign(original, 'etale-bundle', this.bundleChain),
    });
    const sent = gzipSync(bytes);
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-encoding': 'gzip',
      'content-length': sent.length,
      etag: `"${this.content.epoch}.${this.content.revision}.${this.edition}"`,
      'etale-signature': signature,
      'etale-poll-seconds': '0.05',
      'etale-poll-jitter-seconds': '0.01',
      'etale-retry-seconds': '0.05',
      'etale-retry-jitter-seconds': '0.01',
    });
    if (!this.isTruncating) return void response.end(sent);
    response.write(sent.subarray(0, sent.length >> 1), () => response.destroy());
  }

  private sendDeltas(after: string, json: (status: number, body: object) => void): void {
    const [epoch, revision] = after.split('.').map(Number);
    const last = this.deltas.at(-1)?.to ?? this.content.revision;
    if (epoch !== this.content.epoch) return json(410, { code: 'gateway.epoch_changed' });
    if (revision! > last) return json(409, { code: 'gateway.revision_unknown' });
    const deltas = this.deltas.filter(({ from }) => from >= revision!);
    if (revision! < last && deltas[0]?.from !== revision) return json(410, { code: 'gateway.gap' });
    json(200, {
      epoch,
      revision: last,
      edition: this.edition,
      neededEdition: this.edition,
      intervals: { fetchWithinSeconds: 0 },
      deltas,
    });
  }

  /** Sends what came after the last event that the agent has seen, then whatever comes. */
  private openStream(
    lastEventId: string,
    response: ServerResponse,
    json: (status: number, body: object) => void,
  ): void {
    if (!this.hasStream) return json(503, { code: 'unavailable' });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': hello\n\n');
    const revision = Number(lastEventId.split('.')[1] ?? NaN);
    for (const delta of this.deltas.filter(({ from }) => from >= revision)) response.write(eventOf(delta));
    if (revision < this.content.revision) response.write(this.bundleEvent());
    this.streams.add(response);
    response.on('close', () => this.streams.delete(response));
  }
}

const eventOf = (delta: Delta): string =>
  `id: ${delta.epoch}.${delta.to}\nevent: delta\ndata: ${JSON.stringify(delta)}\n\n`;

import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import type { AgentReports } from './agent-reports';
import type { AgentStatus } from './agent-status';
import { PlanRefused, type HeldPlan, type SignedBytes } from './held-plan';
import type { PassKeyClient } from './pass-key-client';
import type { PlanDisk } from './plan-disk';
import { takeEvents, type ServerSentEvent } from './server-sent-events';
import { isPlanElsewhere, messageOf, type Intervals, type ServiceConnection } from './service-connection';

interface DeltaMessage {
  epoch: number;
  from: number;
  to: number;
  bytes: string;
  signature: string;
}

const BUNDLE_SECONDS = 120;
const STREAM_SILENCE_SECONDS = 30;
const PASS_KEYS_SECONDS = 600;
const COUNTS_SECONDS = 60;
/** How soon after a minute it is told. */
const MEASUREMENTS_SECONDS = 10;
const WRITE_SECONDS = 10;
const WRITE_COUNTS_SECONDS = 3;
const MOST_STOP_SECONDS = 5;
const STREAM_RETRY_POLLS = 6;

/** Refusals after which the whole bundle is asked for once more: what came was broken on its way, or does not fit what is held. */
const ASKED_AGAIN = new Set(['chain_broken', 'content_invalid', 'signature_invalid', 'truncated']);

/** Keeps the plan in force as docs/gateway-protocol.md says: a stream, else polls; whatever fails, what is held stays in force. */
export class BundleClient {
  private keys: JWK[] = [];
  private bundle: SignedBytes | undefined;
  private deltas: SignedBytes[] = [];
  private etag: string | undefined;
  private writeIsDue = false;
  private loops: Promise<unknown>[] = [];
  /** What came was broken or did not fit: a whole bundle is asked for before anything else. */
  private isBundleDue = false;
  private fetchingBundle: Promise<void> | undefined;

  constructor(
    private readonly service: ServiceConnection,
    private readonly held: HeldPlan,
    private readonly disk: PlanDisk,
    private readonly passKeys: PassKeyClient,
    private readonly reports: AgentReports,
    private readonly status: AgentStatus,
  ) {}

  /** Takes what the disk holds, then goes on with the service until `stop`. */
  async start(): Promise<void> {
    await this.restore();
    await this.reports.restore();
    const { service, reports } = this;
    this.loops = [
      service.every(
        () => PASS_KEYS_SECONDS,
        () => this.fetchPassKeys(),
      ),
      this.follow(),
      service.every(
        () => service.intervals.pollSeconds * 2,
        () => reports.sendStatusDue(),
      ),
      service.every(
        () => COUNTS_SECONDS,
        () => reports.sendCounts(),
        COUNTS_SECONDS,
      ),
      service.every(
        () => MEASUREMENTS_SECONDS,
        () => reports.sendMeasurements(),
        MEASUREMENTS_SECONDS,
      ),
      service.every(
        () => WRITE_SECONDS,
        () => this.writeDue(),
        WRITE_SECONDS,
      ),
      service.every(
        () => WRITE_COUNTS_SECONDS,
        () => reports.writeCounts(),
        WRITE_COUNTS_SECONDS,
      ),
    ];
  }

  async stop(): Promise<void> {
    this.service.stop();
    // a request that does not hear that it was aborted keeps nobody waiting
    await Promise.race([Promise.allSettled(this.loops), sleep(MOST_STOP_SECONDS * 1000, undefined, { ref: false })]);
    await Promise.allSettled([this.reports.sendCounts(true), this.writeDue()]);
    await this.reports.writeCounts();
  }

  /** The newest plan of the disk that can be read; what is damaged is told. */
  private async restore(): Promise<void> {
    for (const file of this.disk.files) {
      await this.restoreFrom(file);
      if (this.held.current) return;
    }
  }

  private async restoreFrom(file: string): Promise<void> {
    try {
      const kept = await this.disk.read(file);
      if (!kept) return;
      await this.held.setKeys(kept.keys);
      this.keys = kept.keys;
      this.passKeys.take(kept.passKeys);
      await this.held.takeBundle(kept.bundle, kept.edition);
      this.bundle = kept.bundle;
      for (const delta of kept.deltas) {
        await this.held.takeDelta(delta);
        this.deltas.push(delta);
      }
    } catch (error) {
      if (error instanceof PlanRefused) this.status.planRefused(error);
      else this.status.refused('truncated', messageOf(error));
    }
  }

  private async follow(): Promise<void> {
    let polls = 0;
    while (!this.service.isStopping) {
      try {
        if (!this.held.current || this.bundle === undefined || this.isBundleDue) await this.fetchBundle();
        if (polls === 0) {
          await this.stream().catch((error: unknown) => {
            if (error instanceof PlanRefused || isPlanElsewhere(error)) throw error;
            // no stream: polling goes on without it
            this.status.unreachable(messageOf(error));
          });
          polls = STREAM_RETRY_POLLS;
        }
        await this.pollDeltas();
        this.service.failures = 0;
        polls--;
        await this.service.pause(this.service.pollSeconds());
      } catch (error) {
        await this.afterFailure(error);
      }
    }
  }

  private async afterFailure(error: unknown): Promise<void> {
    if (this.service.isStopping) return;
    if (error instanceof PlanRefused) this.status.planRefused(error);
    else if (!isPlanElsewhere(error)) this.status.unreachable(messageOf(error));
    const needsWhole = isPlanElsewhere(error) || (error instanceof PlanRefused && ASKED_AGAIN.has(error.code));
    this.isBundleDue ||= needsWhole;
    if (needsWhole && this.service.failures < 3) {
      this.etag = undefined;
      const before = this.positionAndEdition;
      try {
        await this.fetchBundle();
        // the same bundle again leads no further than before: asked at once it would be asked for without end
        if (this.positionAndEdition !== before) return;
      } catch (again) {
        if (again instanceof PlanRefused) this.status.planRefused(again);
        else this.status.unreachable(messageOf(again));
      }
    }
    await this.service.pause(this.service.retrySeconds());
    this.service.failures++;
  }

  private async fetchKeys(): Promise<void> {
    const { keys } = (await (await this.service.request('/v1/gateways/keys')).json()) as { keys: JWK[] };
    await this.held.setKeys(keys);
    this.keys = keys;
  }

  private async fetchPassKeys(): Promise<void> {
    await this.passKeys.fetch();
    this.writeIsDue = true;
  }

  /** One whole bundle at a time. */
  private fetchBundle(): Promise<void> {
    this.fetchingBundle ??= this.fetchWhole().finally(() => (this.fetchingBundle = undefined));
    return this.fetchingBundle;
  }

  private async fetchWhole(): Promise<void> {
    const headers: Record<string, string> = this.etag ? { 'if-none-match': this.etag } : {};
    const response = await this.service.request('/v1/gateways/bundle', { headers }, BUNDLE_SECONDS);
    this.service.takeIntervals({
      pollSeconds: response.headers.get('etale-poll-seconds'),
      pollJitterSeconds: response.headers.get('etale-poll-jitter-seconds'),
      retrySeconds: response.headers.get('etale-retry-seconds'),
      retryJitterSeconds: response.headers.get('etale-retry-jitter-seconds'),
    });
    if (response.status === 304) {
      this.isBundleDue = false;
      return;
    }
    const signature = response.headers.get('etale-signature') ?? '';
    const bytes = await response
      .arrayBuffer()
      .then((buffer) => Buffer.from(buffer))
      .catch((error: unknown) => {
        throw new PlanRefused('truncated', messageOf(error));
      });
    const etag = response.headers.get('etag') ?? '';
    if (!this.held.knowsKeyOf(signature)) await this.fetchKeys();
    const before = this.held.current && this.position;
    await this.held.takeBundle({ bytes, signature }, Number(/\.(\d+)"$/.exec(etag)?.[1] ?? 0));
    this.isBundleDue = false;
    this.etag = etag;
    this.bundle = { bytes, signature };
    this.deltas = [];
    this.writeIsDue = true;
    this.status.applied(this.position !== before);
    await this.writeDue();
    void this.reports.sendStatus().catch(() => undefined);
  }

  private async takeDelta({ bytes, signature }: DeltaMessage): Promise<void> {
    if (!this.held.knowsKeyOf(signature)) await this.fetchKeys();
    const signed = { bytes: Buffer.from(bytes, 'utf8'), signature };
    if (!(await this.held.takeDelta(signed))) return;
    this.deltas.push(signed);
    this.writeIsDue = true;
    this.status.applied(true);
  }

  private get position(): string {
    const { epoch, revision } = this.held.current!;
    return `${epoch}.${revision}`;
  }

  private get positionAndEdition(): string | undefined {
    return this.held.current && `${this.position}.${this.held.current.edition}`;
  }

  private async pollDeltas(): Promise<void> {
    for (;;) {
      const response = await this.service.request(`/v1/gateways/deltas?after=${this.position}`);
      const answer = (await response.json()) as {
        neededEdition: number;
        intervals?: Partial<Intervals>;
        deltas: DeltaMessage[];
      };
      this.service.takeIntervals(answer.intervals ?? {});
      for (const delta of answer.deltas) await this.takeDelta(delta);
      this.fetchIfNeeded(answer.neededEdition);
      if (answer.deltas.length === 0) return;
    }
  }

  private fetchIfNeeded(neededEdition: number): void {
    if (neededEdition <= this.held.current!.edition || this.fetchingBundle) return;
    const soon = this.service
      .pause(Math.random() * this.service.intervals.fetchWithinSeconds)
      .then(() => this.fetchWhole());
    this.fetchingBundle = soon
      .catch((error: unknown) => {
        if (error instanceof PlanRefused) this.status.planRefused(error);
        else this.status.unreachable(messageOf(error));
      })
      .finally(() => (this.fetchingBundle = undefined));
  }

  /** Server-sent events until the stream ends; a silent one is dead. */
  private async stream(): Promise<void> {
    const { limit: dead, release } = this.service.untilStopped();
    let silence: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => dead.abort(), STREAM_SILENCE_SECONDS * 1000);
    };
    heard();
    try {
      const response = await this.service.request('/v1/gateways/stream', {
        headers: { accept: 'text/event-stream', 'last-event-id': this.position },
        signal: dead.signal,
      });
      this.service.failures = 0;
      this.status.streaming(true);
      const reader = response.body!.getReader();
      // the request may have lost its signal by now, the reader has not
      dead.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
      const decoder = new TextDecoder();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        text += decoder.decode(part.value as Uint8Array, { stream: true });
        const { events, rest } = takeEvents(text);
        text = rest;
        for (const event of events) await this.takeEvent(event);
      }
    } finally {
      clearTimeout(silence);
      release();
      this.status.streaming(false);
    }
  }

  private async takeEvent({ event, data }: ServerSentEvent): Promise<void> {
    if (data === undefined) return;
    if (event === 'delta') await this.takeDelta(JSON.parse(data) as DeltaMessage);
    if (event !== 'bundle') return;
    const { epoch, revision, neededEdition, fetchWithinSeconds } = JSON.parse(data) as {
      epoch: number;
      revision: number;
      neededEdition: number;
      fetchWithinSeconds: number;
    };
    this.service.takeIntervals({ fetchWithinSeconds });
    const { current } = this.held;
    if (current && (epoch !== current.epoch || revision > current.revision)) await this.fetchBundle();
    else this.fetchIfNeeded(neededEdition);
  }

  private async writeDue(): Promise<void> {
    if (!this.writeIsDue || !this.bundle) return;
    this.writeIsDue = false;
    try {
      const { edition } = this.held.current!;
      const { keys, bundle, deltas } = this;
      await this.disk.write({ edition, keys, passKeys: this.passKeys.keys, bundle, deltas: [...deltas] });
      this.status.kept(undefined);
    } catch (error) {
      this.writeIsDue = true;
      this.status.kept(messageOf(error));
    }
  }
}

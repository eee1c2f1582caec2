import { setTimeout as sleep } from 'node:timers/promises';
import type { JWK } from 'jose';
import type { AgentSettings } from './agent-settings';
import type { AgentStatus } from './agent-status';
import type { CountDisk } from './count-disk';
import type { Gate } from './gate';
import { PlanRefused, type HeldPlan, type SignedBytes } from './held-plan';
import type { KeptPlan, PlanDisk } from './plan-disk';

interface Intervals {
  pollSeconds: number;
  pollJitterSeconds: number;
  retrySeconds: number;
  retryJitterSeconds: number;
  fetchWithinSeconds: number;
}

interface DeltaMessage {
  epoch: number;
  from: number;
  to: number;
  bytes: string;
  signature: string;
}

const REQUEST_SECONDS = 20;
const BUNDLE_SECONDS = 120;
const STREAM_SILENCE_SECONDS = 30;
const PASS_KEYS_SECONDS = 600;
const COUNTS_SECONDS = 60;
const WRITE_SECONDS = 10;
const WRITE_COUNTS_SECONDS = 3;
const MOST_DOUBLINGS = 4;
const MOST_STOP_SECONDS = 5;
/** A clock further away than this is reported; what the service says of it is used from a few seconds on. */
const CLOCK_WRONG_SECONDS = 60;
const CLOCK_TOLERANCE_SECONDS = 5;
const STREAM_RETRY_POLLS = 6;

/** An answer of the service that is no success; its code where it is a problem document. */
class ServiceRefused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
  ) {
    super(`the service answers ${status} ${code}`.trim());
  }
}

/** The service has another plan than the one that the deltas belong to: the whole bundle is asked for. */
const isPlanElsewhere = (error: unknown): boolean =>
  error instanceof ServiceRefused && (error.status === 409 || error.status === 410);
/** Refusals after which the whole bundle is asked for once more: what came was broken on its way, or does not fit what is held. */
const ASKED_AGAIN = new Set(['chain_broken', 'content_invalid', 'signature_invalid', 'truncated']);

/** Keeps the plan in force as docs/gateway-protocol.md says: a stream, else polls; whatever fails, what is held stays in force. */
export class BundleClient {
  private intervals: Intervals = { pollSeconds: 5, pollJitterSeconds: 2, retrySeconds: 5, retryJitterSeconds: 10, fetchWithinSeconds: 20 }; // prettier-ignore
  private failures = 0;
  private keys: JWK[] = [];
  private passKeys: KeptPlan['passKeys'] = [];
  private bundle: SignedBytes | undefined;
  private deltas: SignedBytes[] = [];
  private etag: string | undefined;
  private writeIsDue = false;
  private readonly stopping = new AbortController();
  /** Requests that end when the agent stops. */
  private readonly running = new Set<AbortController>();
  private loops: Promise<unknown>[] = [];
  /** What came was broken or did not fit: a whole bundle is asked for before anything else. */
  private isBundleDue = false;
  private fetchingBundle: Promise<void> | undefined;

  constructor(
    private readonly settings: AgentSettings,
    private readonly held: HeldPlan,
    private readonly gate: Gate,
    private readonly disk: PlanDisk,
    private readonly countDisk: CountDisk,
    private readonly status: AgentStatus,
  ) {}

  /** Takes what the disk holds, then goes on with the service until `stop`. */
  async start(): Promise<void> {
    await this.restore();
    this.gate.counts.restore(await this.countDisk.read());
    this.loops = [
      this.every(() => PASS_KEYS_SECONDS, () => this.fetchPassKeys()),
      this.follow(),
      this.every(() => this.intervals.pollSeconds * 6, () => this.sendStatus()),
      this.every(() => COUNTS_SECONDS, () => this.sendCounts(), COUNTS_SECONDS),
      this.every(() => WRITE_SECONDS, () => this.writeDue(), WRITE_SECONDS),
      this.every(() => WRITE_COUNTS_SECONDS, () => this.writeCounts(), WRITE_COUNTS_SECONDS),
    ]; // prettier-ignore
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    for (const limit of this.running) limit.abort();
    // a request that does not hear that it was aborted keeps nobody waiting
    await Promise.race([Promise.allSettled(this.loops), sleep(MOST_STOP_SECONDS * 1000, undefined, { ref: false })]);
    await Promise.allSettled([this.sendCounts(true), this.writeDue()]);
    await this.writeCounts();
  }

  private async restore(): Promise<void> {
    try {
      const kept = await this.disk.read();
      if (!kept) return;
      await this.held.setKeys(kept.keys);
      this.keys = kept.keys;
      this.takePassKeys(kept.passKeys);
      await this.held.takeBundle(kept.bundle, kept.edition);
      this.bundle = kept.bundle;
      for (const delta of kept.deltas) {
        await this.held.takeDelta(delta);
        this.deltas.push(delta);
      }
    } catch (error) {
      this.status.refused(error instanceof PlanRefused ? error.code : 'truncated', messageOf(error));
    }
  }

  private async every(seconds: () => number, work: () => Promise<void>, firstSeconds = 0): Promise<void> {
    let wait = firstSeconds;
    while (!this.stopping.signal.aborted) {
      await this.pause(wait * (0.9 + Math.random() * 0.2));
      if (this.stopping.signal.aborted) return;
      try {
        await work();
        wait = seconds();
      } catch (error) {
        this.status.unreachable(messageOf(error));
        wait = Math.min(seconds(), this.retrySeconds());
      }
    }
  }

  private async follow(): Promise<void> {
    let polls = 0;
    while (!this.stopping.signal.aborted) {
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
        this.failures = 0;
        polls--;
        await this.pause(this.intervals.pollSeconds + Math.random() * this.intervals.pollJitterSeconds);
      } catch (error) {
        await this.afterFailure(error);
      }
    }
  }

  private async afterFailure(error: unknown): Promise<void> {
    if (this.stopping.signal.aborted) return;
    if (error instanceof PlanRefused) this.status.refused(error.code, error.message);
    else if (!isPlanElsewhere(error)) this.status.unreachable(messageOf(error));
    const needsWhole = isPlanElsewhere(error) || (error instanceof PlanRefused && ASKED_AGAIN.has(error.code));
    this.isBundleDue ||= needsWhole;
    if (needsWhole && this.failures < 3) {
      this.etag = undefined;
      try {
        await this.fetchBundle();
        return;
      } catch (again) {
        if (again instanceof PlanRefused) this.status.refused(again.code, again.message);
        else this.status.unreachable(messageOf(again));
      }
    }
    await this.pause(this.retrySeconds());
    this.failures++;
  }

  private retrySeconds(): number {
    const { retrySeconds, retryJitterSeconds } = this.intervals;
    return (retrySeconds + Math.random() * retryJitterSeconds) * 2 ** Math.min(this.failures, MOST_DOUBLINGS);
  }

  private pause(seconds: number): Promise<void> {
    return sleep(seconds * 1000, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  /** Aborts after a time, or when the agent stops. Not AbortSignal.any: what it returns may be collected before it fires. */
  private limited(seconds: number): AbortSignal {
    const limit = new AbortController();
    this.running.add(limit);
    setTimeout(() => {
      this.running.delete(limit);
      limit.abort();
    }, seconds * 1000).unref();
    return limit.signal;
  }

  private async request(path: string, init: RequestInit = {}, seconds = REQUEST_SECONDS): Promise<Response> {
    const response = await fetch(`${this.settings.url}${path}`, {
      ...init,
      redirect: 'error',
      headers: { authorization: `Bearer ${this.settings.key}`, ...(init.headers as Record<string, string>) },
      signal: init.signal ?? this.limited(seconds),
    });
    if (!response.ok && response.status !== 304) {
      const problem = (await response.json().catch(() => ({}))) as { code?: unknown };
      throw new ServiceRefused(response.status, typeof problem.code === 'string' ? problem.code : '');
    }
    this.status.reached();
    return response;
  }

  private async fetchKeys(): Promise<void> {
    const { keys } = (await (await this.request('/v1/gateways/keys')).json()) as { keys: JWK[] };
    await this.held.setKeys(keys);
    this.keys = keys;
  }

  private async fetchPassKeys(): Promise<void> {
    const { keys } = (await (await this.request('/v1/gateways/pass-keys')).json()) as { keys: KeptPlan['passKeys'] };
    this.takePassKeys(keys);
    this.writeIsDue = true;
  }

  private takePassKeys(keys: KeptPlan['passKeys']): void {
    const now = this.status.nowSeconds() * 1000;
    const keyOf = ({ kid, secret }: KeptPlan['passKeys'][number]) => ({
      kid,
      secret: Buffer.from(secret, 'base64url'),
    });
    const valid = keys.filter(({ verifiesUntil }) => !verifiesUntil || Date.parse(verifiesUntil) > now);
    const signing = valid.find(({ signsFrom }) => !signsFrom || Date.parse(signsFrom) <= now) ?? valid.at(-1);
    this.passKeys = keys;
    this.gate.setPassKeys(valid.map(keyOf), signing && keyOf(signing));
  }

  /** One whole bundle at a time. */
  private fetchBundle(): Promise<void> {
    this.fetchingBundle ??= this.fetchWhole().finally(() => (this.fetchingBundle = undefined));
    return this.fetchingBundle;
  }

  private async fetchWhole(): Promise<void> {
    const headers: Record<string, string> = this.etag ? { 'if-none-match': this.etag } : {};
    const response = await this.request('/v1/gateways/bundle', { headers }, BUNDLE_SECONDS);
    this.takeIntervals({
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
    await this.held.takeBundle({ bytes, signature }, Number(/\.(\d+)"$/.exec(etag)?.[1] ?? 0));
    this.isBundleDue = false;
    this.etag = etag;
    this.bundle = { bytes, signature };
    this.deltas = [];
    this.writeIsDue = true;
    this.status.applied();
    await this.writeDue();
    void this.sendStatus().catch(() => undefined);
  }

  private async takeDelta({ bytes, signature }: DeltaMessage): Promise<void> {
    if (!this.held.knowsKeyOf(signature)) await this.fetchKeys();
    const signed = { bytes: Buffer.from(bytes, 'utf8'), signature };
    if (!(await this.held.takeDelta(signed))) return;
    this.deltas.push(signed);
    this.writeIsDue = true;
    this.status.applied();
  }

  private get position(): string {
    const { epoch, revision } = this.held.current!;
    return `${epoch}.${revision}`;
  }

  private async pollDeltas(): Promise<void> {
    for (;;) {
      const response = await this.request(`/v1/gateways/deltas?after=${this.position}`);
      const answer = (await response.json()) as {
        neededEdition: number;
        intervals?: Partial<Intervals>;
        deltas: DeltaMessage[];
      };
      this.takeIntervals(answer.intervals ?? {});
      for (const delta of answer.deltas) await this.takeDelta(delta);
      this.fetchIfNeeded(answer.neededEdition);
      if (answer.deltas.length === 0) return;
    }
  }

  private fetchIfNeeded(neededEdition: number): void {
    if (neededEdition <= this.held.current!.edition || this.fetchingBundle) return;
    const soon = this.pause(Math.random() * this.intervals.fetchWithinSeconds).then(() => this.fetchWhole());
    this.fetchingBundle = soon
      .catch((error: unknown) => {
        if (error instanceof PlanRefused) this.status.refused(error.code, error.message);
        else this.status.unreachable(messageOf(error));
      })
      .finally(() => (this.fetchingBundle = undefined));
  }

  /** Server-sent events until the stream ends; a silent one is dead. */
  private async stream(): Promise<void> {
    const dead = new AbortController();
    this.running.add(dead);
    let silence: NodeJS.Timeout | undefined;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => dead.abort(), STREAM_SILENCE_SECONDS * 1000);
    };
    heard();
    try {
      const response = await this.request('/v1/gateways/stream', {
        headers: { accept: 'text/event-stream', 'last-event-id': this.position },
        signal: dead.signal,
      });
      this.failures = 0;
      this.status.streaming(true);
      const reader = response.body!.getReader();
      // the request may have lost its signal by now, the reader has not
      dead.signal.addEventListener('abort', () => void reader.cancel().catch(() => undefined));
      const decoder = new TextDecoder();
      let text = '';
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        heard();
        text += decoder.decode(part.value as Uint8Array, { stream: true });
        const events = text.split('\n\n');
        text = events.pop()!;
        for (const event of events) await this.takeEvent(event);
      }
    } finally {
      clearTimeout(silence);
      this.running.delete(dead);
      this.status.streaming(false);
    }
  }

  private async takeEvent(event: string): Promise<void> {
    const lines = event.split('\n');
    const field = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim(); // prettier-ignore
    const message = field('data');
    if (message === undefined) return;
    if (field('event') === 'delta') await this.takeDelta(JSON.parse(message) as DeltaMessage);
    if (field('event') !== 'bundle') return;
    const { epoch, revision, neededEdition, fetchWithinSeconds } = JSON.parse(message) as {
      epoch: number;
      revision: number;
      neededEdition: number;
      fetchWithinSeconds: number;
    };
    this.takeIntervals({ fetchWithinSeconds });
    const { current } = this.held;
    if (current && (epoch !== current.epoch || revision > current.revision)) await this.fetchBundle();
    else this.fetchIfNeeded(neededEdition);
  }

  private takeIntervals(given: Record<string, unknown>): void {
    for (const name of Object.keys(this.intervals) as (keyof Intervals)[]) {
      const seconds = Number(given[name] ?? NaN);
      if (seconds >= 0 && seconds <= 3600) this.intervals[name] = seconds;
    }
  }

  private async sendStatus(): Promise<void> {
    const response = await this.request('/v1/gateways/status', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(this.status.report()),
    });
    const answer = (await response.json()) as { clockOffsetSeconds: number; intervals?: Partial<Intervals> };
    this.takeIntervals(answer.intervals ?? {});
    const offset = Number(answer.clockOffsetSeconds);
    if (!Number.isFinite(offset)) return;
    this.status.clockOffsetSeconds = Math.abs(offset) >= CLOCK_TOLERANCE_SECONDS ? offset : 0;
    if (Math.abs(offset) >= CLOCK_WRONG_SECONDS)
      this.status.refused('clock_wrong', `the clock of this machine is ${Math.round(offset)} s off; corrected`);
  }

  private async sendCounts(isLast = false): Promise<void> {
    const { counts } = this.gate;
    for (let batch = counts.oldest(); batch; batch = counts.oldest()) {
      await this.request('/v1/gateways/counts', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ agent: this.settings.name, ...batch }),
        ...(isLast && { signal: AbortSignal.timeout(2000) }),
      });
      counts.taken(batch.batchId);
      if (counts.kept.batchCount === 0) return;
    }
  }

  private async writeCounts(): Promise<void> {
    const changes = this.gate.counts.toKeep();
    if (changes.batches.length === 0 && changes.taken.length === 0) return;
    try {
      await this.countDisk.write(changes.batches, changes.taken);
    } catch (error) {
      this.gate.counts.notKept(changes);
      this.status.kept(messageOf(error));
    }
  }

  private async writeDue(): Promise<void> {
    if (!this.writeIsDue || !this.bundle) return;
    this.writeIsDue = false;
    try {
      const { edition } = this.held.current!;
      const { keys, passKeys, bundle, deltas } = this;
      await this.disk.write({ edition, keys, passKeys, bundle, deltas: [...deltas] });
      this.status.kept(undefined);
    } catch (error) {
      this.writeIsDue = true;
      this.status.kept(messageOf(error));
    }
  }
}

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

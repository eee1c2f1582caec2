import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentSettings } from './agent-settings';
import type { AgentStatus } from './agent-status';

/** Prescribed by the service. */
export interface Intervals {
  pollSeconds: number;
  pollJitterSeconds: number;
  retrySeconds: number;
  retryJitterSeconds: number;
  fetchWithinSeconds: number;
}

const REQUEST_SECONDS = 20;
const MOST_DOUBLINGS = 4;

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
export const isPlanElsewhere = (error: unknown): boolean =>
  error instanceof ServiceRefused && (error.status === 409 || error.status === 410);

/** The service will never take what it was sent: the same again gets the same answer. */
export const isUntakable = (error: unknown): boolean =>
  error instanceof ServiceRefused && [400, 413, 422].includes(error.status);

export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
};

/** Asks the service, at the intervals that it prescribes, until the agent stops. */
export class ServiceConnection {
  readonly intervals: Intervals = {
    pollSeconds: 5,
    pollJitterSeconds: 2,
    retrySeconds: 5,
    retryJitterSeconds: 10,
    fetchWithinSeconds: 20,
  };
  /** In a row, of the plan. */
  failures = 0;
  private readonly stopping = new AbortController();
  /** Requests that end when the agent stops. */
  private readonly running = new Set<AbortController>();

  constructor(
    private readonly settings: AgentSettings,
    private readonly status: AgentStatus,
  ) {}

  get isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  stop(): void {
    this.stopping.abort();
    for (const limit of this.running) limit.abort();
  }

  /** Does something again and again; after a failure it is tried again sooner. */
  async every(seconds: () => number, work: () => Promise<void>, firstSeconds = 0): Promise<void> {
    let wait = firstSeconds;
    while (!this.isStopping) {
      await this.pause(wait * (0.9 + Math.random() * 0.2));
      if (this.isStopping) return;
      try {
        await work();
        wait = seconds();
      } catch (error) {
        this.status.unreachable(messageOf(error));
        wait = Math.min(seconds(), this.retrySeconds());
      }
    }
  }

  pollSeconds(): number {
    return this.intervals.pollSeconds + Math.random() * this.intervals.pollJitterSeconds;
  }

  retrySeconds(): number {
    const { retrySeconds, retryJitterSeconds } = this.intervals;
    return (retrySeconds + Math.random() * retryJitterSeconds) * 2 ** Math.min(this.failures, MOST_DOUBLINGS);
  }

  pause(seconds: number): Promise<void> {
    return sleep(seconds * 1000, undefined, { signal: this.stopping.signal, ref: false }).catch(() => undefined);
  }

  /** Something that ends when the agent stops, until `release` is called. */
  untilStopped(): { limit: AbortController; release: () => void } {
    const limit = new AbortController();
    // what begins after the stop would be waited for
    if (this.isStopping) limit.abort();
    else this.running.add(limit);
    return { limit, release: () => void this.running.delete(limit) };
  }

  /** Aborts after a time, or when the agent stops. Not AbortSignal.any: what it returns may be collected before it fires. */
  private limited(seconds: number): AbortSignal {
    const { limit, release } = this.untilStopped();
    setTimeout(() => {
      release();
      limit.abort();
    }, seconds * 1000).unref();
    return limit.signal;
  }

  /** @throws ServiceRefused, or what fetch throws where nobody answers */
  async request(path: string, init: RequestInit = {}, seconds = REQUEST_SECONDS): Promise<Response> {
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

  post(path: string, body: object, signal?: AbortSignal): Promise<Response> {
    return this.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });
  }

  takeIntervals(given: Record<string, unknown>): void {
    for (const name of Object.keys(this.intervals) as (keyof Intervals)[]) {
      const seconds = Number(given[name] ?? NaN);
      if (seconds >= 0 && seconds <= 3600) this.intervals[name] = seconds;
    }
  }
}

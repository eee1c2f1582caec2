import { Logger } from '@nestjs/common';
import { Client } from 'pg';

const RECONNECT_MILLISECONDS = 1000;

/** Rings whenever something has changed; what has changed is read from the table. */
export class Bell {
  private hasRung = false;
  private wake: (() => void) | undefined;

  ring(): void {
    this.hasRung = true;
    this.wake?.();
  }

  /** Waits for a ring since the last call, `timeoutMilliseconds` at most; ends early with the signal. */
  async next(timeoutMilliseconds: number, signal?: AbortSignal): Promise<void> {
    if (!this.hasRung && !signal?.aborted) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, timeoutMilliseconds);
        function done(): void {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          resolve();
        }
        this.wake = done;
        signal?.addEventListener('abort', done);
      });
      this.wake = undefined;
    }
    this.hasRung = false;
  }
}

/**
 * Tells who waits for a thing (a job, a platform) that it has changed, over one LISTEN connection of this process, which opens with
 * the first who waits. The payload of a notification is the number of the thing.
 */
export abstract class ChannelFeed {
  private readonly logger = new Logger(ChannelFeed.name);
  private readonly bells = new Map<number, Set<Bell>>();
  private client: Client | undefined;
  private connecting: Promise<void> | undefined;
  private reconnection: NodeJS.Timeout | undefined;
  private isClosed = false;

  protected constructor(
    private readonly databaseUrl: string | undefined,
    private readonly channel: string,
  ) {}

  /** A bell that rings at every later change of the thing; give it back to `unsubscribe`. */
  async subscribe(id: number): Promise<Bell> {
    await this.connect();
    const bell = new Bell();
    const others = this.bells.get(id);
    if (others) others.add(bell);
    else this.bells.set(id, new Set([bell]));
    return bell;
  }

  unsubscribe(id: number, bell: Bell): void {
    const others = this.bells.get(id);
    others?.delete(bell);
    if (others?.size === 0) this.bells.delete(id);
  }

  /** True once the application closes: who waits must not wait any longer. */
  get hasClosed(): boolean {
    return this.isClosed;
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.reconnection);
    this.ringAll();
    await this.connecting?.catch(() => undefined);
    await this.client?.end();
  }

  private connect(): Promise<void> {
    this.connecting ??= this.open().catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    });
    return this.connecting;
  }

  private async open(): Promise<void> {
    const client = new Client({
      connectionString: this.databaseUrl,
      keepAlive: true,
      application_name: `etale ${this.channel}`,
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ payload }) => {
      for (const bell of this.bells.get(Number(payload)) ?? []) bell.ring();
    });
    await client.connect();
    await client.query(`listen ${this.channel}`);
    this.client = client;
  }

  private lose(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.connecting = undefined;
    if (this.isClosed) return;
    this.logger.warn(`The connection that listens to ${this.channel} is lost; connecting again.`);
    this.reconnect();
  }

  /** Tries until it succeeds; what was notified meanwhile is unknown, so everybody looks again. */
  private reconnect(): void {
    this.reconnection = setTimeout(() => {
      this.connect().then(
        () => this.ringAll(),
        () => {
          if (!this.isClosed) this.reconnect();
        },
      );
    }, RECONNECT_MILLISECONDS);
  }

  private ringAll(): void {
    for (const bells of this.bells.values()) for (const bell of bells) bell.ring();
  }
}

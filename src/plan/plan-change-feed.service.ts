import { Inject, Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { Client } from 'pg';
import type { Config } from '../common/config';
import { CONFIG } from '../common/database.module';
import { Bell } from '../jobs/job-feed.service';
import { REVISION_CHANNEL } from './ledger.store';

const RECONNECT_MILLISECONDS = 1000;

/** Tells who follows a platform that it has new revisions, over one LISTEN connection of this replica. */
@Injectable()
export class PlanChangeFeed implements OnModuleDestroy {
  private readonly logger = new Logger(PlanChangeFeed.name);
  private readonly bells = new Map<number, Set<Bell>>();
  private client: Client | undefined;
  private connecting: Promise<void> | undefined;
  private reconnection: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** A bell that rings after every later commit on the platform; give it back to `unsubscribe`. */
  async subscribe(platformId: number): Promise<Bell> {
    await (this.connecting ??= this.open().catch((error: unknown) => {
      this.connecting = undefined;
      throw error;
    }));
    const bell = new Bell();
    const others = this.bells.get(platformId);
    if (others) others.add(bell);
    else this.bells.set(platformId, new Set([bell]));
    return bell;
  }

  unsubscribe(platformId: number, bell: Bell): void {
    const others = this.bells.get(platformId);
    others?.delete(bell);
    if (others?.size === 0) this.bells.delete(platformId);
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

  private async open(): Promise<void> {
    const client = new Client({
      connectionString: this.config.databaseUrl,
      keepAlive: true,
      application_name: 'etale change feed',
    });
    client.on('error', () => this.lose(client));
    client.on('end', () => this.lose(client));
    client.on('notification', ({ payload }) => {
      for (const bell of this.bells.get(Number(payload)) ?? []) bell.ring();
    });
    await client.connect();
    await client.query(`listen ${REVISION_CHANNEL}`);
    this.client = client;
  }

  private lose(client: Client): void {
    if (this.client !== client) return;
    this.client = undefined;
    this.connecting = undefined;
    if (this.isClosed) return;
    this.logger.warn('The connection that listens to revisions is lost; connecting again.');
    this.reconnect();
  }

  /** Tries until it succeeds; what was announced meanwhile is unknown, so everybody looks again. */
  private reconnect(): void {
    this.reconnection = setTimeout(() => {
      if (this.isClosed) return;
      this.connecting = this.open();
      this.connecting.then(
        () => this.ringAll(),
        () => {
          this.connecting = undefined;
          if (!this.isClosed) this.reconnect();
        },
      );
    }, RECONNECT_MILLISECONDS);
  }

  private ringAll(): void {
    for (const bells of this.bells.values()) for (const bell of bells) bell.ring();
  }
}

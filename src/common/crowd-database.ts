import type { OnApplicationShutdown } from '@nestjs/common';
import type { Client } from 'pg';
import { openPipelined } from './database';

/** A statement that lasts keeps only a part of the crowd waiting. */
const LANE_COUNT = 3;

/**
 * Single statements that come hundreds of times a second. They share some connections, on which what is asked in one turn of the event
 * loop leaves in one write, planned once for each connection: taking a connection of the pool, writing and planning cost more than
 * such a read itself. Each statement is a transaction of its own.
 */
export class CrowdDatabase implements OnApplicationShutdown {
  private readonly lanes: Lane[];

  constructor(url: string) {
    this.lanes = Array.from({ length: LANE_COUNT }, () => new Lane(url));
  }

  /** @throws what the database threw, or that it does not answer */
  query<T extends object>(text: string, values: unknown[]): Promise<T[]> {
    // what leaves together costs one write: another lane only where this one is busy with something that left before
    const lane =
      this.lanes.find(({ isGathering }) => isGathering) ??
      this.lanes.reduce((best, other) => (other.askedCount < best.askedCount ? other : best));
    return lane.query<T>(text, values);
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all(this.lanes.map((lane) => lane.close()));
  }
}

class Lane {
  askedCount = 0;
  isGathering = false;
  private client: Promise<Client> | undefined;

  constructor(private readonly url: string) {}

  async query<T extends object>(text: string, values: unknown[]): Promise<T[]> {
    this.askedCount++;
    this.gather();
    try {
      const client = await (this.client ??= this.open());
      return (await client.query<T>(text, values)).rows;
    } finally {
      this.askedCount--;
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    await client?.end();
  }

  private gather(): void {
    if (this.isGathering) return;
    this.isGathering = true;
    setImmediate(() => (this.isGathering = false));
  }

  /** A connection that broke, or never came about, is opened anew by the next statement. */
  private open(): Promise<Client> {
    const opened = openPipelined(this.url);
    const forget = (): void => {
      if (this.client === opened) this.client = undefined;
    };
    opened.then((client) => client.on('end', forget).on('error', forget), forget);
    return opened;
  }
}

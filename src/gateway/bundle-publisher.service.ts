import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { PlanChangeFeed } from '../plan/plan-change-feed.service';
import { BundleBuilder } from './bundle-builder.service';

/** A bundle ages without any change: looked at this often. */
const LOOK_MILLISECONDS = 60_000;
const RETRY_MILLISECONDS = 2000;

/** Keeps the bundles and deltas of the platforms whose gateways have asked this process; which replica does the work, a lock decides. */
@Injectable()
export class BundlePublisher implements OnModuleDestroy {
  private readonly logger = new Logger(BundlePublisher.name);
  private readonly followed = new Map<number, { first: Promise<void>; all: Promise<void> }>();
  private readonly ending = new AbortController();

  constructor(
    private readonly changes: PlanChangeFeed,
    private readonly builder: BundleBuilder,
  ) {
    // each platform that is followed listens
    setMaxListeners(0, this.ending.signal);
  }

  /** From here on the platform is followed; resolves once its bundle was looked at for the first time. */
  follow(platformId: number): Promise<void> {
    let known = this.followed.get(platformId);
    if (!known) {
      let begin!: () => void;
      const first = new Promise<void>((resolve) => (begin = resolve));
      known = { first, all: this.run(platformId, begin) };
      this.followed.set(platformId, known);
    }
    return known.first;
  }

  async onModuleDestroy(): Promise<void> {
    this.ending.abort();
    await Promise.all([...this.followed.values()].map(({ all }) => all));
  }

  private async run(platformId: number, begin: () => void): Promise<void> {
    const { signal } = this.ending;
    let building: Promise<void> | undefined;
    while (!signal.aborted && !this.changes.hasClosed) {
      let bell;
      try {
        bell = await this.changes.subscribe(platformId);
        while (!signal.aborted && !this.changes.hasClosed) {
          const now = new Date();
          const { againMilliseconds, isBundleDue } = await this.builder.advance(platformId, now);
          // beside the loop: who books while it is built waits for nothing
          if (isBundleDue) building ??= this.build(platformId, now, begin).finally(() => (building = undefined));
          else begin();
          await bell.next(
            Math.min(againMilliseconds ?? (building ? RETRY_MILLISECONDS : LOOK_MILLISECONDS), LOOK_MILLISECONDS),
            signal,
          );
        }
      } catch (error) {
        begin();
        if (signal.aborted) break;
        this.logger.error(error instanceof Error ? error : String(error));
        await sleep(RETRY_MILLISECONDS, undefined, { signal }).catch(() => undefined);
      } finally {
        if (bell) this.changes.unsubscribe(platformId, bell);
      }
    }
    await building;
    begin();
  }

  /** A bundle that cannot be built is told of and tried again when the platform is looked at next. */
  private async build(platformId: number, now: Date, begin: () => void): Promise<void> {
    try {
      await this.builder.renew(platformId, now);
    } catch (error) {
      if (!this.ending.signal.aborted) this.logger.error(error instanceof Error ? error : String(error));
    } finally {
      begin();
    }
  }
}

import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { CalendarChanges } from '../calendar/calendar-changes';
import { CapacityChanges } from '../capacity/capacity-changes';
import { boundedLock, isLockHeld, retried } from '../common/database';
import { LedgerService } from './ledger.service';
import { LedgerStore } from './ledger.store';

const LOOK_INTERVAL_MILLISECONDS = 1000;
/** Many batches of bookings long; a publication takes longer, and is looked at again. */
const LOCK_MILLISECONDS = 200;

/**
 * Keeps the limits of the ledger at what capacity and calendar say: those of a platform's capacity in the transaction that changes it. A
 * day that opens or closes is of all platforms, and no transaction takes the locks of several: it notes them, and each is followed in one
 * of its own, at once where its lock is to be had and within a second of its end where not, by any replica.
 */
@Injectable()
export class LedgerFollower implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(LedgerFollower.name);
  private look: NodeJS.Timeout | undefined;
  private following: Promise<void> | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly capacityChanges: CapacityChanges,
    private readonly calendarChanges: CalendarChanges,
    private readonly ledgerStore: LedgerStore,
    private readonly ledger: LedgerService,
  ) {}

  onModuleInit(): void {
    this.capacityChanges.add(async (tx, { platformId, firstCell, endCell }) => {
      await this.ledger.refreshLimits(platformId, firstCell, endCell, tx);
    });
    this.calendarChanges.add((tx) => this.ledgerStore.noteStale(tx));
    // what fails now is noted, and looked at again
    this.calendarChanges.addFollower(() => this.followInTurn().catch((error: unknown) => this.logger.warn(error)));
  }

  onApplicationBootstrap(): void {
    this.look = setInterval(() => {
      // the database may be away, or not migrated yet: the next look finds what this one missed
      if (!this.following) this.followInTurn().catch((error: unknown) => this.logger.debug(error));
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.look);
    await this.following?.catch(() => undefined);
  }

  /** Two of one process would be in the way of each other: a change waits for the look that is under way, which may have begun before it. */
  private followInTurn(): Promise<void> {
    const before = this.following?.catch(() => undefined) ?? Promise.resolve();
    const mine = before.then(() => this.follow());
    this.following = mine;
    return mine.finally(() => {
      if (this.following === mine) this.following = undefined;
    });
  }

  /** Follows on each platform that is noted, but those whose lock is not to be had now. */
  private async follow(): Promise<void> {
    for (const platformId of await this.ledgerStore.stale()) {
      try {
        // looked at again as a whole, it is not patient by itself: the other platforms are next
        const followed = async (tx: EntityManager): Promise<void> => {
          await boundedLock(tx, platformId, LOCK_MILLISECONDS);
          const mark = await this.ledgerStore.staleMark(tx, platformId);
          if (mark === undefined) return;
          await this.ledger.refreshLimits(platformId, null, null, tx);
          await this.ledgerStore.followed(tx, platformId, mark);
        };
        await retried(() => this.database.transaction(followed));
      } catch (error) {
        if (!isLockHeld(error)) throw error;
      }
    }
  }
}

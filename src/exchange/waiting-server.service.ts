import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/actor';
import { BookingJournal } from '../booking/booking-journal';
import { BookingPreparation } from '../booking/booking-preparation.service';
import type { KeyedWork } from '../booking/booking-work';
import { HoldStore } from '../booking/hold.store';
import { advisoryLock, inTransaction } from '../common/database';
import { DomainError } from '../common/domain-error';
import { Sequencer } from '../plan/sequencer.service';
import { type WaitingRow, WaitingStore } from './waiting.store';
import { OfferWork, TakeWork } from './waiting-work';

const LOOK_INTERVAL_MILLISECONDS = 1000;

/**
 * Gives room that came free to who waits for it, in the order of the list. Whether room may have come free is seen by marks in the
 * database, so that it does not matter who gave it, on which replica, nor who died meanwhile; a platform is served by one replica
 * at a time, under a lock of its own, and every offer is decided by the sequencer.
 */
@Injectable()
export class WaitingServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WaitingServer.name);
  private readonly servedMarks = new Map<number, string>();
  private look: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly preparation: BookingPreparation,
    private readonly sequencer: Sequencer,
    private readonly journal: BookingJournal,
    private readonly holds: HoldStore,
    private readonly store: WaitingStore,
  ) {}

  onApplicationBootstrap(): void {
    this.look = setInterval(() => {
      // the database may be away, or not migrated yet: the next look finds what this one missed
      this.looking ??= this.lookAround()
        .catch((error: unknown) => this.logger.debug(error))
        .finally(() => (this.looking = undefined));
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    clearInterval(this.look);
    await this.looking;
  }

  /** Tries every entry of a platform in order. */
  serve(platformId: number): Promise<void> {
    return inTransaction(this.database, async (tx) => {
      await advisoryLock(tx, 'waiting', platformId);
      const entries = await this.store.waiting(platformId, new Date());
      const works = (await Promise.all(entries.map((entry) => this.workOf(entry)))).filter(
        (work) => work !== undefined,
      );
      // the sequencer decides in the order in which it is asked; who finds no room is refused and waits on
      await Promise.all(works.map((work) => this.sequencer.submit(work)));
    });
  }

  private async lookAround(): Promise<void> {
    for (const { platformId, mark } of await this.store.marks(new Date())) {
      if (this.servedMarks.get(platformId) === mark) continue;
      await this.serve(platformId);
      this.servedMarks.set(platformId, mark);
    }
  }

  /** An entry that cannot even be prepared (its window is gone, its day was closed) waits on until its time is over. */
  private async workOf(entry: WaitingRow): Promise<KeyedWork | undefined> {
    const actor: Actor = { role: 'machine', subject: entry.askedBy };
    try {
      const prepared = await this.preparation.prepareAgain(actor, entry.request);
      const parts = { id: randomUUID(), actor, reason: entry.reason, key: null, prepared, journal: this.journal };
      return entry.takesAutomatically
        ? new TakeWork(parts, entry, this.store)
        : new OfferWork(parts, entry, this.holds, this.store);
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
}

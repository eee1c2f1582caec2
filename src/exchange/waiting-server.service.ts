import { randomUUID } from 'node:crypto';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { BookingJournal } from '../booking/booking-journal';
import { BookingPreparation } from '../booking/booking-preparation.service';
import type { KeyedWork } from '../booking/booking-work';
import { HoldStore } from '../booking/hold.store';
import { DomainError } from '../common/domain-error';
import { KeptRoom } from '../plan/kept-room';
import type { SequencedOutcome } from '../plan/sequencer';
import { Sequencer } from '../plan/sequencer.service';
import { type WaitingRow, WaitingStore } from './waiting.store';
import { endOfRound, type KeptIds, OfferWork, TakeWork } from './waiting-work';

const LOOK_INTERVAL_MILLISECONDS = 1000;

const SERVER: Actor = Object.freeze({ role: 'machine', subject: 'waiting-list' });

/**
 * Gives room that came free to who waits for it, in the order of the list: at once where this replica kept it (`KeptRoom`), and
 * whenever marks in the database say that room may have come free, so that it does not matter who gave it, on which replica, nor who
 * died meanwhile. Two replicas may serve a platform at a time: each tries every entry before those that came after it, and the
 * sequencer decides, so that each place is offered once.
 */
@Injectable()
export class WaitingServer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(WaitingServer.name);
  private readonly servedMarks = new Map<number, string>();
  /** Platforms that are served for room that was kept, and whether more was kept meanwhile. */
  private readonly rounds = new Map<number, { isAskedAgain: boolean; ended: Promise<void> }>();
  private look: NodeJS.Timeout | undefined;
  private looking: Promise<void> | undefined;
  private isClosing = false;

  constructor(
    private readonly preparation: BookingPreparation,
    private readonly sequencer: Sequencer,
    keptRoom: KeptRoom,
    private readonly journal: BookingJournal,
    private readonly holds: HoldStore,
    private readonly store: WaitingStore,
  ) {
    keptRoom.servedBy({
      waitedCells: (tx, platformId, now) => store.waitedCells(tx, platformId, now),
      endOffers: (tx, platformId, cells, now) => store.endOffers(tx, platformId, cells, now),
      roomKept: (platformId) => this.serveSoon(platformId),
    });
  }

  onApplicationBootstrap(): void {
    this.look = setInterval(() => {
      // the database may be away, or not migrated yet: the next look finds what this one missed
      this.looking ??= this.lookAround()
        .catch((error: unknown) => this.logger.debug(error))
        .finally(() => (this.looking = undefined));
    }, LOOK_INTERVAL_MILLISECONDS).unref();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    clearInterval(this.look);
    await this.looking;
    for (const { ended } of [...this.rounds.values()]) await ended;
  }

  /** Tries every entry of a platform in order, or those alone who wait for room that is kept, and gives what is left of it back. */
  async serve(platformId: number, isKeptRoomOnly = false): Promise<void> {
    // whatever has expired until now is kept first: any batch ends it
    if (!isKeptRoomOnly) await this.sequencer.submit(endOfRound(SERVER, platformId, new Set()));
    const held = await this.store.keptHolds(platformId);
    if (isKeptRoomOnly && held.length === 0) return;
    // who came after the room was kept stands at the end of the list
    const entries = await this.store.waiting(platformId, new Date(), isKeptRoomOnly ? held : undefined);
    const keptIds: KeptIds = new Set(held);
    const works = await Promise.all(entries.map((entry) => this.workOf(entry, keptIds)));
    // the sequencer decides in the order in which it is asked; who finds no room is refused and waits on
    const asked = entries.flatMap(({ id }, i) => (works[i] ? [{ id, outcome: this.sequencer.submit(works[i]) }] : []));
    const last = held.length === 0 ? undefined : this.sequencer.submit(endOfRound(SERVER, platformId, keptIds));
    const outcomes = await Promise.all(asked.map(({ outcome }) => outcome));
    await last;
    const met = asked.filter((_, i) => isMet(outcomes[i]!));
    if (met.length > 0) await this.store.meet(met.map(({ id }) => id));
  }

  private serveSoon(platformId: number): void {
    const running = this.rounds.get(platformId);
    if (running) {
      running.isAskedAgain = true;
      return;
    }
    const round = { isAskedAgain: false, ended: Promise.resolve() };
    this.rounds.set(platformId, round);
    const serveAll = async (): Promise<void> => {
      do {
        round.isAskedAgain = false;
        await this.serve(platformId, true);
      } while (round.isAskedAgain && !this.isClosing);
    };
    round.ended = serveAll()
      // the next look serves it, or what was kept ends by itself
      .catch((error: unknown) => this.logger.debug(error))
      .finally(() => this.rounds.delete(platformId));
  }

  private async lookAround(): Promise<void> {
    for (const { platformId, mark } of await this.store.marks(new Date())) {
      if (this.servedMarks.get(platformId) === mark) continue;
      try {
        await this.serve(platformId);
        this.servedMarks.set(platformId, mark);
      } catch (error) {
        // the next look tries it again; the platforms behind it do not wait for that
        this.logger.debug(error);
      }
    }
  }

  /** An entry that cannot even be prepared (its window is gone, its day was closed) waits on until its time is over. */
  private async workOf(entry: WaitingRow, keptIds: KeptIds): Promise<KeyedWork | undefined> {
    const actor: Actor = { role: 'machine', subject: entry.askedBy };
    try {
      const prepared = await this.preparation.prepareAgain(actor, entry.request);
      const parts = { id: randomUUID(), actor, reason: entry.reason, key: null, prepared, journal: this.journal };
      return entry.takesAutomatically
        ? new TakeWork(parts, entry, keptIds, this.store)
        : new OfferWork(parts, entry, keptIds, this.holds, this.store);
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
}

const isMet = (outcome: SequencedOutcome): boolean =>
  outcome.kind === 'refused' && outcome.error.code === 'waiting.met';

import { Injectable } from '@nestjs/common';
import { Sequencer } from '../plan/sequencer.service';
import { ZonedInstants } from '../plan/zoned-instants';
import { BookingRefused } from './booking.errors';
import { BookingJournal } from './booking-journal';
import type { KeyedWork, RequestKey } from './booking-work';

/** Requests that name themselves: each is done once and answered alike, however often and wherever it comes. */
@Injectable()
export class KeyedRequests {
  private readonly instants = new ZonedInstants();
  /** Keys of requests that are under way in this replica; another one's are decided by the platform's lock. */
  private readonly underWay = new Set<string>();

  constructor(
    private readonly journal: BookingJournal,
    private readonly sequencer: Sequencer,
  ) {}

  /**
   * The answer that was given before, else that of `work`. What `prepare` reads for it is read while the answer is looked for, and
   * what it finds wrong counts only where there is none. @throws BookingRefused for a key of another request
   */
  async once<T extends object, P = void>(
    key: RequestKey,
    work: (prepared: P) => Promise<T>,
    prepare?: () => Promise<P>,
  ): Promise<T> {
    const name = `${key.subject}\n${key.key}`;
    if (this.underWay.has(name)) {
      throw new BookingRefused('key_in_progress', 'conflict', 'The same request is being worked on.');
    }
    this.underWay.add(name);
    try {
      const [answer, prepared] = await Promise.allSettled([this.journal.find(key), prepare?.()]);
      if (answer.status === 'rejected') throw answer.reason;
      if (answer.value !== undefined) return answer.value as T;
      if (prepared.status === 'rejected') throw prepared.reason;
      return await work(prepared.value as P);
    } finally {
      this.underWay.delete(name);
    }
  }

  /** Resolves after the commit. @throws DomainError where it is refused */
  async submit<T extends object>(work: KeyedWork): Promise<T> {
    const outcome = await this.sequencer.submit(work);
    if (outcome.kind === 'refused') throw outcome.error;
    return (outcome.kind === 'repeated' ? outcome.answer : work.answer(outcome, this.instants)) as T;
  }
}

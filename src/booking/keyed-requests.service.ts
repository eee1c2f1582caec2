import { Injectable } from '@nestjs/common';
import { DomainError } from '../common/domain-error';
import { PlanNotPublished } from '../plan/plan.errors';
import type { LedgerState } from '../plan/sequencer.rules';
import { Sequencer } from '../plan/sequencer.service';
import { ZonedInstants } from '../plan/zoned-instants';
import { BookingRefused } from './booking.errors';
import { BookingJournal } from './booking-journal';
import type { KeyedWork, RequestKey } from './booking-work';

/** How often a request is prepared, each time for the plan that is in force then. */
const MOST_ATTEMPTS = 3;

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
   * The answer that was given before, else that of `work`. With `prepare`, the sequencer finds the earlier answer under the platform's
   * lock. What is found wrong counts only where there is no answer still: the same request may have been done by another replica since this
   * one looked, and what it did is what is wrong now. @throws BookingRefused for a key of another request
   */
  async once<T extends object>(key: RequestKey, work: () => Promise<T>): Promise<T>;
  async once<T extends object, P>(
    key: RequestKey,
    work: (prepared: P) => Promise<T>,
    prepare: () => Promise<P>,
  ): Promise<T>;
  async once<T extends object, P>(
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
      return await anew(() => this.attempt(key, work, prepare));
    } finally {
      this.underWay.delete(name);
    }
  }

  private async attempt<T extends object, P>(
    key: RequestKey,
    work: (prepared: P) => Promise<T>,
    prepare: (() => Promise<P>) | undefined,
  ): Promise<T> {
    if (!prepare) {
      const answer = (await this.journal.find(key)) as T | undefined;
      return answer ?? (await work(undefined as P).catch((error: unknown) => this.answerInsteadOf<T>(key, error)));
    }
    let prepared: P;
    try {
      prepared = await prepare();
    } catch (error) {
      return await this.answerInsteadOf<T>(key, error);
    }
    return work(prepared);
  }

  /** The answer to a request that has one by now, else what was found wrong. @throws DomainError, what failed */
  private async answerInsteadOf<T>(key: RequestKey, error: unknown): Promise<T> {
    const answer = error instanceof DomainError ? await this.journal.find(key) : undefined;
    if (answer === undefined) throw error;
    return answer as T;
  }

  /** Resolves after the commit; `explain` says more of a refusal to which more is to be said. @throws DomainError where it is refused */
  async submit<T extends object>(
    work: KeyedWork,
    explain?: (error: DomainError, state: LedgerState) => Promise<T>,
  ): Promise<T> {
    const outcome = await this.sequencer.submit(work);
    if (outcome.kind === 'refused') {
      const { error, state } = outcome;
      if (explain && state && work.isExplained(error)) return explain(error, state);
      throw error;
    }
    return (outcome.kind === 'repeated' ? outcome.answer : work.answer(outcome, this.instants)) as T;
  }
}

/** Once more from the beginning where another plan came into force while the request was on its way: it is about windows, not about a plan. */
async function anew<T>(attempt: () => Promise<T>): Promise<T> {
  for (let left = MOST_ATTEMPTS - 1; ; left--) {
    try {
      return await attempt();
    } catch (error) {
      if (left === 0 || !(error instanceof PlanNotPublished)) throw error;
    }
  }
}

import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError } from '../common/domain-error';
import type { LedgerState, WindowChange } from '../plan/sequencer.rules';
import { Sequencer } from '../plan/sequencer.service';
import { BookingJournal } from './booking-journal';
import { needsOf } from './booking-needs.rules';
import { ALTERNATIVE_COUNT, insteadOf, isExplainable } from './booking-operation';
import { decideBooking } from './booking-operation.rules';
import type { Prepared } from './booking-preparation.service';
import type { RequestKey } from './booking-work';
import { OtherDays } from './other-days.service';
import { SwapPartners } from './swap-partners.service';

/** Refusals for which somebody may swap. */
const WITH_PARTNERS = new Set(['booking.cell_full', 'booking.conflict', 'booking.establishment_full']);

/** What instead, of one window that has no place where it is wanted: looked for after the refusal, outside of the platform's lock. */
@Injectable()
export class BookingRefusals {
  constructor(
    private readonly partners: SwapPartners,
    private readonly otherDays: OtherDays,
    private readonly journal: BookingJournal,
    private readonly sequencer: Sequencer,
  ) {}

  /**
   * What a request that is only tried now would change, or the answer that another replica gave the same request meanwhile.
   * @throws DomainError its refusal, explained and kept
   */
  async tried(
    key: RequestKey,
    actor: Actor,
    prepared: Prepared,
    now: Date,
  ): Promise<{ changes: WindowChange[] } | { answer: object }> {
    const { owner, owners, operation, windows, seen } = prepared;
    const { state } = await this.sequencer.peek(owner.platformId, [needsOf(operation, owners, windows)]);
    try {
      return { changes: decideBooking(operation, owner.planId, seen, state, now) };
    } catch (error) {
      if (!(error instanceof DomainError) || !isExplainable(operation, error)) throw error;
      return { answer: await this.explain(key, actor, prepared, error, state) };
    }
  }

  /**
   * Says more of a refusal and keeps it; `state` is what it was decided on. The answer of the same request where another replica gave
   * one meanwhile. @throws DomainError the refusal
   */
  async explain(
    key: RequestKey,
    actor: Actor,
    prepared: Prepared,
    error: DomainError,
    state: LedgerState,
  ): Promise<object> {
    const present = error.facts.alternatives as readonly object[];
    const asked = wantedOf(prepared);
    const [elsewhere, swapPartners] = await Promise.all([
      present.length < ALTERNATIVE_COUNT ? this.otherDays.alternatives(asked) : [],
      // who adds a window has none to give for it
      asked.operation.kind === 'move' && WITH_PARTNERS.has(error.code) ? this.partners.of(actor, asked, state) : [],
    ]);
    const alternatives = [...present, ...elsewhere].slice(0, ALTERNATIVE_COUNT);
    const explained = new DomainError(error.code, error.kind, error.message, {
      ...error.facts,
      alternatives,
      swapPartners,
    });
    return this.journal.keepRefusal(key, prepared.owner.platformId, explained);
  }
}

/** What was wanted for the own windows, with them where they stand. */
function wantedOf(prepared: Prepared): Prepared {
  const operation = insteadOf(prepared.operation);
  if (!operation) throw new Error(`a ${prepared.operation.kind} has nothing instead`);
  const own = new Set(operation.targets.map(({ windowId }) => windowId));
  const done = prepared.operation.kind === 'undo' ? prepared.operation.done : [];
  const standing = new Map(done.flatMap(({ after }) => (after ? [[after.windowId, after]] : [])));
  const windows = prepared.windows
    .filter(({ windowId }) => own.has(windowId))
    .map((window) => {
      const { date, startCell } = standing.get(window.windowId) ?? window;
      return { ...window, date, startCell };
    });
  return { ...prepared, operation, windows };
}

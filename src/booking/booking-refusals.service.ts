import { Injectable } from '@nestjs/common';
import type { Actor } from '../access/actor';
import { DomainError } from '../common/domain-error';
import type { LedgerState } from '../plan/sequencer.rules';
import { BookingJournal } from './booking-journal';
import type { Prepared } from './booking-preparation.service';
import type { RequestKey } from './booking-work';
import { OtherDays } from './other-days.service';
import { SwapPartners } from './swap-partners.service';

/** Refusals for which somebody may swap. */
const WITH_PARTNERS = new Set(['booking.cell_full', 'booking.conflict']);

/** What instead, of one window that has no place where it is wanted: looked for after the refusal, outside of the platform's lock. */
@Injectable()
export class BookingRefusals {
  constructor(
    private readonly partners: SwapPartners,
    private readonly otherDays: OtherDays,
    private readonly journal: BookingJournal,
  ) {}

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
    const isSwap = prepared.operation.kind === 'move' && WITH_PARTNERS.has(error.code);
    const [alternatives, swapPartners] = await Promise.all([
      present.length > 0 ? present : this.otherDays.alternatives(prepared),
      // who adds a window has none to give for it
      isSwap ? this.partners.of(actor, prepared, state) : [],
    ]);
    const explained = new DomainError(error.code, error.kind, error.message, { ...error.facts, alternatives, swapPartners }); // prettier-ignore
    return this.journal.keepRefusal(key, prepared.owner.platformId, explained);
  }
}

import { Injectable } from '@nestjs/common';
import { type Actor, answersFor } from '../access/actor';
import { zonedInstantOfCell } from '../common/civil-time';
import { DomainError } from '../common/domain-error';
import { cellOfSeconds } from '../kernel/cell-grid';
import type { SequencerNeeds } from '../plan/sequencer';
import { Sequencer } from '../plan/sequencer.service';
import { BookingFactsStore } from './booking-facts.store';
import { BookingJournal } from './booking-journal';
import { needsOf } from './booking-needs.rules';
import { decideBooking } from './booking-operation.rules';
import type { FoundWindow } from './booking-owner';
import { BookingPreparation, type Prepared } from './booking-preparation.service';
import type { RequestKey } from './booking-work';
import { cellOfStart } from './place.rules';

const PARTNER_COUNT = 3;
/** More than are named: some cannot take the place that they would get. */
const CANDIDATE_COUNT = 8;
const WITH_PARTNERS = new Set(['booking.cell_full', 'booking.conflict']);

/** Somebody who has the wanted place and could take the present one. */
export interface SwapPartner {
  windowId: number;
  /** For If-Match, as `withRevision` of the swap. */
  revision: number;
  uai: string;
  classId: number | null;
  startsAt: string;
  /** The asker answers for both sides: no consent is needed. */
  isOwn: boolean;
}

/** Whom a head who is refused a place could swap with. */
@Injectable()
export class SwapPartners {
  constructor(
    private readonly store: BookingFactsStore,
    private readonly preparation: BookingPreparation,
    private readonly sequencer: Sequencer,
    private readonly journal: BookingJournal,
  ) {}

  /** The refusal of a move, with up to three `swapPartners`; kept so, that the same request gets the same answer. Other errors as they are. */
  async explain(error: unknown, actor: Actor, key: RequestKey, prepared: Prepared): Promise<unknown> {
    const { operation } = prepared;
    if (!(error instanceof DomainError) || !WITH_PARTNERS.has(error.code)) return error;
    // asked again: the answer of then names the partners of then
    if (operation.kind !== 'move' || operation.targets.length !== 1 || 'swapPartners' in error.facts) return error;
    const swapPartners = await this.partners(actor, prepared.windows[0]!, prepared);
    const explained = new DomainError(error.code, error.kind, error.message, { ...error.facts, swapPartners });
    await this.journal.amendRefusal(key, explained);
    return explained;
  }

  private async partners(actor: Actor, window: FoundWindow, { operation, owner }: Prepared): Promise<SwapPartner[]> {
    if (operation.kind !== 'move') return [];
    const { day, startMinute } = operation.targets[0]!;
    const startCell = cellOfStart(day, startMinute, owner.timeZone);
    const found = await this.store.holdersOf(window, owner.departmentId, startCell, CANDIDATE_COUNT);
    const swaps = await Promise.all(found.map((holder) => this.swapWith(actor, window, holder.windowId)));
    const possible = swaps.filter((swap) => swap !== undefined);
    if (possible.length === 0) return [];
    const needs = possible.map((swap) => needsOf(swap.operation, swap.owners, swap.windows)).reduce(bothNeeds);
    const { state } = await this.sequencer.peek(owner.platformId, needs);
    const now = new Date();
    const partners: SwapPartner[] = [];
    for (const swap of possible) {
      if (partners.length === PARTNER_COUNT) break;
      try {
        decideBooking(swap.operation, owner.planId, new Map(), state, now, false);
      } catch (error) {
        if (error instanceof DomainError) continue;
        throw error;
      }
      const other = state.window(swap.windows[1]!.windowId)!;
      // it has moved since it was looked up
      if (other.startCell !== startCell || other.startCell <= cellOfSeconds(now.getTime() / 1000)) continue;
      const { uai, timeZone } = swap.owners[1]!;
      partners.push({
        windowId: other.windowId,
        revision: state.revisionOf(other),
        uai,
        classId: other.classId,
        startsAt: zonedInstantOfCell(other.startCell, timeZone),
        isOwn: answersFor(actor, uai),
      });
    }
    return partners;
  }

  /** The swap where both places lie within the hours of who would get them. */
  private async swapWith(actor: Actor, window: FoundWindow, withWindowId: number): Promise<Prepared | undefined> {
    try {
      return await this.preparation.prepare(
        actor,
        { operation: 'swap', windowId: window.windowId, withWindowId },
        undefined,
      );
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }
}

function bothNeeds(a: SequencerNeeds, b: SequencerNeeds): SequencerNeeds {
  const both = (name: 'windowIds' | 'classIds' | 'establishmentIds' | 'teacherKeyIds'): number[] => [
    ...new Set([...a[name], ...b[name]]),
  ];
  return {
    windowIds: both('windowIds'),
    classIds: both('classIds'),
    establishmentIds: both('establishmentIds'),
    teacherKeyIds: both('teacherKeyIds'),
    firstCell: Math.min(a.firstCell, b.firstCell),
    endCell: Math.max(a.endCell, b.endCell),
    cellRanges: [...a.cellRanges, ...b.cellRanges],
    newWindowCount: 0,
  };
}

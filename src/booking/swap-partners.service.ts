import { Injectable } from '@nestjs/common';
import { type Actor, answersFor } from '../access/actor';
import { civilOfCell, zonedInstantOfCell } from '../common/civil-time';
import { DomainError } from '../common/domain-error';
import { GatheredRead } from '../common/gathered-read';
import type { LedgerState } from '../plan/sequencer.rules';
import { Sequencer } from '../plan/sequencer.service';
import { BookingFactsService } from './booking-facts.service';
import { needsOf } from './booking-needs.rules';
import type { Operation, Target } from './booking-operation';
import { decideBooking } from './booking-operation.rules';
import type { BookingOwner, FoundWindow, PlaceHolder } from './booking-owner';
import type { Prepared } from './booking-preparation.service';
import { cellOfStart, refusalOfHours } from './place.rules';

const PARTNER_COUNT = 3;

/** Somebody who has the wanted place and could take the present one. */
export interface SwapPartner {
  windowId: number;
  /** For If-Match, as `withRevision` of the swap. */
  revision: number;
  uai: string;
  establishmentName: string;
  classId: number | null;
  /** Null for a window of the whole establishment. */
  classCode: string | null;
  startsAt: string;
  /** The asker answers for both sides: no consent is needed. */
  isOwn: boolean;
}

interface Swap {
  operation: Extract<Operation, { kind: 'swap' }>;
  owners: readonly [BookingOwner, BookingOwner];
  windows: readonly [FoundWindow, PlaceHolder];
  /** Where the other window has to stand still for the swap to give the wanted place. */
  startCell: number;
}

interface AskedSwaps {
  state: LedgerState;
  swaps: readonly Swap[];
}

/** Whom a head who is refused a place could swap with; a crowd's refusals are looked into together. */
@Injectable()
export class SwapPartners {
  private readonly possible = new GatheredRead((asked: AskedSwaps[]) => this.decide(asked));

  constructor(
    private readonly facts: BookingFactsService,
    private readonly sequencer: Sequencer,
  ) {}

  /** Up to three partners for the move of a window that was refused; `state` is what it was decided on. */
  async of(actor: Actor, { operation, windows }: Prepared, state: LedgerState): Promise<SwapPartner[]> {
    if (operation.kind !== 'move') throw new Error(`a ${operation.kind} has no swap partners`);
    return this.partners(actor, windows[0]!, operation.targets[0]!, state);
  }

  private async partners(
    actor: Actor,
    window: FoundWindow,
    target: Target,
    state: LedgerState,
  ): Promise<SwapPartner[]> {
    const { owner, day, startMinute } = target;
    const startCell = cellOfStart(day, startMinute, owner.timeZone);
    const holders = await this.facts.holdersOf(window, owner.departmentId, startCell);
    const swaps = (await Promise.all(holders.map((holder) => this.swapWith(window, holder, target, startCell)))).filter(
      (swap) => swap !== undefined,
    );
    if (swaps.length === 0) return [];
    const found = await this.possible.get({ state, swaps });
    return found.slice(0, PARTNER_COUNT).map(({ swap: { owners, windows }, revision }) => ({
      windowId: windows[1].windowId,
      revision,
      uai: owners[1].uai,
      establishmentName: windows[1].establishmentName,
      classId: windows[1].classId,
      classCode: windows[1].classCode,
      startsAt: zonedInstantOfCell(startCell, owners[1].timeZone),
      isOwn: answersFor(actor, owners[1].uai),
    }));
  }

  /** The swap, where the present place lies within the hours of who would get it. */
  private async swapWith(
    window: FoundWindow,
    holder: PlaceHolder,
    wanted: Target,
    startCell: number,
  ): Promise<Swap | undefined> {
    try {
      const owner = await this.facts.ownerOfWindow(holder, [window.date]);
      const { on, minuteOfDay } = civilOfCell(window.startCell, owner.timeZone);
      const day = owner.days.get(on);
      if (!day || refusalOfHours(owner, day, minuteOfDay, holder.cellCount)) return undefined;
      const given = { owner, windowId: holder.windowId, day, startMinute: minuteOfDay, cellCount: holder.cellCount };
      const operation = { kind: 'swap', targets: [wanted, given], isSeries: false } as const;
      return { operation, owners: [wanted.owner, owner], windows: [window, holder], startCell };
    } catch (error) {
      if (error instanceof DomainError) return undefined;
      throw error;
    }
  }

  /** Of each list the swaps that could be made now, with the revision of the other window. */
  private async decide(asked: AskedSwaps[]): Promise<{ swap: Swap; revision: number }[][]> {
    const swapsOf = new Map<LedgerState, Swap[]>();
    for (const { state, swaps } of asked) swapsOf.set(state, [...(swapsOf.get(state) ?? []), ...swaps]);
    const glances = await Promise.all(
      [...swapsOf].map(async ([state, swaps]) => {
        const needs = swaps.map(({ operation, owners, windows }) => needsOf(operation, owners, windows));
        return [state, await this.sequencer.glance(state, needs)] as const;
      }),
    );
    const glanceOf = new Map(glances);
    const now = new Date();
    return asked.map(({ state: decidedOn, swaps }) => {
      const state = glanceOf.get(decidedOn)!;
      return swaps.flatMap((swap) => {
        const other = state.window(swap.windows[1].windowId);
        if (other?.startCell !== swap.startCell || !isPossible(swap, state, now)) return [];
        return [{ swap, revision: state.revisionOf(other) }];
      });
    });
  }
}

function isPossible({ operation, windows }: Swap, state: LedgerState, now: Date): boolean {
  try {
    decideBooking(operation, windows[0].planId, new Map(), state, now, false);
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

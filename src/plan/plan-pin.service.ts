import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { PlanLoadStore } from './plan-load.store';
import { PlanPinStore } from './plan-pin.store';
import { PlanWindowStore } from './plan-window.store';
import { PlanBookingsInTheWay, PlanOverlap } from './plan.errors';

/**
 * Nobody loses a booking to a replan: whatever was moved, added or released in the live plan is so in the plan that takes its place,
 * checked again, or the publication is refused and another replan asked for. The platform's lock is held.
 */
@Injectable()
export class PlanPinService {
  constructor(
    private readonly pins: PlanPinStore,
    private readonly windows: PlanWindowStore,
    private readonly loads: PlanLoadStore,
  ) {}

  /** @throws PlanBookingsInTheWay */
  async pin(tx: EntityManager, liveId: number, nextId: number): Promise<void> {
    if (!(await this.pins.hasBookings(tx, liveId))) return;
    const unpinnable = await this.pins.unpinnable(tx, liveId, nextId);
    if (unpinnable.length > 0) throw new PlanBookingsInTheWay(nextId, unpinnable, 'windows of another length or kind');
    const removedCount = await this.pins.removeReleased(tx, liveId, nextId);
    const { movedCount, addedCount } = await this.pins.place(tx, liveId, nextId);
    if (removedCount + movedCount + addedCount === 0) return;
    await this.pins.addToWindowCount(tx, nextId, addedCount - removedCount);
    await this.loads.recomputeLoad(tx, nextId);
    try {
      await this.windows.checkOverlaps(tx, nextId);
    } catch (error) {
      if (!(error instanceof PlanOverlap)) throw error;
      throw new PlanBookingsInTheWay(nextId, error.facts.windowIds as number[], 'somebody would be in two windows');
    }
    const crowded = await this.pins.crowded(tx, liveId, nextId);
    if (crowded.length > 0) throw new PlanBookingsInTheWay(nextId, crowded, 'more windows at once than a line takes');
  }
}

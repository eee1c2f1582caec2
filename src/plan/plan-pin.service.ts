import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { LOOPBACK_OPERATOR } from '../access/actor';
import { CampaignService } from '../campaign/campaign.service';
import { compileRule, ruleOfLevels } from '../campaign/compiled-rule';
import { PlanLoadStore } from './plan-load.store';
import { PlanPinStore } from './plan-pin.store';
import { PlanWindowStore } from './plan-window.store';
import { PlanBookingsInTheWay, PlanOverlap } from './plan.errors';
import type { PlanSummary } from './plan.store';

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
    private readonly campaigns: CampaignService,
  ) {}

  /** For a rollback the gap between windows of a class is no reason: no other plan could be had instead. @throws PlanBookingsInTheWay */
  async pin(tx: EntityManager, liveId: number, next: PlanSummary, isRollback: boolean): Promise<void> {
    const nextId = next.id;
    if (!(await this.pins.hasBookings(tx, liveId))) return;
    const unpinnable = await this.pins.unpinnable(tx, liveId, nextId);
    if (unpinnable.length > 0) throw new PlanBookingsInTheWay(nextId, unpinnable, 'windows of another length or kind');
    const removedCount =
      (await this.pins.removeReleased(tx, liveId, nextId)) + (await this.pins.removeTaken(tx, liveId, nextId));
    const { movedCount, addedCount } = await this.pins.place(tx, liveId, nextId);
    if (removedCount + movedCount + addedCount === 0) return;
    await this.pins.addToWindowCount(tx, nextId, addedCount - removedCount);
    await this.loads.recomputeLoad(tx, nextId);
    try {
      await this.windows.checkOverlaps(tx, nextId, liveId);
    } catch (error) {
      if (!(error instanceof PlanOverlap)) throw error;
      throw new PlanBookingsInTheWay(nextId, error.facts.windowIds as number[], 'somebody would be in two windows');
    }
    const near = isRollback ? [] : await this.tooNear(tx, liveId, next);
    if (near.length > 0)
      throw new PlanBookingsInTheWay(nextId, near, 'a class would have less than its gap between windows');
    const crowded = await this.pins.crowded(tx, liveId, nextId);
    if (crowded.length > 0) throw new PlanBookingsInTheWay(nextId, crowded, 'more windows at once than a line takes');
  }

  /** Booked windows that the next plan brings nearer to another one of their class than the campaign's rule allows. */
  private async tooNear(tx: EntityManager, liveId: number, { id, campaignId }: PlanSummary): Promise<number[]> {
    const { rules } = await this.campaigns.find(LOOPBACK_OPERATOR, campaignId);
    const compiled = rules.windows.map(compileRule);
    const widest = Math.max(...compiled.map(({ gapCells }) => gapCells));
    if (widest === 0) return [];
    const neighbours = await this.pins.neighbours(tx, liveId, id, widest);
    const near = neighbours.filter(
      ({ levels, apartCells }) => apartCells < (ruleOfLevels(compiled, levels)?.gapCells ?? 0),
    );
    return [...new Set(near.map(({ windowId }) => windowId))];
  }
}

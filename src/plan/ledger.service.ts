import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { THE_SERVICE } from '../audit/audit-entry';
import { type CapacityCells, limitOf } from '../capacity/capacity-cells';
import { CapacityService } from '../capacity/capacity.service';
import { advisoryLock, inTransaction, sqlFailure } from '../common/database';
import { CELLS_PER_DAY } from '../kernel/cell-grid';
import { grownRoom, KEPT_HOLDER_ID, keptHold, KeptRoom } from './kept-room';
import { LedgerStore, type Revision } from './ledger.store';
import { type CellLoad, type CellRange, combined } from './plan-curve.rules';
import { PlanLoadStore } from './plan-load.store';
import { type OverfullCell, PlanOverCapacity } from './plan.errors';
import { NOTHING_NEEDED } from './sequencer';
import { type HoldChange, LedgerState } from './sequencer.rules';
import { SequencerStore } from './sequencer.store';

// cells are 4-byte integers
const FIRST_CELL = -2_147_483_648;
const END_CELL = 2_147_483_647;
/** The longest range that is worked on at once: what a campaign may last. */
const CHUNK_CELLS = 70 * CELLS_PER_DAY;
const CHECK_VIOLATION = '23514';
const LEDGER_CHECKS = new Set(['ledger_cell_sessions_check', 'ledger_cell_logins_check']);

/** What is planned on a platform, as the database keeps it against the limit. */
@Injectable()
export class LedgerService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly ledger: LedgerStore,
    private readonly loads: PlanLoadStore,
    private readonly capacity: CapacityService,
    private readonly store: SequencerStore,
    private readonly keptRoom: KeptRoom,
  ) {}

  /** The revision of a platform's published windows: what a draft names as its base. */
  revision(platformId: number): Promise<Revision> {
    return this.ledger.revision(platformId);
  }

  /** What is planned and may be planned in each cell of a range, in thousandths; 0 in cells that no plan has reached yet. */
  cells(platformId: number, range: CellRange): Promise<{ planned: CellLoad; limit: CellLoad; isKnown: Uint8Array }> {
    return this.ledger.cells(platformId, range);
  }

  /**
   * Numbers a change of the rules in force among those of the windows, so that gateways get it in order; the platform's lock is
   * held. Nothing where nothing was ever published: then the first bundle carries the rules.
   */
  async numberProtection(tx: EntityManager, platformId: number, changedBy: string, reason: string): Promise<void> {
    if ((await this.ledger.revision(platformId, tx)).revision === 0) return;
    const revision = await this.ledger.nextRevision(tx, platformId);
    await this.ledger.recordProtection(tx, { ...revision, platformId, changedBy, reason });
  }

  /**
   * Load and reserves of the published plans of a platform's other campaigns, in thousandths, index 0 is `firstCell`:
   * `otherSessions` and `otherLogins` of a new draft.
   */
  async otherPlans(
    platformId: number,
    exceptCampaignId: number,
    firstCell: number,
    cellCount: number,
  ): Promise<CellLoad> {
    const range = { firstCell, cellCount };
    const planIds = await this.ledger.publishedPlans(platformId, range, exceptCampaignId);
    const parts: [CellLoad, 1][] = [];
    for (const planId of planIds) {
      parts.push([await this.loads.load(planId, range), 1], [await this.loads.reserves(undefined, planId, range), 1]);
    }
    return combined(cellCount, parts);
  }

  /**
   * Moves what a plan adds, less what the superseded one gives back, into the ledger: one net delta per cell, against the
   * limits of this moment. The platform's lock is held, and the states of the plans are the new ones already. Offers of the waiting list
   * whose room it needs end, and their entries wait on in their place: what a head only thinks about stops no plan. A head's own
   * hold does, for its few minutes, and the refusal names it.
   *
   * @throws PlanOverCapacity
   */
  async exchange(
    tx: EntityManager,
    platformId: number,
    planId: number,
    supersededPlanId: number | undefined,
  ): Promise<void> {
    const attempt = (endedIds: readonly string[]): Promise<void> =>
      // a savepoint, so that offers can be ended and holds be named after the table refused it
      tx.transaction((inner) =>
        this.keepingRoom(
          inner,
          platformId,
          () => this.exchangeLoads(inner, platformId, planId, supersededPlanId),
          endedIds,
        ),
      );
    try {
      await attempt([]);
    } catch (error) {
      if (!(error instanceof PlanOverCapacity)) throw error;
      const offerIds = await this.keptRoom.endOffers(tx, platformId, cellsOf(error), new Date());
      if (offerIds.length === 0) throw await this.withHolds(tx, platformId, error, []);
      await attempt(offerIds).catch(async (still: unknown) => {
        throw still instanceof PlanOverCapacity ? await this.withHolds(tx, platformId, still, offerIds) : still;
      });
    }
  }

  /** The refusal with the holds in the way; those of `offerIds` ended in the attempt that was taken back, and expired ones did too. */
  private async withHolds(
    tx: EntityManager,
    platformId: number,
    refusal: PlanOverCapacity,
    offerIds: readonly string[],
  ): Promise<PlanOverCapacity> {
    const holds = await this.ledger.holdsIn(tx, platformId, cellsOf(refusal), new Date(), offerIds);
    return holds.length === 0 ? refusal : new PlanOverCapacity(refusal.overfull, holds);
  }

  private async exchangeLoads(
    tx: EntityManager,
    platformId: number,
    planId: number,
    supersededPlanId: number | undefined,
  ): Promise<void> {
    const planIds = supersededPlanId === undefined ? [planId] : [planId, supersededPlanId];
    const range = await this.loads.extent(tx, planIds);
    const capacity = await this.capacity.cells(platformId, range.firstCell, range.cellCount, tx);
    const limits = await this.limits(tx, platformId, capacity);
    await this.ledger.addCells(tx, platformId, range.firstCell, limits);
    await this.ledger.setLimits(tx, platformId, range.firstCell, limits);
    const parts: [CellLoad, 1 | -1][] = [[await this.loads.load(planId, range, undefined, tx), 1]];
    if (supersededPlanId !== undefined) {
      parts.push([await this.loads.load(supersededPlanId, range, undefined, tx), -1]);
    }
    const deltas = combined(range.cellCount, parts);
    try {
      // a savepoint, so that the cells can still be named after the table refused them
      await tx.transaction((inner) => this.ledger.addDeltas(inner, platformId, range.firstCell, deltas));
    } catch (error) {
      const { state, constraint } = sqlFailure(error);
      if (state !== CHECK_VIOLATION || !LEDGER_CHECKS.has(constraint ?? '')) throw error;
      throw new PlanOverCapacity(await this.ledger.overfilledBy(tx, platformId, range.firstCell, deltas));
    }
    await this.describeCells(tx, platformId, capacity);
  }

  /**
   * Follows a change of capacity or background: limits of the published cells in [firstCell, endCell) move (null: no bound),
   * ceilings fall no lower than what is planned. Where any moved the change is numbered, so that waiting rooms hear of it as of a
   * booking. Returns the cells that are over their limit now.
   */
  async refreshLimits(
    platformId: number,
    firstCell: number | null = null,
    endCell: number | null = null,
    within?: EntityManager,
  ): Promise<OverfullCell[]> {
    const refresh = async (tx: EntityManager): Promise<OverfullCell[]> => {
      await advisoryLock(tx, 'platform', platformId);
      return this.keepingRoom(tx, platformId, () => moveAll(tx));
    };
    const moveAll = async (tx: EntityManager): Promise<OverfullCell[]> => {
      const overfull: OverfullCell[] = [];
      const end = endCell ?? END_CELL;
      let moved: { first: number; last: number } | undefined;
      let range = await this.ledger.extent(tx, platformId, firstCell ?? FIRST_CELL, end);
      while (range) {
        const chunkEnd = range.firstCell + Math.min(range.cellCount, CHUNK_CELLS);
        const capacity = await this.capacity.cells(platformId, range.firstCell, chunkEnd - range.firstCell, tx);
        const limits = await this.limits(tx, platformId, capacity);
        const its = await this.ledger.setLimits(tx, platformId, range.firstCell, limits);
        if (its) moved = { first: moved?.first ?? its.first, last: its.last };
        await this.describeCells(tx, platformId, capacity);
        overfull.push(...(await this.ledger.overfullCells(tx, platformId, range.firstCell, chunkEnd)));
        range = await this.ledger.extent(tx, platformId, chunkEnd, end);
      }
      if (moved) await this.numberCapacity(tx, platformId, moved.first, moved.last + 1);
      return overfull;
    };
    return within ? refresh(within) : inTransaction(this.database, refresh);
  }

  /** Who changed the capacity, and why, stands in the audit. */
  private async numberCapacity(
    tx: EntityManager,
    platformId: number,
    firstCell: number,
    endCell: number,
  ): Promise<void> {
    const revision = await this.ledger.nextRevision(tx, platformId);
    const { subject } = THE_SERVICE;
    await this.ledger.recordCapacity(tx, {
      ...revision,
      platformId,
      firstCell,
      endCell,
      changedBy: subject,
      reason: 'capacity',
    });
  }

  /**
   * Keeps the room that a work makes for who waits for it, as the sequencer does; the platform's lock is held. What is kept already is
   * given back for the time of the work, which it must not keep from anything, and kept again; so is the room of offers that ended, and
   * that of holds whose time is over, swept or not.
   */
  private async keepingRoom<T>(
    tx: EntityManager,
    platformId: number,
    work: () => Promise<T>,
    offerIds: readonly string[] = [],
  ): Promise<T> {
    const now = new Date();
    const waited = await this.keptRoom.waitedCells(tx, platformId, now);
    const before = await this.store.cells(tx, platformId, waited);
    const needs = { ...NOTHING_NEEDED, holderIds: [KEPT_HOLDER_ID], holdIds: offerIds };
    const ended = (await this.store.holds(tx, platformId, [needs], now)).map((hold): HoldChange => ({
      ended: hold,
      as: hold.expiresAt <= now ? 'lapsed' : 'cancelled',
    }));
    await this.moveHolds(tx, platformId, ended, now);
    const result = await work();
    const cells = grownRoom(before, await this.store.cells(tx, platformId, waited));
    if (cells.size > 0) await this.moveHolds(tx, platformId, [{ taken: keptHold(randomUUID(), cells, now) }], now);
    return result;
  }

  private async moveHolds(tx: EntityManager, platformId: number, holds: HoldChange[], now: Date): Promise<void> {
    if (holds.length === 0) return;
    await this.store.addDeltas(tx, platformId, new LedgerState([], [], [], []).deltasOf([], holds));
    await this.store.writeHolds(tx, platformId, holds, now);
  }

  /** What the capacity leaves after the reserves of all published plans. */
  private async limits(tx: EntityManager, platformId: number, capacity: CapacityCells): Promise<CellLoad> {
    const parts: [CellLoad, 1 | -1][] = [[limitOf(capacity), 1]];
    for (const planId of await this.ledger.publishedPlans(platformId, capacity, undefined, tx)) {
      parts.push([await this.loads.reserves(tx, planId, capacity), -1]);
    }
    return combined(capacity.cellCount, parts, 0);
  }

  /** Tells the published plans of the range the capacity of now, and what the other ones use and reserve. */
  private async describeCells(tx: EntityManager, platformId: number, capacity: CapacityCells): Promise<void> {
    const { cellCount } = capacity;
    const planIds = await this.ledger.publishedPlans(platformId, capacity, undefined, tx);
    const used: CellLoad[] = [];
    for (const planId of planIds) {
      const load = await this.loads.load(planId, capacity, undefined, tx);
      used.push(
        combined(cellCount, [
          [load, 1],
          [await this.loads.reserves(tx, planId, capacity), 1],
        ]),
      );
    }
    const all = combined(
      cellCount,
      used.map((load) => [load, 1]),
    );
    for (const [i, planId] of planIds.entries()) {
      const other = combined(cellCount, [
        [all, 1],
        [used[i]!, -1],
      ]);
      await this.loads.refreshCells(tx, planId, capacity, other);
    }
  }
}

const cellsOf = ({ overfull }: PlanOverCapacity): number[] => overfull.map(({ cell }) => cell);

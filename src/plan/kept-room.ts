import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { CellDeltas, LedgerCell, LedgerHold } from './sequencer.rules';

/** Whose the holds of kept room are: no establishment's. */
export const KEPT_HOLDER_ID = 0;
/** Those who wait are served at once; this long only where everybody who could serve them died, and came back. */
const KEPT_SECONDS = 60;

/** A half-open range of cells. */
export type CellSpan = readonly [firstCell: number, endCell: number];

/** Who waits for room, in a room above. */
export interface RoomWaiters {
  /** Cells in which somebody waits for room: one cheap look for each batch, which leaves with its other reads. */
  waitedCells(tx: EntityManager, platformId: number, now: Date): Promise<CellSpan[]>;
  /**
   * Puts those to whom room in any of the cells is offered back on the list, in their place: a plan that comes into force needs it.
   * Returns the holds of these offers, which are nobody's any more.
   */
  endOffers(tx: EntityManager, platformId: number, cells: readonly number[], now: Date): Promise<string[]>;
  /** Room is kept for them, and committed. */
  roomKept(platformId: number): void;
}

/**
 * What comes free where somebody waits for it is kept in the transaction that frees it, as a hold that is nobody's, until who waits was
 * served in order: whoever asks in between finds the place as full as before.
 */
@Injectable()
export class KeptRoom {
  private waiters: RoomWaiters | undefined;

  servedBy(waiters: RoomWaiters): void {
    this.waiters = waiters;
  }

  waitedCells(tx: EntityManager, platformId: number, now: Date): Promise<CellSpan[]> {
    return this.waiters?.waitedCells(tx, platformId, now) ?? Promise.resolve([]);
  }

  endOffers(tx: EntityManager, platformId: number, cells: readonly number[], now: Date): Promise<string[]> {
    return this.waiters?.endOffers(tx, platformId, cells, now) ?? Promise.resolve([]);
  }

  tell(platformId: number): void {
    this.waiters?.roomKept(platformId);
  }
}

export function keptHold(holdId: string, cells: CellDeltas, now: Date): LedgerHold {
  const expiresAt = new Date(now.getTime() + KEPT_SECONDS * 1000);
  return { holdId, establishmentId: KEPT_HOLDER_ID, expiresAt, cells };
}

/** The room that cells have more than before, in whole thousandths. */
export function grownRoom(before: readonly LedgerCell[], after: readonly LedgerCell[]): CellDeltas {
  const grown: CellDeltas = new Map();
  const known = new Map(before.map((cell) => [cell.cell, cell]));
  for (const cell of after) {
    const earlier = known.get(cell.cell);
    const sessions = Math.max(0, roomOf(cell).sessions - (earlier ? roomOf(earlier).sessions : 0));
    const logins = Math.max(0, roomOf(cell).logins - (earlier ? roomOf(earlier).logins : 0));
    if (sessions > 0 || logins > 0) grown.set(cell.cell, { sessions, logins });
  }
  return grown;
}

const roomOf = (cell: LedgerCell): { sessions: number; logins: number } => ({
  sessions: Math.max(0, cell.sessionLimit - cell.sessions),
  logins: Math.max(0, cell.loginLimit - cell.logins),
});

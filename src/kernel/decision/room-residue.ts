import { CELL_MINUTES, CELL_SECONDS } from '../cell-grid';
import type { BundleContent, BundleRoomChange } from './bundle-content';

/** A visit on a remote day (minutes), as the load model has it; the idle time-out comes after it. */
const VISIT_MINUTES = 36;

/** Cells for which an admission outside the plan is taken for a session: a whole visit, then the idle time-out. */
export const roomStayCells = (idleMinutes: number): number => Math.ceil((VISIT_MINUTES + idleMinutes) / CELL_MINUTES);

/** What the waiting room may serve in a cell, before what it has served already. */
export interface RoomLimits {
  cell: number;
  /** Log-ins that the plan leaves in the cell. */
  logins: number;
  /** Sessions that it leaves in every cell of a visit that begins now. */
  sessions: number;
  stayCells: number;
}

const NOTHING = { logins: 0, sessions: 0 };

/**
 * Limits of a cell; nothing is left where the plan says nothing of it.
 *
 * @param walkIns places of all walk-in quotas in a cell: they come out of what the plan leaves, as far as it leaves so much
 */
export function roomLimitsAt({ room, firstCell }: BundleContent, cell: number, walkIns: number): RoomLimits {
  const k = cell - firstCell;
  const stayCells = room?.stayCells ?? 1;
  if (!room || k < 0 || k >= room.logins.length) return { cell, ...NOTHING, stayCells };
  let sessions = Infinity;
  for (let i = k; i < k + stayCells; i++) sessions = Math.min(sessions, room.sessions[i] ?? Infinity);
  const left = (count: number, taken: number): number => Math.max(0, count - taken);
  return { cell, logins: left(room.logins[k]!, walkIns), sessions: left(sessions, walkIns * stayCells), stayCells };
}

/** Admissions that a cell still takes, given those of the cells before it, whose visits are going on. */
export function roomBudget(
  { cell, logins, sessions, stayCells }: RoomLimits,
  admitted: ReadonlyMap<number, number>,
): number {
  let staying = 0;
  for (let c = cell - stayCells + 1; c < cell; c++) staying += admitted.get(c) ?? 0;
  return Math.max(0, Math.min(logins, sessions - staying));
}

/** Where a line will have come, cell by cell, when everybody in it is served as the plan allows. */
export interface RoomForecast {
  /** End of each cell (Unix seconds) and how many are served by then, counted from the instant of the forecast. */
  endAt: readonly number[];
  servedCount: readonly number[];
  fromAt: number;
}

/** Places of the walk-in quotas of all agents. */
export interface RoomWalkIns {
  /** Of a whole cell. */
  all: number;
  /** Of these, those of a visitor: what is free in the present cell, and in each to come. */
  left: number;
  perCell: number;
}

/** @param cells how far to look, @param admitted by cell, what is served of the present one included */
export function roomForecast(
  content: BundleContent,
  now: number,
  admitted: ReadonlyMap<number, number>,
  walkIns: RoomWalkIns,
  cells: number,
): RoomForecast {
  const counted = new Map(admitted);
  const endAt: number[] = [];
  const servedCount: number[] = [];
  const first = Math.floor(now / CELL_SECONDS);
  let served = 0;
  for (let cell = first; cell < first + cells; cell++) {
    const already = counted.get(cell) ?? 0;
    const whole = roomBudget(roomLimitsAt(content, cell, walkIns.all), counted);
    // what is left of the present cell comes at the pace of the whole one
    const left =
      cell === first
        ? Math.min(whole - already, Math.ceil((whole * ((cell + 1) * CELL_SECONDS - now)) / CELL_SECONDS))
        : whole - already;
    const its = Math.max(0, left);
    counted.set(cell, already + its);
    served += its + (cell === first ? walkIns.left : walkIns.perCell);
    endAt.push((cell + 1) * CELL_SECONDS);
    servedCount.push(served);
  }
  return { endAt, servedCount, fromAt: now };
}

/** When somebody with so many ahead is served, seconds from the forecast; undefined where it does not come so far. */
export function forecastSeconds({ endAt, servedCount, fromAt }: RoomForecast, aheadCount: number): number | undefined {
  let [low, high] = [0, servedCount.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (servedCount[middle]! > aheadCount) high = middle;
    else low = middle + 1;
  }
  if (low === servedCount.length) return undefined;
  const before = low === 0 ? 0 : servedCount[low - 1]!;
  const beginsAt = low === 0 ? fromAt : endAt[low - 1]!;
  const ratio = (aheadCount + 1 - before) / (servedCount[low]! - before);
  return beginsAt + ratio * (endAt[low]! - beginsAt) - fromAt;
}

/** Puts what a delta leaves into the columns. */
export function applyRoomChanges(content: BundleContent, changes: readonly BundleRoomChange[]): void {
  if (!content.room) return;
  const logins = [...content.room.logins];
  const sessions = [...content.room.sessions];
  for (const [cell, itsLogins, itsSessions] of changes) {
    const k = cell - content.firstCell;
    if (!Number.isInteger(k) || k < 0 || k >= logins.length) continue;
    logins[k] = itsLogins;
    sessions[k] = itsSessions;
  }
  content.room = { ...content.room, logins, sessions };
}

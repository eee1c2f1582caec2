import { type Change, fullest, isInTrouble, isMoved, markOver, mayMove, roomFor, startsOf, windowsOf } from './change';
import { fits, type Incumbent, lift, stand, touches } from './incumbent';
import { isFree, lookAround } from './look-around';
import type { StartPrices } from './moved-bound';
import { pushIn } from './seat';
import type { Starts } from '../problem';

/** What a jump of one cell, squared, weighs against one moved window: it decides among starts that cost about the same. */
export const JUMP_COST = 2e-5;
/** What the fullest cell of a start, to the sixth power of its use, weighs. */
const USE_COST = 1e-3;

/** Price of the cells, a little for the jump, and hardly anything for filling cells that others may need. */
export function jumpCost(incumbent: Incumbent, before: Starts, priceAt: (i: number, start: number) => number) {
  const { demandScale, demandWish } = incumbent.problem;
  return (i: number, start: number): number => {
    const home = before[i]! >= 0 ? before[i]! : demandWish[i]!;
    const jump = home < 0 ? 0 : JUMP_COST * (start - home) * (start - home);
    return demandScale[i]! * priceAt(i, start) + jump + USE_COST * fullest(incumbent, i, start) ** 6;
  };
}

/**
 * Lets windows leave the cells that are over, those first whose load there is worth most by the prices, per window that moves; only
 * while there is still something to relieve, and only to starts with room. Gives those that found none.
 */
export function relieve(change: Change, prices: StartPrices): number[] {
  const { incumbent } = change;
  const marked = markOver(change);
  if (!marked) return [];
  const worth = new Map<number, number>();
  for (let i = 0; i < incumbent.problem.demandCount; i++) {
    const start = incumbent.starts[i]!;
    if (!mayMove(change, i) || start < 0 || !touches(incumbent, i, marked)) continue;
    const gain = incumbent.problem.demandScale[i]! * (prices.at(i, start) - prices.least(i));
    worth.set(i, gain / Math.max(1, windowsOf(change, i)));
  }
  const order = [...worth.keys()].sort((a, b) => worth.get(b)! - worth.get(a)! || a - b);
  const stuck: number[] = [];
  for (let k = 0; k < order.length; k++) {
    if (k % 64 === 0) change.watch();
    const i = order[k]!;
    if (!isInTrouble(change, i)) continue;
    const old = lift(incumbent, i);
    const start = roomFor(change, i);
    stand(incumbent, i, start >= 0 ? start : old);
    if (start < 0) stuck.push(i);
  }
  return stuck;
}

/** Windows in trouble that found no start with room: each pushes others aside, or stays. */
export function relieveByPushing(change: Change, stuck: readonly number[]): void {
  for (const i of stuck) {
    change.watch();
    if (!isInTrouble(change, i)) continue;
    const old = lift(change.incumbent, i);
    if (!pushIn(change, i)) stand(change.incumbent, i, old);
  }
}

/** Whoever moved and may go home does, where there is room, small ones first; gives how many windows went. */
export function goHome(change: Change, stay: Int32Array): number {
  const { incumbent } = change;
  const { demandScale } = incumbent.problem;
  const away = awayFromHome(change, stay).sort((a, b) => demandScale[a]! - demandScale[b]! || a - b);
  let count = 0;
  for (const i of away) if (tryHome(change, i)) count += windowsOf(change, i);
  return count;
}

function awayFromHome(change: Change, stay: Int32Array): number[] {
  const away: number[] = [];
  for (let i = 0; i < stay.length; i++) {
    if (stay[i]! >= 0 && mayMove(change, i) && change.incumbent.starts[i]! >= 0 && isMoved(change, i)) away.push(i);
  }
  return away;
}

function tryHome(change: Change, i: number): boolean {
  const { incumbent } = change;
  const home = change.before[i]!;
  const old = lift(incumbent, i);
  // room is asked first: it is what is missing nearly always
  const goes = fits(incumbent, i, home) && (lookAround(incumbent, i), isFree(incumbent, i, home));
  stand(incumbent, i, goes ? home : old);
  return goes;
}

/** Those who moved come nearer to home, where there is room; gives whether anybody did. */
export function comeNearer(change: Change): boolean {
  const { incumbent, before } = change;
  let any = false;
  for (let i = 0; i < before.length; i++) {
    if (before[i]! < 0 || !mayMove(change, i) || incumbent.starts[i]! < 0 || !isMoved(change, i)) continue;
    if (i % 64 === 0) change.watch();
    const old = lift(incumbent, i);
    lookAround(incumbent, i);
    let best = old;
    for (const start of startsOf(incumbent, i)) {
      if (Math.abs(start - before[i]!) >= Math.abs(best - before[i]!)) continue;
      if (fits(incumbent, i, start) && isFree(incumbent, i, start)) best = start;
    }
    stand(incumbent, i, best);
    if (best !== old) any = true;
  }
  return any;
}

import type { Field } from './field';
import { applyPenalty, movePrices, type Penalty, sweep, type Watch } from './place';
import { cheapestStart, excess, fits, isFixed, isFree, place, type Search } from './search';

/** Each round makes overload this much dearer. */
const STIFFER = 2;
const MOST_ROUNDS = 40;
/** Rounds without a real gain after which a cap is given up. */
const PATIENCE = 5;

/** Sum over cells and both limits of the overload as a share of the limit. */
export function overload({ sessions, logins }: Search): number {
  return overloadOf(sessions) + overloadOf(logins);
}

function overloadOf({ load, limit }: Field): number {
  let sum = 0;
  for (let c = 0; c < load.length; c++)
    if (isOver(load, limit, c)) sum += (load[c]! - limit[c]!) / Math.max(1, limit[c]!);
  return sum;
}

/** Over its limit by this plan's doing: a limit below zero (background above capacity) is nobody's fault here. */
const isOver = (load: Float64Array, limit: Float64Array, c: number): boolean => load[c]! > limit[c]! && load[c]! > 0;

/**
 * Chained repair: only windows that touch an overloaded cell look again, at penalties that grow from round to round, until
 * no cell is over its limit. True when it succeeds and everybody in `order` has a place.
 */
export function repair(search: Search, order: Int32Array, penalty: Penalty, watch: Watch): boolean {
  const work: Penalty = {
    ...penalty,
    sessionPrice: penalty.sessionPrice.slice(),
    loginPrice: penalty.loginPrice.slice(),
  };
  const touched = new Int32Array(search.model.problem.cellCount + 1);
  let best = Infinity;
  let patience = PATIENCE;
  let forward = order;
  const backward = order.slice().reverse();
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const missing = placeMissing(search, order);
    const left = overload(search);
    if (left === 0) return missing === 0;
    if (left < best * 0.95) {
      best = left;
      patience = PATIENCE;
    } else if (--patience === 0) return false;
    work.sessionStiffness *= STIFFER;
    work.loginStiffness *= STIFFER;
    movePrices(search, work, 1, 0.2);
    applyPenalty(search, work, 1);
    markOverloaded(search, touched);
    sweep(search, forward, watch, false, (i) => touches(search, touched, i));
    forward = forward === order ? backward : order;
  }
  return overload(search) === 0 && placeMissing(search, order) === 0;
}

/** Running count of overloaded cells, so that a window's cells are asked in one subtraction. */
function markOverloaded({ sessions, logins }: Search, touched: Int32Array): void {
  for (let c = 0; c + 1 < touched.length; c++) {
    const over = isOver(sessions.load, sessions.limit, c) || isOver(logins.load, logins.limit, c);
    touched[c + 1] = touched[c]! + (over ? 1 : 0);
  }
}

function touches({ model, starts }: Search, touched: Int32Array, i: number): boolean {
  const start = starts[i]!;
  if (start < 0) return true;
  const { problem } = model;
  const profile = problem.demandProfile[i]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  const occurrences = problem.demandOccurrences[i]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const first = start + problem.occurrenceShift[o]! - 1;
    if (touched[first + cells]! > touched[first]!) return true;
  }
  return false;
}

/** Tries to seat those whom their own classes or teachers keep out, by moving the ones in the way; returns how many remain. */
export function placeMissing(search: Search, order: Int32Array, onlyFitting = false): number {
  let missing = 0;
  for (const i of order) if (search.starts[i]! < 0 && !seat(search, i, onlyFitting)) missing++;
  return missing;
}

function seat(search: Search, i: number, onlyFitting: boolean): boolean {
  const start = cheapestStart(search, i, onlyFitting);
  if (start >= 0) {
    place(search, i, start, 1);
    return true;
  }
  const { model, conflicts, starts, reach } = search;
  const kind = model.demandKind[i]!;
  const wish = model.problem.demandWish[i]!;
  const options = Array.from(model.kindStart.subarray(model.kindOffset[kind], model.kindOffset[kind + 1]))
    .filter((at) => wish < 0 || Math.abs(at - wish) <= reach[i]!)
    .sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish) || a - b);
  for (const at of options) {
    const inTheWay: { mate: number; start: number }[] = [];
    let movable = true;
    for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
      const mate = conflicts.mate[row]!;
      const other = starts[mate]!;
      if (other < 0) continue;
      const apart = at - (other + conflicts.shift[row]!);
      if (apart > -conflicts.after[row]! && apart < conflicts.before[row]!) {
        if (isFixed(search, mate)) movable = false;
        else if (!inTheWay.some((seen) => seen.mate === mate)) inTheWay.push({ mate, start: other });
      }
    }
    if (!movable || inTheWay.length === 0 || inTheWay.length > 3) continue;
    for (const { mate, start: old } of inTheWay) place(search, mate, old, -1);
    if (isFree(search, i, at) && (!onlyFitting || fits(search, i, at))) {
      place(search, i, at, 1);
      const moved: number[] = [];
      for (const { mate } of inTheWay) {
        const other = cheapestStart(search, mate, onlyFitting);
        if (other < 0) break;
        place(search, mate, other, 1);
        moved.push(mate);
      }
      if (moved.length === inTheWay.length) return true;
      for (const mate of moved) place(search, mate, starts[mate]!, -1);
      place(search, i, at, -1);
    }
    for (const { mate, start: old } of inTheWay) place(search, mate, old, 1);
  }
  return false;
}

/**
 * Takes windows out of overloaded cells until none is over: the last resort of an instance that is too tight. Those taken
 * out then look once more for any start with room.
 */
export function dropOverload(search: Search, order: Int32Array): void {
  const { demandScale } = search.model.problem;
  // the largest windows first: the fewest go
  const bySize = order.slice().sort((a, b) => demandScale[b]! - demandScale[a]! || a - b);
  for (const i of bySize) {
    const start = search.starts[i]!;
    if (start < 0 || (excess(search, i, start, 0).sessions === 0 && excess(search, i, start, 0).logins === 0)) continue;
    place(search, i, start, -1);
    const elsewhere = cheapestStart(search, i, true);
    if (elsewhere >= 0) place(search, i, elsewhere, 1);
  }
  placeMissing(search, order, true);
}

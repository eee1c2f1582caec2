import { type Conflicts, buildConflicts } from './conflicts';
import { addLoad, emptyField, excessAt, type Field, hasRoom, penaltyRise, setPenalty, usage } from './field';
import { lowerBound } from './groups';
import type { AllocationModel } from './model';
import { emptyTables, fillPrices, type PriceTables } from './price-tables';
import type { Starts } from './problem';
import { addSiteUse, buildSites, fitsSite, type Sites } from './sites';

/** A plan in the making: where everybody stands, what the cells carry, and the ways to look for a better place. */
export interface Search {
  model: AllocationModel;
  conflicts: Conflicts;
  sites: Sites;
  sessions: Field;
  logins: Field;
  starts: Starts;
  demandShape: Int32Array;
  /** Most displacement allowed, in cells, per demand: the cap, or the nearest allowed start where that is farther. */
  reach: Int32Array;
  /** Marginal prices of starts, a few moves old: a screen before exact charges. */
  screen: PriceTables;
  movesUntilScreen: number;
  screenEvery: number;
  scratchSessions: Float64Array;
  scratchLogins: Float64Array;
  barredFrom: Int32Array;
  barredTo: Int32Array;
}

/** Moves between two looks at all marginal prices, per thousand demands: small problems look after every move. */
const SCREEN_PER_THOUSAND = 20;
const MOST_SCREEN = 512;

export function emptySearch(model: AllocationModel, reach: Int32Array): Search {
  const { demandCount, cellCount } = model.problem;
  const conflicts = buildConflicts(model);
  let mostMates = 0;
  for (let i = 0; i < demandCount; i++)
    mostMates = Math.max(mostMates, conflicts.offset[i + 1]! - conflicts.offset[i]!);
  return {
    model,
    conflicts,
    sites: buildSites(model),
    sessions: emptyField(model, 'sessions'),
    logins: emptyField(model, 'logins'),
    starts: new Int32Array(demandCount).fill(-1),
    demandShape: Int32Array.from(model.demandKind, (kind) => model.kindShape[kind]!),
    reach,
    screen: emptyTables(model),
    movesUntilScreen: 0,
    screenEvery: Math.min(MOST_SCREEN, Math.floor((demandCount * SCREEN_PER_THOUSAND) / 1000)),
    scratchSessions: new Float64Array(cellCount),
    scratchLogins: new Float64Array(cellCount),
    barredFrom: new Int32Array(mostMates),
    barredTo: new Int32Array(mostMates),
  };
}

/** The cap, or for a demand none of whose starts is that near, the distance of its nearest. */
export function reachUnderCap(
  { problem, kindOffset, kindStart, demandKind }: AllocationModel,
  capCells: number,
): Int32Array {
  return Int32Array.from(problem.demandWish, (wish, i) => {
    const from = kindOffset[demandKind[i]!]!;
    const to = kindOffset[demandKind[i]! + 1]!;
    if (wish < 0 || from === to) return capCells;
    const right = lowerBound(kindStart, from, to, wish);
    const ahead = right < to ? kindStart[right]! - wish : Infinity;
    const behind = right > from ? wish - kindStart[right - 1]! : Infinity;
    return Math.max(capCells, Math.min(ahead, behind));
  });
}

/** A demand with one usable start: it goes first and never moves. */
export function isFixed({ model }: Search, i: number): boolean {
  const kind = model.demandKind[i]!;
  return model.kindOffset[kind + 1]! - model.kindOffset[kind]! === 1;
}

/** Sets the penalties of both limits and looks at all marginal prices. */
export function setPenalties(
  search: Search,
  sessionPrice: Float64Array,
  loginPrice: Float64Array,
  stiffness: { sessions: number; logins: number },
  sessionTarget: Float64Array,
  loginTarget: Float64Array,
): void {
  setPenalty(search.sessions, sessionPrice, stiffness.sessions, sessionTarget);
  setPenalty(search.logins, loginPrice, stiffness.logins, loginTarget);
  look(search);
}

function look(search: Search): void {
  const { sessions, logins, scratchSessions, scratchLogins } = search;
  for (let c = 0; c < scratchSessions.length; c++) {
    scratchSessions[c] = 2 * sessions.slope * Math.max(0, sessions.level[c]!);
    scratchLogins[c] = 2 * logins.slope * Math.max(0, logins.level[c]!);
  }
  fillPrices(search.model, search.screen, scratchSessions, scratchLogins);
  search.movesUntilScreen = search.screenEvery;
}

/** Tells that `count` windows have moved outside a search for a start: the screen is looked at again when enough have. */
export function moves(search: Search, count: number): void {
  search.movesUntilScreen -= count;
  if (search.movesUntilScreen < 0) look(search);
}

/** Puts demand i at `start` (times = 1) or takes it away from there (-1). */
export function place(search: Search, i: number, start: number, times: 1 | -1): void {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  const to = problem.occurrenceOffset[occurrences + 1]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < to; o++) {
    const at = start + problem.occurrenceShift[o]!;
    addLoad(search.sessions, i, profile, at, times);
    addLoad(search.logins, i, profile, at, times);
  }
  addSiteUse(search.sites, problem, i, start, times);
  search.starts[i] = times === 1 ? start : -1;
}

/** Rise of the penalty in both limits, over all occurrences. */
function riseAt(search: Search, i: number, start: number): number {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]!;
  const to = problem.occurrenceOffset[occurrences + 1]!;
  let rise = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < to; o++) {
    const at = start + problem.occurrenceShift[o]!;
    rise += penaltyRise(search.logins, profile, scale, at) + penaltyRise(search.sessions, profile, scale, at);
  }
  return rise;
}

/**
 * How far the limits would be passed in the worst cell, in thousandths, were i at `start`; with `times` = 0, how far they are
 * passed in the cells of a demand that stands there already.
 */
export function excess(
  search: Search,
  i: number,
  start: number,
  times: 0 | 1 = 1,
): { sessions: number; logins: number } {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  const scale = times * problem.demandScale[i]!;
  const worst = { sessions: 0, logins: 0 };
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    worst.sessions = Math.max(worst.sessions, excessAt(search.sessions, profile, scale, at));
    worst.logins = Math.max(worst.logins, excessAt(search.logins, profile, scale, at));
  }
  return worst;
}

export function fits(search: Search, i: number, start: number): boolean {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    if (!hasRoom(search.logins, i, profile, at) || !hasRoom(search.sessions, i, profile, at)) return false;
  }
  return true;
}

/** Displacement cost of demand i (which stands nowhere) at `start`, and what the penalties would rise by. */
export function costOf(search: Search, i: number, start: number): number {
  const { demandWish, demandWeight } = search.model.problem;
  const moved = demandWish[i]! < 0 ? 0 : demandWeight[i]! * (start - demandWish[i]!) * (start - demandWish[i]!);
  return moved + riseAt(search, i, start);
}

/** The least that any start within reach could cost demand i, by the screen's marginal prices and whatever the laws. */
export function leastPromised(search: Search, i: number): number {
  const { problem, kindOffset, kindStart, demandKind, shapeFirst } = search.model;
  const kind = demandKind[i]!;
  const shape = search.demandShape[i]!;
  const base = search.screen.offset[shape]! - shapeFirst[shape]!;
  const wish = problem.demandWish[i]!;
  const weight = problem.demandWeight[i]!;
  const scale = problem.demandScale[i]!;
  let least = Infinity;
  for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++) {
    const distance = Math.abs(kindStart[k]! - wish);
    if (distance > search.reach[i]!) continue;
    least = Math.min(least, weight * distance * distance + scale * search.screen.price[base + kindStart[k]!]!);
  }
  return least;
}

function usageAt(search: Search, i: number, start: number): number {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]!;
  let sum = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    sum += usage(search.sessions, profile, scale, at) + usage(search.logins, profile, scale, at);
  }
  return sum;
}

/** Gathers the open intervals of starts that the mates of i bar, into the scratch columns; returns how many. */
function gatherBarred(search: Search, i: number): number {
  const { conflicts, starts, barredFrom, barredTo } = search;
  let count = 0;
  const to = conflicts.offset[i + 1]!;
  for (let row = conflicts.offset[i]!; row < to; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0) continue;
    const at = other + conflicts.shift[row]!;
    barredFrom[count] = at - conflicts.after[row]!;
    barredTo[count++] = at + conflicts.before[row]!;
  }
  return count;
}

function isBarred(search: Search, count: number, start: number): boolean {
  const { barredFrom, barredTo } = search;
  for (let b = 0; b < count; b++) if (start > barredFrom[b]! && start < barredTo[b]!) return true;
  return false;
}

/** May i start here as far as classes, teachers, neighbours and its establishment's limit go? */
export function isFree(search: Search, i: number, start: number): boolean {
  return !isBarred(search, gatherBarred(search, i), start) && fitsSite(search.sites, search.model.problem, i, start);
}

/**
 * The cheapest start of demand i (which stands nowhere) under displacement cost and penalties, or -1; `old` is where it stood
 * and wins ties. Goes outward from the wish: a penalty is never negative, so once the displacement alone costs more than the best,
 * nothing farther can win. The screen's marginal price is a lower bound of the exact charge (the penalty is convex), so only
 * starts that it leaves in the race are charged exactly. `onlyFitting` leaves out starts that would pass a limit.
 */
export function cheapestStart(search: Search, i: number, onlyFitting: boolean, old = -1): number {
  const { problem, kindOffset, kindStart, demandKind, shapeFirst } = search.model;
  if (problem.demandWish[i]! < 0) return leastUsedStart(search, i, onlyFitting);
  if (search.movesUntilScreen-- <= 0) look(search);
  const kind = demandKind[i]!;
  const shape = search.demandShape[i]!;
  const from = kindOffset[kind]!;
  const to = kindOffset[kind + 1]!;
  const barred = gatherBarred(search, i);
  const wish = problem.demandWish[i]!;
  const weight = problem.demandWeight[i]!;
  const scale = problem.demandScale[i]!;
  const reach = search.reach[i]!;
  const table = search.screen.price;
  const base = search.screen.offset[shape]! - shapeFirst[shape]!;
  const middle = lowerBound(kindStart, from, to, wish);

  let best = -1;
  let bestCost = Infinity;
  if (old >= 0 && Math.abs(old - wish) <= reach && !isBarred(search, barred, old)) {
    const cost = weight * (old - wish) * (old - wish) + riseAt(search, i, old);
    if (fitsSite(search.sites, problem, i, old) && (!onlyFitting || fits(search, i, old))) {
      best = old;
      bestCost = cost;
    }
  }
  // first the most promising by the screen, so that the second look has a bound to prune with
  let promising = -1;
  let least = Infinity;
  let right = middle;
  let left = middle - 1;
  while (left >= from || right < to) {
    const behind = left >= from ? wish - kindStart[left]! : Infinity;
    const ahead = right < to ? kindStart[right]! - wish : Infinity;
    const distance = ahead <= behind ? ahead : behind;
    const moved = weight * distance * distance;
    if (distance > reach || moved >= least) break;
    const start = ahead <= behind ? kindStart[right++]! : kindStart[left--]!;
    const bound = moved + scale * table[base + start]!;
    if (bound < least && !isBarred(search, barred, start)) {
      least = bound;
      promising = start;
    }
  }
  if (promising >= 0 && promising !== old) {
    const cost = weight * (promising - wish) * (promising - wish) + riseAt(search, i, promising);
    if (
      cost < bestCost &&
      fitsSite(search.sites, problem, i, promising) &&
      (!onlyFitting || fits(search, i, promising))
    ) {
      best = promising;
      bestCost = cost;
    }
  }
  right = middle;
  left = middle - 1;
  while (left >= from || right < to) {
    const behind = left >= from ? wish - kindStart[left]! : Infinity;
    const ahead = right < to ? kindStart[right]! - wish : Infinity;
    const distance = ahead <= behind ? ahead : behind;
    const moved = weight * distance * distance;
    if (distance > reach || (moved >= bestCost && best >= 0)) break;
    const start = ahead <= behind ? kindStart[right++]! : kindStart[left--]!;
    if (moved + scale * table[base + start]! >= bestCost || start === promising || start === old) continue;
    if (isBarred(search, barred, start)) continue;
    const cost = moved + riseAt(search, i, start);
    if (cost < bestCost && fitsSite(search.sites, problem, i, start) && (!onlyFitting || fits(search, i, start))) {
      best = start;
      bestCost = cost;
    }
  }
  return best;
}

function leastUsedStart(search: Search, i: number, onlyFitting: boolean): number {
  const { problem, kindOffset, kindStart, demandKind } = search.model;
  const kind = demandKind[i]!;
  const barred = gatherBarred(search, i);
  let best = -1;
  let bestCost = Infinity;
  for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++) {
    const start = kindStart[k]!;
    if (isBarred(search, barred, start)) continue;
    const cost = riseAt(search, i, start) + usageAt(search, i, start);
    if (cost < bestCost && fitsSite(search.sites, problem, i, start) && (!onlyFitting || fits(search, i, start))) {
      best = start;
      bestCost = cost;
    }
  }
  return best;
}

/**
 * Writes the cost of every start of demand i (which stands nowhere) into `costs`, Infinity where it may not start, from its
 * first to its last start within reach; the column is Infinity elsewhere. Null when it has none.
 */
export function costAt(search: Search, i: number, costs: Float64Array): { first: number; last: number } | null {
  const { problem, kindOffset, kindStart, demandKind } = search.model;
  costs.fill(Infinity);
  const kind = demandKind[i]!;
  const wish = problem.demandWish[i]!;
  const weight = wish < 0 ? 0 : problem.demandWeight[i]!;
  const barred = gatherBarred(search, i);
  let first = Infinity;
  let last = -1;
  for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++) {
    const start = kindStart[k]!;
    if (wish >= 0 && Math.abs(start - wish) > search.reach[i]!) continue;
    if (isBarred(search, barred, start) || !fitsSite(search.sites, problem, i, start)) continue;
    costs[start] = weight * (start - wish) * (start - wish) + riseAt(search, i, start);
    first = Math.min(first, start);
    last = start;
  }
  return last < 0 ? null : { first, last };
}

/** Does anybody outside the team bar one of its chosen starts? (The team itself stands nowhere.) */
export function barredAt(search: Search, member: Int32Array, from: number, chosen: readonly number[]): boolean {
  return chosen.some((start, m) => !isFree(search, member[from + m]!, start));
}

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
  /** Starts of demand i within reach: [nearFrom, nearTo) of the model's `kindStart`, those from its wish on from nearWish. */
  nearFrom: Int32Array;
  nearWish: Int32Array;
  nearTo: Int32Array;
  /** Marginal prices of starts, a few moves old: a screen before exact charges. */
  screen: PriceTables;
  movesUntilScreen: number;
  screenEvery: number;
  /** Marginal use of starts, a few moves old: the screen of windows without a wish. */
  useScreen: PriceTables;
  movesUntilUseScreen: number;
  scratchSessions: Float64Array;
  scratchLogins: Float64Array;
  barredFrom: Int32Array;
  barredTo: Int32Array;
}

/** Searches for a start between two looks at all marginal prices, per thousand demands: small problems look each time. */
const SCREEN_PER_THOUSAND = 20;
const MOST_SCREEN = 128;

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
    ...nearStarts(model, reach),
    screen: emptyTables(model),
    movesUntilScreen: 0,
    useScreen: emptyTables(model),
    movesUntilUseScreen: 0,
    screenEvery: Math.min(MOST_SCREEN, Math.floor((demandCount * SCREEN_PER_THOUSAND) / 1000)),
    scratchSessions: new Float64Array(cellCount),
    scratchLogins: new Float64Array(cellCount),
    barredFrom: new Int32Array(mostMates),
    barredTo: new Int32Array(mostMates),
  };
}

function nearStarts(
  { problem, kindOffset, kindStart, demandKind }: AllocationModel,
  reach: Int32Array,
): Pick<Search, 'nearFrom' | 'nearWish' | 'nearTo'> {
  const nearFrom = new Int32Array(problem.demandCount);
  const nearWish = new Int32Array(problem.demandCount);
  const nearTo = new Int32Array(problem.demandCount);
  for (let i = 0; i < problem.demandCount; i++) {
    const wish = problem.demandWish[i]!;
    const from = kindOffset[demandKind[i]!]!;
    const to = kindOffset[demandKind[i]! + 1]!;
    nearFrom[i] = wish < 0 ? from : lowerBound(kindStart, from, to, wish - reach[i]!);
    nearWish[i] = wish < 0 ? from : lowerBound(kindStart, from, to, wish);
    nearTo[i] = wish < 0 ? to : lowerBound(kindStart, from, to, wish + reach[i]! + 1);
  }
  return { nearFrom, nearWish, nearTo };
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
  search.movesUntilUseScreen = 0;
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

/** Looks at the marginal use of all starts: the derivative of `usage` where nothing is added. */
function lookAtUse(search: Search): void {
  const { sessions, logins, scratchSessions, scratchLogins } = search;
  const marginal = ({ load, limit }: Field, c: number) =>
    limit[c]! > 0 && limit[c]! < Infinity ? (load[c]! / limit[c]!) ** 6 / limit[c]! : 0;
  for (let c = 0; c < scratchSessions.length; c++) {
    scratchSessions[c] = marginal(sessions, c);
    scratchLogins[c] = marginal(logins, c);
  }
  fillPrices(search.model, search.useScreen, scratchSessions, scratchLogins);
  search.movesUntilUseScreen = search.screenEvery;
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

/** Whose starts keep a demand from its own: nobody's, those of others than its teacher, everybody's. */
export type Heed = 'nobody' | 'otherTeachers' | 'everybody';

/**
 * The most that demand i could save by standing elsewhere, by the screen's marginal prices; 0 where it stands at its cheapest start.
 * The penalty is convex, so with the demand's own load still in the cells this is an upper bound for every start, as good as the
 * screen is fresh: nearly everybody is spared the search once a plan has settled.
 */
export function promisedGain(search: Search, i: number, heed: Heed): number {
  const { problem, kindStart, shapeFirst } = search.model;
  const shape = search.demandShape[i]!;
  const base = search.screen.offset[shape]! - shapeFirst[shape]!;
  const table = search.screen.price;
  const wish = problem.demandWish[i]!;
  const weight = problem.demandWeight[i]!;
  const scale = problem.demandScale[i]!;
  const from = search.nearFrom[i]!;
  const to = search.nearTo[i]!;
  const here = search.starts[i]!;
  const cost = weight * (here - wish) * (here - wish) + scale * table[base + here]!;
  let least = cost;
  for (let k = from; k < to; k++) {
    const start = kindStart[k]!;
    const moved = start - wish;
    const bound = weight * moved * moved + scale * table[base + start]!;
    if (bound < least) least = bound;
  }
  if (heed === 'nobody' || least >= cost) return cost - least;
  const barred = gatherBarred(search, i, heed === 'otherTeachers' ? problem.demandTeacher[i]! : -1);
  if (barred === 0 && !search.sites.limited[i]) return cost - least;
  least = cost;
  addSiteUse(search.sites, problem, i, here, -1);
  for (let k = from; k < to; k++) {
    const start = kindStart[k]!;
    const moved = start - wish;
    const bound = weight * moved * moved + scale * table[base + start]!;
    if (bound >= least || isBarred(search, barred, start)) continue;
    // members of a team that move together may make room for each other
    if (heed === 'everybody' && !fitsSite(search.sites, problem, i, start)) continue;
    least = bound;
  }
  addSiteUse(search.sites, problem, i, here, 1);
  return cost - least;
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

/** Gathers the open intervals of starts that the mates of i bar, but those of `teacher`, into the scratch columns; returns how many. */
function gatherBarred(search: Search, i: number, teacher = -1): number {
  const { conflicts, starts, barredFrom, barredTo } = search;
  const { demandTeacher } = search.model.problem;
  let count = 0;
  const to = conflicts.offset[i + 1]!;
  for (let row = conflicts.offset[i]!; row < to; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0 || (teacher >= 0 && demandTeacher[conflicts.mate[row]!] === teacher)) continue;
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
  const { problem, kindStart, shapeFirst } = search.model;
  const wish = problem.demandWish[i]!;
  if (wish < 0) return leastUsedStart(search, i, onlyFitting);
  if (search.movesUntilScreen-- <= 0) look(search);
  const shape = search.demandShape[i]!;
  const from = search.nearFrom[i]!;
  const middle = search.nearWish[i]!;
  const to = search.nearTo[i]!;
  const barred = gatherBarred(search, i);
  const weight = problem.demandWeight[i]!;
  const scale = problem.demandScale[i]!;
  const table = search.screen.price;
  const base = search.screen.offset[shape]! - shapeFirst[shape]!;

  let best = -1;
  let bestCost = Infinity;
  if (old >= 0 && Math.abs(old - wish) <= search.reach[i]! && !isBarred(search, barred, old)) {
    const cost = weight * (old - wish) * (old - wish) + riseAt(search, i, old);
    if (fitsSite(search.sites, problem, i, old) && (!onlyFitting || fits(search, i, old))) {
      best = old;
      bestCost = cost;
    }
  }
  // first the most promising by the screen, so that the second look has a bound to prune with
  let promising = -1;
  let least = Infinity;
  for (let k = middle; k < to; k++) {
    const start = kindStart[k]!;
    const moved = weight * (start - wish) * (start - wish);
    if (moved >= least) break;
    const bound = moved + scale * table[base + start]!;
    if (bound < least && !isBarred(search, barred, start)) {
      least = bound;
      promising = start;
    }
  }
  for (let k = middle - 1; k >= from; k--) {
    const start = kindStart[k]!;
    const moved = weight * (start - wish) * (start - wish);
    if (moved >= least) break;
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
  for (let way = 1; way >= -1; way -= 2) {
    for (let k = way > 0 ? middle : middle - 1; k >= from && k < to; k += way) {
      const start = kindStart[k]!;
      const moved = weight * (start - wish) * (start - wish);
      if (moved >= bestCost) break;
      if (moved + scale * table[base + start]! >= bestCost || start === promising || start === old) continue;
      if (isBarred(search, barred, start)) continue;
      const cost = moved + riseAt(search, i, start);
      if (cost < bestCost && fitsSite(search.sites, problem, i, start) && (!onlyFitting || fits(search, i, start))) {
        best = start;
        bestCost = cost;
      }
    }
  }
  return best;
}

/**
 * For a demand that stands at `old` (its load taken away): the start nearest to its wish, and nearer than `old`, that has room and that every law
 * allows; `old` where there is none.
 */
export function nearestFitting(search: Search, i: number, old: number): number {
  const { problem, kindStart } = search.model;
  const wish = problem.demandWish[i]!;
  const from = search.nearFrom[i]!;
  const middle = search.nearWish[i]!;
  const to = search.nearTo[i]!;
  const barred = gatherBarred(search, i);
  let best = old;
  let distance = Math.abs(old - wish);
  for (let way = 1; way >= -1; way -= 2) {
    for (let k = way > 0 ? middle : middle - 1; k >= from && k < to; k += way) {
      const start = kindStart[k]!;
      if (Math.abs(start - wish) >= distance) break;
      if (!fits(search, i, start) || isBarred(search, barred, start)) continue;
      if (!fitsSite(search.sites, problem, i, start)) continue;
      best = start;
      distance = Math.abs(start - wish);
    }
  }
  return best;
}

function leastUsedStart(search: Search, i: number, onlyFitting: boolean): number {
  const { problem, kindStart, shapeFirst } = search.model;
  if (search.movesUntilUseScreen-- <= 0) lookAtUse(search);
  const shape = search.demandShape[i]!;
  const barred = gatherBarred(search, i);
  const scale = problem.demandScale[i]!;
  const base = search.screen.offset[shape]! - shapeFirst[shape]!;
  const price = search.screen.price;
  const use = search.useScreen.price;
  const from = search.nearFrom[i]!;
  const to = search.nearTo[i]!;
  let best = -1;
  let bestCost = Infinity;
  let promising = -1;
  let least = Infinity;
  for (let k = from; k < to; k++) {
    const at = base + kindStart[k]!;
    const bound = scale * (price[at]! + use[at]!);
    if (bound < least && !isBarred(search, barred, kindStart[k]!)) {
      least = bound;
      promising = kindStart[k]!;
    }
  }
  // the most promising first, so that the rest has a cost to beat
  for (let k = from - 1; k < to; k++) {
    const start = k < from ? promising : kindStart[k]!;
    if (start < 0 || (k >= from && start === promising)) continue;
    if (scale * (price[base + start]! + use[base + start]!) >= bestCost || isBarred(search, barred, start)) continue;
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
  const { problem, kindStart } = search.model;
  costs.fill(Infinity);
  const wish = problem.demandWish[i]!;
  const weight = wish < 0 ? 0 : problem.demandWeight[i]!;
  const barred = gatherBarred(search, i);
  let first = Infinity;
  let last = -1;
  for (let k = search.nearFrom[i]!; k < search.nearTo[i]!; k++) {
    const start = kindStart[k]!;
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

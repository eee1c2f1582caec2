import { type Conflicts, buildConflicts } from './conflicts';
import { addLoad, emptyField, excessAt, type Field, penaltyRise, usage } from './field';
import type { AllocationModel } from './model';
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
  /** Most displacement allowed, in cells, per demand: the cap, or the nearest allowed start where that is farther. */
  reach: Int32Array;
  barredFrom: Int32Array;
  barredTo: Int32Array;
}

/** A demand with one usable start: it goes first and never moves. */
export function isFixed({ model }: Search, i: number): boolean {
  const kind = model.demandKind[i]!;
  return model.kindOffset[kind + 1]! - model.kindOffset[kind]! === 1;
}

export function emptySearch(model: AllocationModel, capCells: number): Search {
  const { demandCount } = model.problem;
  const conflicts = buildConflicts(model);
  let mostMates = 0;
  for (let i = 0; i < demandCount; i++)
    mostMates = Math.max(mostMates, conflicts.offset[i + 1]! - conflicts.offset[i]!);
  const search: Search = {
    model,
    conflicts,
    sites: buildSites(model),
    sessions: emptyField(model, 'sessions'),
    logins: emptyField(model, 'logins'),
    starts: new Int32Array(demandCount).fill(-1),
    reach: new Int32Array(demandCount),
    barredFrom: new Int32Array(mostMates),
    barredTo: new Int32Array(mostMates),
  };
  setCap(search, capCells);
  return search;
}

export function setCap({ model, reach }: Search, capCells: number): void {
  const { demandWish } = model.problem;
  for (let i = 0; i < reach.length; i++) {
    const wish = demandWish[i]!;
    if (wish < 0) continue;
    const { kindOffset, kindStart } = model;
    const kind = model.demandKind[i]!;
    const right = lowerBound(kindStart, kindOffset[kind]!, kindOffset[kind + 1]!, wish);
    let nearest = right < kindOffset[kind + 1]! ? kindStart[right]! - wish : Infinity;
    if (right > kindOffset[kind]!) nearest = Math.min(nearest, wish - kindStart[right - 1]!);
    reach[i] = nearest === Infinity ? capCells : Math.max(capCells, nearest);
  }
}

/** Puts demand i at `start`, or (times = -1) takes it away from where it stands. */
export function place(search: Search, i: number, start: number, times: 1 | -1): void {
  const { problem, shapeProfile, shapeOccurrences, kindShape, demandKind } = search.model;
  const shape = kindShape[demandKind[i]!]!;
  const profile = shapeProfile[shape]!;
  const occurrences = shapeOccurrences[shape]!;
  const scale = problem.demandScale[i]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    addLoad(search.sessions, profile, scale, at, times);
    addLoad(search.logins, profile, scale, at, times);
  }
  addSiteUse(search.sites, problem, i, start, times);
  search.starts[i] = times === 1 ? start : -1;
}

/** Rise of the penalty in both limits, over all occurrences. */
export function riseAt(search: Search, i: number, start: number): number {
  const { problem, shapeProfile, shapeOccurrences, kindShape, demandKind } = search.model;
  const shape = kindShape[demandKind[i]!]!;
  const profile = shapeProfile[shape]!;
  const occurrences = shapeOccurrences[shape]!;
  const scale = problem.demandScale[i]!;
  let rise = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
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
  const { problem, demandKind, kindShape, shapeProfile, shapeOccurrences } = search.model;
  const shape = kindShape[demandKind[i]!]!;
  const profile = shapeProfile[shape]!;
  const occurrences = shapeOccurrences[shape]!;
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
  const over = excess(search, i, start);
  return over.sessions === 0 && over.logins === 0;
}

function usageAt(search: Search, i: number, start: number): number {
  const { problem, demandKind, kindShape, shapeProfile, shapeOccurrences } = search.model;
  const shape = kindShape[demandKind[i]!]!;
  const profile = shapeProfile[shape]!;
  const occurrences = shapeOccurrences[shape]!;
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
  for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0) continue;
    const at = other + conflicts.shift[row]!;
    barredFrom[count] = at - conflicts.after[row]!;
    barredTo[count++] = at + conflicts.before[row]!;
  }
  return count;
}

function isBarred(search: Search, count: number, start: number): boolean {
  for (let b = 0; b < count; b++) if (start > search.barredFrom[b]! && start < search.barredTo[b]!) return true;
  return false;
}

/** May i start here as far as classes, teachers, neighbours and its establishment's limit go? */
export function isFree(search: Search, i: number, start: number): boolean {
  return !isBarred(search, gatherBarred(search, i), start) && fitsSite(search.sites, search.model.problem, i, start);
}

/**
 * The cheapest start of demand i (which stands nowhere) under displacement cost and penalties, or -1. Goes outward from the
 * wish: the penalty never falls, so once the displacement alone costs more than the best, nothing farther can win.
 * `onlyFitting` leaves out starts that would pass a limit.
 */
export function cheapestStart(search: Search, i: number, onlyFitting: boolean): number {
  const { problem, kindOffset, kindStart, demandKind } = search.model;
  const kind = demandKind[i]!;
  const from = kindOffset[kind]!;
  const to = kindOffset[kind + 1]!;
  const barred = gatherBarred(search, i);
  const allowed = (start: number) =>
    !isBarred(search, barred, start) &&
    fitsSite(search.sites, problem, i, start) &&
    (!onlyFitting || fits(search, i, start));
  const wish = problem.demandWish[i]!;
  let best = -1;
  let bestCost = Infinity;
  if (wish < 0) {
    for (let k = from; k < to; k++) {
      const start = kindStart[k]!;
      const cost = riseAt(search, i, start) + usageAt(search, i, start);
      if (cost < bestCost && allowed(start)) {
        best = start;
        bestCost = cost;
      }
    }
    return best;
  }
  const weight = problem.demandWeight[i]!;
  const reach = search.reach[i]!;
  let right = lowerBound(kindStart, from, to, wish);
  let left = right - 1;
  while (left >= from || right < to) {
    const distanceLeft = left >= from ? wish - kindStart[left]! : Infinity;
    const distanceRight = right < to ? kindStart[right]! - wish : Infinity;
    const distance = Math.min(distanceLeft, distanceRight);
    const moved = weight * distance * distance;
    if (distance > reach || (moved >= bestCost && best >= 0)) break;
    const start = distanceRight <= distanceLeft ? kindStart[right++]! : kindStart[left--]!;
    if (isBarred(search, barred, start)) continue;
    const cost = moved + riseAt(search, i, start);
    if (cost < bestCost && fitsSite(search.sites, problem, i, start) && (!onlyFitting || fits(search, i, start))) {
      best = start;
      bestCost = cost;
    }
  }
  return best;
}

/** First index in [from, to) whose value is not below `value`. */
export function lowerBound(column: Int32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

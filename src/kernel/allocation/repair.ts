import type { Random } from '../random';
import { displacementObjective } from './bound';
import type { Field } from './field';
import { attend, type PartFigures, sweep, type Watch } from './place';
import { cheapestStart, excess, fits, isFixed, isFree, place, type Search, setPenalties } from './search';
import { applyPenalty, movePrices, type Penalty } from './penalty';
import { type Pools, swapSweep } from './swap';
import type { JointScratch, Teams } from './teams';

/** Stiffness of the repair: overload of this share of the limit doubles the price of a cell. */
const SOFTNESS = 0.001;
/** An overloaded cell gets dearer quickly, an idle one cheaper slowly: the last overload goes at the price of a little room. */
const DEARER_SOFTNESS = 0.002;
const CHEAPER_SOFTNESS = 0.1;
const MOST_ROUNDS = 70;
/** Rounds without a real gain after which it turns to force, and after which it gives up. */
const PATIENCE = 12;
const FORCE_ROUNDS = 12;
/** Room left below the limits, in grains of the problem (a mean window's share of a limit): a little more each round, or the last overload wanders. */
const MARGIN_GRAINS = 0.1;
const MARGIN_GROWTH_GRAINS = 0.03;
/** Rounds after which a demand that finds no place under its cap is believed. */
const MISSING_ROUNDS = 3;
const SWAP_TRIES = 6;

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

/** The plan as it stands, limits passed or not; without an objective while somebody has no place. */
export function standing({ model, starts, sessions, logins }: Search): PartFigures {
  const count = ({ load, limit }: Field) => load.reduce((over, _, c) => (isOver(load, limit, c) ? over + 1 : over), 0);
  return {
    objective: starts.includes(-1) ? undefined : displacementObjective(model.problem, starts),
    overCellCount: count(sessions) + count(logins),
  };
}

/** Over its limit by this plan's doing: a limit below zero (background above capacity) is nobody's fault here. */
const isOver = (load: Float64Array, limit: Float64Array, c: number): boolean => load[c]! > limit[c]! && load[c]! > 0;

/**
 * Chained repair: only windows that touch an overloaded cell move or change places, while the price of that cell climbs, until no
 * cell is over its limit. True when it succeeds and everybody has a place.
 */
export function repair(
  search: Search,
  teams: Teams,
  pools: Pools,
  scratch: JointScratch,
  penalty: Penalty,
  random: Random,
  lastResort: boolean,
  watch: Watch,
): boolean {
  const { cellCount } = search.model.problem;
  const touched = new Int32Array(cellCount + 1);
  const targets = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
  let best = Infinity;
  let patience = PATIENCE;
  let softness = SOFTNESS;
  let forced = 0;
  const takes = (i: number) => touches(search, touched, i);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const missing = placeMissing(search, teams.member, false, watch);
    const left = overload(search);
    if (left === 0) return missing === 0;
    if (missing > 0 && round >= MISSING_ROUNDS && !lastResort) return false;
    if (left < best * 0.95) {
      best = left;
      patience = PATIENCE;
    } else if (forced > 0 || --patience === 0) {
      if (++forced > FORCE_ROUNDS) return false;
      softness /= 2;
    }
    watch.onPhase?.('repair', 0.55 + (0.35 * round) / MOST_ROUNDS, standing(search));
    // loads are brought to a little below the limit: there is always some last lump that does not fit in
    const grains = MARGIN_GRAINS + MARGIN_GROWTH_GRAINS * round;
    const share = { sessions: 1 - grains * penalty.sessionGrain, logins: 1 - grains * penalty.loginGrain };
    applyPenalty(search, penalty, softness, share, targets);
    movePrices(search, penalty, targets, DEARER_SOFTNESS, CHEAPER_SOFTNESS);
    applyPenalty(search, penalty, softness, share, targets);
    markOverloaded(search, touched);
    swapSweep(search, pools, SWAP_TRIES, random, watch.isCancelled, takes);
    markOverloaded(search, touched);
    sweep(search, teams, scratch, watch, false, takes);
  }
  return overload(search) === 0 && placeMissing(search, teams.member, false, watch) === 0;
}

/** Everybody may still come nearer to the wish, or to emptier cells, where there is room. */
export function polish(search: Search, teams: Teams, scratch: JointScratch, watch: Watch): void {
  const nothing = new Float64Array(search.model.problem.cellCount);
  // a limit that costs nothing to pass, and is never passed: only fitting starts are looked at
  setPenalties(
    search,
    nothing,
    nothing,
    { sessions: 1e-30, logins: 1e-30 },
    search.sessions.limit,
    search.logins.limit,
  );
  for (let round = 0; round < 3; round++) if (sweep(search, teams, scratch, watch, true) === 0) break;
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
export function placeMissing(search: Search, order: Int32Array, onlyFitting: boolean, watch: Watch): number {
  let missing = 0;
  for (const i of order) {
    if (search.starts[i]! >= 0) continue;
    attend(watch);
    if (!seat(search, i, onlyFitting) && !seatOnSite(search, i, onlyFitting)) missing++;
  }
  return missing;
}

/** Where only the establishment's limit is in the way: one of those who hold it moves, if it can. */
function seatOnSite(search: Search, i: number, onlyFitting: boolean): boolean {
  if (!search.sites.limited[i]) return false;
  const { problem } = search.model;
  const { starts } = search;
  const { demandCells, demandEstablishment } = problem;
  const holders: number[] = [];
  for (let j = 0; j < starts.length; j++) {
    if (demandEstablishment[j] !== demandEstablishment[i] || !search.sites.limited[j]) continue;
    if (starts[j]! >= 0 && !isFixed(search, j)) holders.push(j);
  }
  for (const at of startsByDistance(search, i)) {
    if (onlyFitting && !fits(search, i, at)) continue;
    for (const holder of holders) {
      const old = starts[holder]!;
      if (old >= at + demandCells[i]! || old + demandCells[holder]! <= at) continue;
      place(search, holder, old, -1);
      if (isFree(search, i, at)) {
        place(search, i, at, 1);
        const elsewhere = cheapestStart(search, holder, onlyFitting);
        if (elsewhere >= 0) {
          place(search, holder, elsewhere, 1);
          return true;
        }
        place(search, i, at, -1);
      }
      place(search, holder, old, 1);
    }
  }
  return false;
}

/** Starts of demand i within its reach, nearest to the wish first. */
function startsByDistance({ model, reach }: Search, i: number): number[] {
  const kind = model.demandKind[i]!;
  const wish = model.problem.demandWish[i]!;
  return Array.from(model.kindStart.subarray(model.kindOffset[kind], model.kindOffset[kind + 1]))
    .filter((at) => wish < 0 || Math.abs(at - wish) <= reach[i]!)
    .sort((a, b) => Math.abs(a - wish) - Math.abs(b - wish) || a - b);
}

function seat(search: Search, i: number, onlyFitting: boolean): boolean {
  const start = cheapestStart(search, i, onlyFitting);
  if (start >= 0) {
    place(search, i, start, 1);
    return true;
  }
  const { conflicts, starts } = search;
  for (const at of startsByDistance(search, i)) {
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
export function dropOverload(search: Search, watch: Watch): void {
  const { demandScale } = search.model.problem;
  // the largest windows first: the fewest go
  const order = Int32Array.from(search.starts.keys()).filter((i) => !isFixed(search, i));
  const bySize = order.slice().sort((a, b) => demandScale[b]! - demandScale[a]! || a - b);
  for (const i of bySize) {
    const start = search.starts[i]!;
    if (start < 0 || (excess(search, i, start, 0).sessions === 0 && excess(search, i, start, 0).logins === 0)) continue;
    attend(watch);
    place(search, i, start, -1);
    const elsewhere = cheapestStart(search, i, true);
    if (elsewhere >= 0) place(search, i, elsewhere, 1);
  }
  placeMissing(search, order, true, watch);
}

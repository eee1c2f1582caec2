import { type Random, randomInteger } from '../../random';
import type { Field } from '../field';
import type { Watch } from '../place';
import { AllocationCancelled } from '../problem';
import { put, type SmallPlan } from './small-plan';

/** Displacement cost that a move may lose with a fair chance, at the beginning and at the end. */
const FIRST_TEMPERATURE = 40;
const LAST_TEMPERATURE = 0.5;
/** Displacement cost of one mean window too many in a cell, at the beginning and at the end: by then nothing is worth it. */
const FIRST_WEIGHT = 100;
const LAST_WEIGHT = 3000;
/** Two windows that bar each other count as so many mean windows too many in a cell, units beyond a site's limit as so many each. */
const PAIR_SHARE = 2;
const SITE_SHARE = 0.5;
/** What a unit beyond a limit counts is whole in these parts: sums of them are exact, and 0 means that every law is kept. */
const GRID = 2 ** -20;
/** Share of the moves that are a window's own; the others change places. */
const ALONE_SHARE = 0.7;
/** Who stands within so many cells of the start that is wanted may change places. */
const SWAP_CELLS = 1;
const CANCEL_EVERY = 4096;

/** What one thousandth beyond a limit counts, and one unit beyond that of a site. */
interface Weights {
  sessions: number;
  logins: number;
  site: number;
}

/**
 * Annealing over single windows in which every law may be broken at a price that rises: a window takes another start, or two change
 * places. Where a few windows fill a cell, ways between good plans lead through bad ones that ruin and recreate cannot cross.
 * Leaves the plan with everybody somewhere, laws broken or not, and gives the cheapest starts met that break none; null where there
 * were none.
 *
 * @throws AllocationCancelled
 */
export function searchSoftly(
  plan: SmallPlan,
  movable: Int32Array,
  steps: number,
  enough: number,
  random: Random,
  watch: Watch,
): { starts: Int32Array; objective: number } | null {
  const { startOffset, start, starts, model } = plan;
  const { demandWish } = model.problem;
  const weights = weightsOf(plan);
  let over = 0;
  for (const i of movable) {
    if (starts[i]! >= 0) continue;
    const at = start[startOffset[i]!]!;
    over += breach(plan, weights, i, at);
    put(plan, i, at, 1);
  }
  let best: { starts: Int32Array; objective: number } | null = null;
  const keep = () => {
    if (over > 0 || plan.unplacedCount > 0 || (best && best.objective <= plan.objective)) return;
    best ??= { starts: starts.slice(), objective: 0 };
    best.starts.set(starts);
    best.objective = plan.objective;
  };
  keep();
  const take = (i: number) => {
    const from = starts[i]!;
    put(plan, i, from, -1);
    return breach(plan, weights, i, from);
  };
  let temperature = FIRST_TEMPERATURE;
  let weight = FIRST_WEIGHT;

  for (let step = 0; step < steps; step++) {
    if (step % CANCEL_EVERY === 0) {
      if (watch.isCancelled?.()) throw new AllocationCancelled();
      const found = best as { objective: number } | null;
      if (found && found.objective <= enough) break;
      const done = step / steps;
      temperature = FIRST_TEMPERATURE * (LAST_TEMPERATURE / FIRST_TEMPERATURE) ** done;
      weight = FIRST_WEIGHT * (LAST_WEIGHT / FIRST_WEIGHT) ** done;
      watch.onPhase?.('place', 0.5 * done, found ? { objective: found.objective, overCellCount: 0 } : {});
    }
    const i = movable[randomInteger(random, movable.length)]!;
    const from = starts[i]!;
    // the nearer to the wish, the more often it is tried; who has no wish tries anything
    const share = random();
    const count = startOffset[i + 1]! - startOffset[i]!;
    const at = start[startOffset[i]! + Math.floor((demandWish[i]! < 0 ? share : share * share) * count)]!;
    if (at === from) continue;
    const partner = random() < ALONE_SHARE ? -1 : someoneNear(plan, movable, i, at, random);
    const partnerFrom = partner < 0 ? -1 : starts[partner]!;
    const partnerAt = partner < 0 ? -1 : nearestStart(plan, partner, from);
    if (partner >= 0 && partnerAt < 0) continue;
    const lost = -temperature * Math.log(random());
    const before = plan.objective;
    let change = -take(i);
    if (partner >= 0) change -= take(partner);
    change += breach(plan, weights, i, at);
    put(plan, i, at, 1);
    if (partner >= 0) {
      change += breach(plan, weights, partner, partnerAt);
      put(plan, partner, partnerAt, 1);
    }
    if (plan.objective - before + weight * change <= lost) {
      over += change;
      keep();
      continue;
    }
    put(plan, i, at, -1);
    if (partner >= 0) {
      put(plan, partner, partnerAt, -1);
      put(plan, partner, partnerFrom, 1);
    }
    put(plan, i, from, 1);
  }
  return best;
}

function weightsOf({ model: { problem }, sessions, logins, demandShape: { length } }: SmallPlan): Weights {
  const onGrid = (weight: number) => Math.max(1, Math.round(weight / GRID)) * GRID;
  const meanPeak = (field: Field) => {
    let sum = 0;
    for (let i = 0; i < length; i++) {
      const profile = problem.demandProfile[i]!;
      const lump = field.lumpFrom[i]!;
      const cells = field.profiles.to[profile]! - field.profiles.from[profile]!;
      sum += field.lumps.subarray(lump, lump + cells).reduce((most, amount) => Math.max(most, amount), 0);
    }
    return Math.max(1, sum / length);
  };
  const units = problem.demandSiteUnits.reduce((sum, own) => sum + own, 0);
  return {
    sessions: onGrid(1 / meanPeak(sessions)),
    logins: onGrid(1 / meanPeak(logins)),
    site: onGrid((SITE_SHARE * length) / Math.max(1, units)),
  };
}

/** By how much demand i, which stands nowhere, would break the laws further were it put at `at`. */
function breach(plan: SmallPlan, weights: Weights, i: number, at: number): number {
  const { problem, shapeOccurrences } = plan.model;
  const occurrences = shapeOccurrences[plan.demandShape[i]!]!;
  let sum = PAIR_SHARE * barredBy(plan, i, at) + weights.site * siteBreach(plan, i, at);
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const start = at + problem.occurrenceShift[o]!;
    sum += weights.sessions * limitBreach(plan.sessions, i, problem.demandProfile[i]!, start);
    sum += weights.logins * limitBreach(plan.logins, i, problem.demandProfile[i]!, start);
  }
  return sum;
}

/** In whole thousandths over all cells: limits are rounded down, since loads are whole. */
function limitBreach(
  { profiles, load, limit, lumps, lumpFrom }: Field,
  i: number,
  profile: number,
  at: number,
): number {
  const cells = profiles.to[profile]! - profiles.from[profile]!;
  const lump = lumpFrom[i]!;
  const first = at + profiles.first[profile]!;
  let sum = 0;
  for (let k = 0; k < cells; k++) {
    const amount = lumps[lump + k]!;
    const over = load[first + k]! + amount - Math.floor(limit[first + k]!);
    if (over > 0) sum += over < amount ? over : amount;
  }
  return sum;
}

function siteBreach({ sites, model: { problem } }: SmallPlan, i: number, at: number): number {
  if (!sites.limited[i]) return 0;
  const units = problem.demandSiteUnits[i]!;
  const room = problem.establishmentSiteLimit[problem.demandEstablishment[i]!]! - units;
  const from = sites.base[i]! + at;
  let sum = 0;
  for (let cell = from; cell < from + problem.demandCells[i]!; cell++) {
    const over = sites.use[cell]! - room;
    if (over > 0) sum += over < units ? over : units;
  }
  return sum;
}

function barredBy({ conflicts, starts }: SmallPlan, i: number, at: number): number {
  let count = 0;
  for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0) continue;
    const apart = at - other - conflicts.shift[row]!;
    if (apart > -conflicts.after[row]! && apart < conflicts.before[row]!) count++;
  }
  return count;
}

/** Another that stands at about `at`, from a random place in the list on; -1 where there is none. */
function someoneNear({ starts }: SmallPlan, movable: Int32Array, i: number, at: number, random: Random): number {
  let k = randomInteger(random, movable.length);
  for (let asked = 0; asked < movable.length; asked++, k++) {
    if (k === movable.length) k = 0;
    const other = movable[k]!;
    if (other !== i && Math.abs(starts[other]! - at) <= SWAP_CELLS) return other;
  }
  return -1;
}

/** The start of demand i nearest to `at`, two cells away at most; -1 where there is none. */
function nearestStart({ startOffset, start }: SmallPlan, i: number, at: number): number {
  let nearest = -1;
  let least = 3;
  for (let k = startOffset[i]!; k < startOffset[i + 1]!; k++) {
    const away = Math.abs(start[k]! - at);
    if (away >= least) continue;
    least = away;
    nearest = start[k]!;
  }
  return nearest;
}

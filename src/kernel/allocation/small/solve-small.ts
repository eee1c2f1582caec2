import { type Random, randomInteger, seededRandom } from '../../random';
import type { AllocationModel } from '../model';
import type { Watch } from '../place';
import type { CellPrices } from '../prices';
import { emptyTables, fillPrices } from '../price-tables';
import { AllocationCancelled } from '../problem';
import { searchSoftly } from './soft-search';
import { anyNearerStart, costOf, emptySmallPlan, insert, mayStart, put, type SmallPlan } from './small-plan';

/** Parts with fewer demands than this are searched window by window: prices say little where few classes share a cell. */
export const SMALL_DEMANDS = 500;

/** A few windows settle at once, a hundred and more want all the steps there are. */
const LEAST_STEPS = 200;
const STEPS_PER_CUBED_DEMAND = 0.3;
const MOST_STEPS = 250_000;
/** Single moves, laws softened, before whole windows are taken out: they cost a tenth of such a step. */
const SOFT_STEPS_PER_CUBED_DEMAND = 5;
const MOST_SOFT_STEPS = 3_000_000;
/** Share of the steps that go by without a place for one more before the missing are believed. */
const BELIEVED_SHARE = 0.15;
/** What a missing window counts as, in windows displaced by the whole cap. */
const MISSING_COST = 4;
/** How often one of the missing is asked first. */
const MISSING_FIRST = 0.3;
/** Windows taken out in a step. */
const FEWEST_OUT = 3;
const MOST_OUT = 10;
/** Displacement cost that a step may lose with a fair chance, at the beginning and at the end: 12 is a little over a quarter of an hour. */
const FIRST_TEMPERATURE = 12;
/** The same where soft moves have done the rough work: 12 would undo some of it. */
const SETTLED_TEMPERATURE = 6;
const LAST_TEMPERATURE = 0.15;
/** Chance that a start is overlooked when a window is put back: without it the same plan comes back. */
const BLINK = 0.03;
/** Shares of the steps that make room at a better start, that empty a stretch of time; the others empty a part of a school. */
const MAKE_ROOM_SHARE = 0.5;
const STRETCH_SHARE = 0.35;
/** Windows that stand, or wish to stand, within this many cells of each other are close in time. */
const NEAR_CELLS = 9;
/** Visitors are there some cells after the end of a window. */
const EDGE_CELLS = 4;
/** A plan this near to what the prices prove to be the least is not searched on. */
const GOOD_ENOUGH_RATIO = 0.005;
/** One that is this far above it is not believed to be the best before the search has begun once more from nothing. */
const DOUBTED_RATIO = 0.1;
const CANCEL_EVERY = 256;

/**
 * A part searched window by window: single moves with softened laws, then annealed ruin and recreate, and, where that leaves somebody
 * out or much to wish for, ruin and recreate from nothing; nothing but the last where it is proven that no plan has a place for all. A trial takes the first complete plan, however dear. Gives the starts of the best plan met, none of which passes a
 * limit, -1 for who found no place in it; null where somebody did not and `mustPlaceAll`.
 *
 * @throws AllocationCancelled
 */
export function solveSmall(
  model: AllocationModel,
  reach: Int32Array,
  prices: CellPrices,
  seed: number,
  { mustPlaceAll, isHopeless, isTrial }: { mustPlaceAll: boolean; isHopeless: boolean; isTrial: boolean },
  watch: Watch,
): Int32Array | null {
  const tables = emptyTables(model);
  fillPrices(model, tables, prices.sessions, prices.logins);
  const enough = isTrial ? Infinity : Math.max(0, prices.value) * (1 + GOOD_ENOUGH_RATIO);
  if (isHopeless) return search(emptySmallPlan(model, reach, tables), false).starts;
  if (isTrial) {
    const { starts, unplacedCount } = search(emptySmallPlan(model, reach, tables), false);
    if (unplacedCount === 0) return starts;
  }
  const settled = search(emptySmallPlan(model, reach, tables), true);
  if (isTrial) return settled.unplacedCount === 0 ? settled.starts : null;
  if (settled.unplacedCount === 0 && settled.value <= Math.max(0, prices.value) * (1 + DOUBTED_RATIO))
    return settled.starts;
  // a plan made law by law from nothing may have a place for one more, and where a few windows lock each other it is nearer to the wishes
  const built = search(emptySmallPlan(model, reach, tables), false);
  const better = built.value < settled.value ? built : settled;
  return mustPlaceAll && better.unplacedCount > 0 ? null : better.starts;

  function search(plan: SmallPlan, isSoft: boolean): Found {
    const random = seededRandom(seed ^ 0x3c6ef372);
    const movable = placeFirst(plan, random);
    const missingCost = MISSING_COST * reach.reduce((most, cells) => Math.max(most, cells * cells), 1);
    const task = { plan, movable, missingCost, enough, mustPlaceAll, random, watch };
    const isFar = plan.unplacedCount > 0 || plan.objective > enough;
    if (isSoft && isFar && movable.length > 1) settleSoftly(task);
    return ruinAndRecreate(task, isSoft ? SETTLED_TEMPERATURE : FIRST_TEMPERATURE);
  }
}

/** The best plan met; its value counts who is missing. */
interface Found {
  starts: Int32Array;
  value: number;
  unplacedCount: number;
}

interface Task {
  plan: SmallPlan;
  movable: Int32Array;
  missingCost: number;
  enough: number;
  mustPlaceAll: boolean;
  random: Random;
  watch: Watch;
}

/**
 * Annealed ruin and recreate (after Schrimpf et al., 2000, with the blinks of Christiaens and Vanden Berghe, 2020): a few windows that are
 * close in time, or of one school, or in the way of one far from its wish, are taken out and put back one by one at the cheapest
 * start that every law allows; what is worse is kept with a chance that falls. Ends early where all must have a place and one
 * seems to have none.
 */
function ruinAndRecreate(
  { plan, movable, missingCost, enough, mustPlaceAll, random, watch }: Task,
  firstTemperature: number,
): Found {
  const { demandCount } = plan.model.problem;
  const valueOf = () => plan.objective + missingCost * plan.unplacedCount;
  const best = { starts: plan.starts.slice(), value: valueOf(), unplacedCount: plan.unplacedCount };
  const steps =
    movable.length === 0 ? 0 : Math.min(MOST_STEPS, LEAST_STEPS + STEPS_PER_CUBED_DEMAND * demandCount ** 3);
  const cooling = Math.log(LAST_TEMPERATURE / firstTemperature);
  const out: number[] = [];
  const before: number[] = [];
  let lastGain = 0;

  for (let step = 0; step < steps && (best.unplacedCount > 0 || best.value > enough); step++) {
    const done = step / steps;
    if (step % CANCEL_EVERY === 0) {
      if (watch.isCancelled?.()) throw new AllocationCancelled();
      const objective = best.unplacedCount === 0 ? { objective: best.value, overCellCount: 0 } : {};
      watch.onPhase?.('place', 0.5 + 0.4 * done, objective);
    }
    if (mustPlaceAll && best.unplacedCount > 0 && step - lastGain > BELIEVED_SHARE * steps) break;
    const value = valueOf();
    ruin(plan, movable, random, out, before);
    recreate(plan, out, random);
    const after = valueOf();
    const temperature = firstTemperature * Math.exp(cooling * done);
    if (after >= value - temperature * Math.log(random())) {
      undo(plan, out, before);
      continue;
    }
    if (after < best.value) {
      if (plan.unplacedCount < best.unplacedCount) lastGain = step;
      best.value = after;
      best.unplacedCount = plan.unplacedCount;
      best.starts.set(plan.starts);
    }
  }
  return best;
}

/** Demands with one start first, then the others, the largest first; gives those that may move. */
function placeFirst(plan: SmallPlan, random: Random): Int32Array {
  const { problem, kindOffset, demandKind } = plan.model;
  const isFixed = (i: number) => kindOffset[demandKind[i]! + 1]! - kindOffset[demandKind[i]!]! === 1;
  const all = Int32Array.from({ length: problem.demandCount }, (_, i) => i);
  for (const i of all) if (isFixed(i)) insert(plan, i, 0, random);
  const movable = all.filter((i) => !isFixed(i) && plan.startOffset[i + 1]! > plan.startOffset[i]!);
  movable.sort((a, b) => problem.demandScale[b]! - problem.demandScale[a]! || a - b);
  for (const i of movable) insert(plan, i, 0, random);
  return movable;
}

/** The plan that a search with softened laws finds; whoever it leaves where a law says no goes to the cheapest start that none bars. */
function settleSoftly({ plan, movable, enough, random, watch }: Task): void {
  const steps = Math.min(MOST_SOFT_STEPS, SOFT_STEPS_PER_CUBED_DEMAND * movable.length ** 3);
  const found = searchSoftly(plan, movable, steps, enough, random, watch)?.starts ?? plan.starts.slice();
  for (const i of movable) if (plan.starts[i]! >= 0) put(plan, i, plan.starts[i]!, -1);
  for (const i of movable) if (mayStart(plan, i, found[i]!)) put(plan, i, found[i]!, 1);
  for (const i of movable) if (plan.starts[i]! < 0) insert(plan, i, 0, random);
}

/** Takes windows out: `out` lists them, `before` where they stood (-1 for nowhere). */
function ruin(plan: SmallPlan, movable: Int32Array, random: Random, out: number[], before: number[]): void {
  const { starts, model } = plan;
  const { demandWish, demandEstablishment } = model.problem;
  out.length = 0;
  before.length = 0;
  const take = (i: number) => {
    out.push(i);
    before.push(starts[i]!);
    if (starts[i]! >= 0) put(plan, i, starts[i]!, -1);
  };
  const first = whoGoesFirst(plan, movable, random);
  const how = random();
  const better = how < MAKE_ROOM_SHARE ? anyNearerStart(plan, first, random) : -1;
  const stood = starts[first]! < 0 || random() < 0.5 ? Math.max(0, demandWish[first]!) : starts[first]!;
  take(first);
  if (better >= 0) {
    makeRoom(plan, movable, first, better, random, take);
    if (mayStart(plan, first, better)) put(plan, first, better, 1);
    return;
  }
  const place = (i: number) => (starts[i]! < 0 ? demandWish[i]! : starts[i]!);
  const isNear =
    how < MAKE_ROOM_SHARE + STRETCH_SHARE
      ? (i: number) => Math.abs(place(i) - stood) <= NEAR_CELLS
      : (i: number) => demandEstablishment[i] === demandEstablishment[first];
  const count = FEWEST_OUT + randomInteger(random, MOST_OUT - FEWEST_OUT + 1);
  const from = randomInteger(random, movable.length);
  for (let k = 0; k < movable.length && out.length < count; k++) {
    const i = movable[(from + k) % movable.length]!;
    if (i !== first && isNear(i) && random() < 0.5) take(i);
  }
}

/** One of the missing, or the dearest of a few drawn at random: who has most to gain is asked most. */
function whoGoesFirst(plan: SmallPlan, movable: Int32Array, random: Random): number {
  if (plan.unplacedCount > 0 && random() < MISSING_FIRST) {
    const missing = movable.filter((i) => plan.starts[i]! < 0);
    if (missing.length > 0) return missing[randomInteger(random, missing.length)]!;
  }
  let first = movable[randomInteger(random, movable.length)]!;
  for (let k = 0; k < 2; k++) {
    const other = movable[randomInteger(random, movable.length)]!;
    if (costOf(plan, other, plan.starts[other]!) > costOf(plan, first, plan.starts[first]!)) first = other;
  }
  return first;
}

/** Takes out, in a random order, who stands in time with a window at `at`, until demand `first` may start there. */
function makeRoom(
  plan: SmallPlan,
  movable: Int32Array,
  first: number,
  at: number,
  random: Random,
  take: (i: number) => void,
): void {
  const { demandCells } = plan.model.problem;
  const end = at + demandCells[first]! + EDGE_CELLS;
  const from = randomInteger(random, movable.length);
  for (let k = 0; k < movable.length; k++) {
    const i = movable[(from + k) % movable.length]!;
    const start = plan.starts[i]!;
    if (start < 0 || start > end || start + demandCells[i]! + EDGE_CELLS < at) continue;
    if (mayStart(plan, first, at)) return;
    if (random() < 0.7) take(i);
  }
}

/** Puts back who is out: at random, or the largest first; who wishes nothing mostly last. */
function recreate(plan: SmallPlan, out: readonly number[], random: Random): void {
  const { demandScale, demandCells, demandWish } = plan.model.problem;
  const how = random();
  const order = out
    .filter((i) => plan.starts[i]! < 0)
    .map((i) => {
      const size = demandScale[i]! * demandCells[i]! * (0.7 + 0.6 * random());
      const last = demandWish[i]! < 0 ? 1e12 : 0;
      return { i, key: how < 0.5 ? random() : how < 0.8 ? last - size : last + random() };
    })
    .sort((a, b) => a.key - b.key);
  for (const { i } of order) insert(plan, i, BLINK, random);
}

function undo(plan: SmallPlan, out: readonly number[], before: readonly number[]): void {
  for (const i of out) if (plan.starts[i]! >= 0) put(plan, i, plan.starts[i]!, -1);
  out.forEach((i, k) => {
    if (before[k]! >= 0) put(plan, i, before[k]!, 1);
  });
}

import { ascend } from './ascent';
import { type AllocationModel, buildModel } from './model';
import { partProblem, splitProblem } from './parts';
import { emptyTables, fillLoads, fillPrices } from './price-tables';
import { AllocationCancelled, type AllocationProblem } from './problem';

export interface LeastCapacity {
  /** No complete plan has a peak load / limit below this ratio, in sessions and logins together. */
  ratio: number;
  /** Whole prices per cell that prove it: the ratio is (sum of cheapest placements) / (sum of price x limit). */
  sessionPrices: Float64Array;
  loginPrices: Float64Array;
}

/** Temperatures of the smoothed minimum, as a share of the mean price of a placement, and steps at each. */
const TEMPERATURES = [0.3, 0.1, 0.03, 0.01, 0.003, 0.001];
const STEPS = 80;
/** Enough to tell which part of a problem is the tightest. */
const ROUGH_TEMPERATURES = [0.3, 0.1];
const ROUGH_STEPS = 30;
/** Parts whose rough bound comes this near to the best are looked at closely. */
const NEAR_BEST = 0.99;
/** A run ends early once a whole temperature improved the bound by less than this share. */
const WORTH_GOING_ON = 1e-5;
/** Beyond this many temperatures above the cheapest start, a start's share is nothing. */
const NEGLIGIBLE = 25;
/** Prices are stored as whole numbers up to this one: small enough for exact sums, fine enough to lose nothing. */
const MOST_PRICE = 2 ** 24;

/**
 * The least capacity, as a multiple of the limits, for which any plan could exist: the largest value over prices y >= 0 of
 * (sum over demands of the cheapest start under y) / (sum of y x limit), which is the dual of the linear relaxation
 * "minimise the peak". Local laws (classes, teachers, gaps, sites) only raise the true minimum.
 * The ratio is scale-free, so the ascent maximises N(z) - D(z)^2 / 2, with a softened minimum in N; its top is at D = ratio.
 */
export function leastCapacity(
  model: AllocationModel,
  isCancelled?: () => boolean,
  temperatures: readonly number[] = TEMPERATURES,
  steps = STEPS,
): LeastCapacity {
  const { problem, kindCount, kindOffset, kindStart, kindShape } = model;
  const { sessionLimit, loginLimit, cellCount } = problem;
  const kindScale = new Float64Array(kindCount);
  for (let i = 0; i < problem.demandCount; i++) kindScale[model.demandKind[i]!]! += problem.demandScale[i]!;

  const tables = emptyTables(model);
  const priced = pricedCells(model);
  const size = priced.length;
  const x = new Float64Array(size).fill(1 / Math.max(1, size));
  const best = { ratio: 0, x: Float64Array.from(x) };
  const sessionPrice = new Float64Array(cellCount);
  const loginPrice = new Float64Array(cellCount);
  const sessionLoad = new Float64Array(cellCount);
  const loginLoad = new Float64Array(cellCount);
  const limitOf = (cell: number) => (cell < cellCount ? sessionLimit[cell]! : loginLimit[cell - cellCount]!);
  const totalScale = kindScale.reduce((sum, scale) => sum + scale, 0);
  const shares = new Float64Array(kindStart.length);
  let temperature = 0;
  let ratioHere = 0;

  const evaluate = (point: Float64Array, gradient: Float64Array): number => {
    if (isCancelled?.()) throw new AllocationCancelled();
    let spent = 0;
    for (let j = 0; j < size; j++) {
      const cell = priced[j]!;
      spent += point[j]!;
      if (cell < cellCount) sessionPrice[cell] = point[j]! / sessionLimit[cell]!;
      else loginPrice[cell - cellCount] = point[j]! / loginLimit[cell - cellCount]!;
    }
    fillPrices(model, tables, sessionPrice, loginPrice);
    tables.scaleAt.fill(0);
    let softened = 0;
    let exact = 0;
    for (let kind = 0; kind < kindCount; kind++) {
      const from = kindOffset[kind]!;
      const to = kindOffset[kind + 1]!;
      const weight = kindScale[kind]!;
      if (from === to || weight === 0) continue;
      const shape = kindShape[kind]!;
      const base = tables.offset[shape]! - model.shapeFirst[shape]!;
      let least = Infinity;
      for (let k = from; k < to; k++) least = Math.min(least, tables.price[base + kindStart[k]!]!);
      let sum = 0;
      for (let k = from; k < to; k++) {
        const above = (tables.price[base + kindStart[k]!]! - least) / temperature;
        const share = above > NEGLIGIBLE ? 0 : Math.exp(-above);
        shares[k - from] = share;
        sum += share;
      }
      const total = weight / sum;
      for (let k = from; k < to; k++) {
        if (shares[k - from]! > 0) tables.scaleAt[base + kindStart[k]!]! += total * shares[k - from]!;
      }
      softened += weight * (least - temperature * Math.log(sum));
      exact += weight * least;
    }
    fillLoads(model, tables, sessionLoad, loginLoad);
    for (let j = 0; j < size; j++) {
      const cell = priced[j]!;
      const load = cell < cellCount ? sessionLoad[cell]! : loginLoad[cell - cellCount]!;
      gradient[j] = load / limitOf(cell) - spent;
    }
    ratioHere = spent > 0 ? exact / spent : 0;
    if (ratioHere > best.ratio) {
      best.ratio = ratioHere;
      best.x.set(point);
    }
    return softened - (spent * spent) / 2;
  };

  if (totalScale > 0 && size > 0) {
    let meanPrice = firstMeanPrice(model, priced, x, totalScale);
    for (const share of temperatures) {
      const before = best.ratio;
      temperature = share * meanPrice;
      ascend(evaluate, x, steps);
      x.set(best.x);
      // at the optimum the prices sum to the ratio and so does the cost of all placements
      const sum = x.reduce((total, value) => total + value, 0);
      for (let j = 0; j < size; j++) x[j] = (x[j]! * best.ratio) / sum;
      meanPrice = (best.ratio * best.ratio) / totalScale;
      if (share < 0.1 && best.ratio < before * (1 + WORTH_GOING_ON)) break;
    }
  }
  return wholePrices(model, priced, best.x, kindScale);
}

/** Cells whose price can matter: reachable, with a finite positive limit; logins follow sessions. */
function pricedCells(model: AllocationModel): Int32Array {
  const { problem } = model;
  const tables = emptyTables(model);
  for (let kind = 0; kind < model.kindCount; kind++) {
    const shape = model.kindShape[kind]!;
    const base = tables.offset[shape]! - model.shapeFirst[shape]!;
    for (let k = model.kindOffset[kind]!; k < model.kindOffset[kind + 1]!; k++) {
      tables.scaleAt[base + model.kindStart[k]!] = 1;
    }
  }
  const sessionLoad = new Float64Array(problem.cellCount);
  const loginLoad = new Float64Array(problem.cellCount);
  fillLoads(model, tables, sessionLoad, loginLoad);
  const cells: number[] = [];
  for (let c = 0; c < problem.cellCount; c++)
    if (sessionLoad[c]! > 0 && isLimit(problem.sessionLimit[c]!)) cells.push(c);
  for (let c = 0; c < problem.cellCount; c++) {
    if (loginLoad[c]! > 0 && isLimit(problem.loginLimit[c]!)) cells.push(problem.cellCount + c);
  }
  return Int32Array.from(cells);
}

const isLimit = (limit: number): boolean => limit > 0 && limit < Infinity;

/** A first guess of the mean price of one unit of scale, for the first temperature. */
function firstMeanPrice(model: AllocationModel, priced: Int32Array, x: Float64Array, totalScale: number): number {
  const { problem } = model;
  let room = 0;
  for (let j = 0; j < priced.length; j++) {
    const cell = priced[j]!;
    room += cell < problem.cellCount ? problem.sessionLimit[cell]! : problem.loginLimit[cell - problem.cellCount]!;
  }
  return (x[0]! * priced.length * 8) / Math.max(room / 2, totalScale / 100);
}

/** Rounds prices to whole numbers and computes the ratio that these very numbers prove. */
function wholePrices(
  model: AllocationModel,
  priced: Int32Array,
  x: Float64Array,
  kindScale: Float64Array,
): LeastCapacity {
  const { problem } = model;
  const sessionPrices = new Float64Array(problem.cellCount);
  const loginPrices = new Float64Array(problem.cellCount);
  const raw = Float64Array.from(x, (value, j) => {
    const cell = priced[j]!;
    return (
      value / (cell < problem.cellCount ? problem.sessionLimit[cell]! : problem.loginLimit[cell - problem.cellCount]!)
    );
  });
  const most = raw.reduce((a, b) => Math.max(a, b), 0);
  let spent = 0;
  for (let j = 0; j < priced.length; j++) {
    const cell = priced[j]!;
    const price = most > 0 ? Math.round((raw[j]! / most) * MOST_PRICE) : 0;
    if (cell < problem.cellCount) {
      sessionPrices[cell] = price;
      spent += price * problem.sessionLimit[cell]!;
    } else {
      loginPrices[cell - problem.cellCount] = price;
      spent += price * problem.loginLimit[cell - problem.cellCount]!;
    }
  }
  const tables = emptyTables(model);
  fillPrices(model, tables, sessionPrices, loginPrices);
  let cheapest = 0;
  for (let kind = 0; kind < model.kindCount; kind++) {
    const shape = model.kindShape[kind]!;
    const base = tables.offset[shape]! - model.shapeFirst[shape]!;
    let least = Infinity;
    for (let k = model.kindOffset[kind]!; k < model.kindOffset[kind + 1]!; k++) {
      least = Math.min(least, tables.price[base + model.kindStart[k]!]!);
    }
    if (least < Infinity) cheapest += kindScale[kind]! * least;
  }
  return { ratio: spent > 0 ? cheapest / spent : 0, sessionPrices, loginPrices };
}

/**
 * The least capacity of a whole problem: that of its tightest part, for parts share no cell. Every part is bounded roughly, and only
 * those that may be the tightest closely; a rough bound is a valid one. Demands are added up first: cost does not grow with them. Who
 * asks for several limits adds them up once (`sumDemands`).
 */
export function leastCapacityRatio(problem: AllocationProblem): number {
  const summed = sumDemands(problem);
  const models = splitProblem(summed).map((part) => buildModel(partProblem(summed, part)));
  const rough = models.map((model) => leastCapacity(model, undefined, ROUGH_TEMPERATURES, ROUGH_STEPS).ratio);
  const best = Math.max(0, ...rough);
  return Math.max(
    0,
    ...models.map((model, p) => (rough[p]! >= NEAR_BEST * best ? leastCapacity(model).ratio : rough[p]!)),
  );
}

/** One demand for all of the same load shape and starts: the relaxation that bounds the peak knows no others, whatever the limits. */
export function sumDemands(problem: AllocationProblem): AllocationProblem {
  const { demandProfile, demandCandidates, demandOccurrences, demandScale } = problem;
  const candidateSets = problem.candidateOffset.length - 1;
  const occurrenceSets = problem.occurrenceOffset.length - 1;
  const rowOf = new Map<number, number>();
  const first: number[] = [];
  const scale: number[] = [];
  for (let i = 0; i < problem.demandCount; i++) {
    const key = (demandProfile[i]! * candidateSets + demandCandidates[i]!) * occurrenceSets + demandOccurrences[i]!;
    const row = rowOf.get(key);
    if (row === undefined) {
      rowOf.set(key, first.length);
      first.push(i);
      scale.push(demandScale[i]!);
    } else scale[row]! += demandScale[i]!;
  }
  const take = (column: Int32Array) => Int32Array.from(first, (i) => column[i]!);
  const nothing = new Uint16Array(first.length);
  return {
    ...problem,
    demandCount: first.length,
    demandProfile: Uint16Array.from(first, (i) => demandProfile[i]!),
    demandCandidates: take(demandCandidates),
    demandOccurrences: take(demandOccurrences),
    demandCells: Uint16Array.from(first, (i) => problem.demandCells[i]!),
    demandScale: Float64Array.from(scale),
    demandWish: new Int32Array(first.length).fill(-1),
    demandWeight: new Float32Array(first.length).fill(1),
    demandDay: nothing,
    demandClass: new Int32Array(first.length).fill(-1),
    demandTeacher: new Int32Array(first.length).fill(-1),
    demandEstablishment: new Int32Array(first.length),
    demandGapCells: nothing,
    demandSiteUnits: nothing,
    classCount: 0,
    classConflictOffset: new Int32Array(1),
    classConflict: new Int32Array(0),
    establishmentCount: 1,
    establishmentSiteLimit: new Int32Array(1),
    neighbourOffset: new Int32Array(2),
    neighbour: new Int32Array(0),
    teacherCount: 0,
  };
}

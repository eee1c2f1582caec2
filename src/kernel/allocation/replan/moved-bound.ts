import { PRICE_UNIT } from '../bound';
import type { Incumbent } from './incumbent';
import { isBarred, lookAround } from './look-around';
import type { AllocationModel } from '../model';
import type { CellMovePrices, MovePrices, StayOrGo } from './move-prices';
import { emptyTables, fillPrices } from '../price-tables';

/** Pair prices are whole multiples of this share of a moved window. */
export const PAIR_PRICE_UNIT = 1 / 1024;
/** A detour beyond this many moved windows makes no difference: one stays. */
const MOST_DETOUR = 2;
/** Who is farther than this from leaving, in moved windows, is not asked for a detour. */
const NEAR_LEAVING = 0.6;

/** Prices of starts and what each demand pays at them: the view of the dual on single demands. */
export interface StartPrices {
  /** Price of one unit of scale. */
  at: (i: number, start: number) => number;
  /** The same at the cheapest start of its kind. */
  least: (i: number) => number;
}

export function startPrices(model: AllocationModel, prices: CellMovePrices): StartPrices {
  const { kindOffset, kindStart, kindShape, demandKind, shapeFirst } = model;
  const tables = emptyTables(model);
  fillPrices(model, tables, prices.sessions, prices.logins);
  const base = Int32Array.from(kindShape, (shape) => tables.offset[shape]! - shapeFirst[shape]!);
  const least = Float64Array.from({ length: model.kindCount }, (_, kind) => {
    let cheapest = Infinity;
    for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++)
      cheapest = Math.min(cheapest, tables.price[base[kind]! + kindStart[k]!]!);
    return cheapest;
  });
  return {
    at: (i, start) => tables.price[base[demandKind[i]!]! + start]!,
    least: (i) => least[demandKind[i]!]!,
  };
}

/** Prices rounded to whole units. */
export function wholeMovePrices({ sessions, logins }: CellMovePrices): CellMovePrices {
  const whole = (prices: Float64Array) => prices.map((price) => Math.round(price / PRICE_UNIT));
  return { sessions: whole(sessions), logins: whole(logins) };
}

/** Whole prices as moved windows per thousandth. */
export const inCost = ({ sessions, logins }: CellMovePrices): CellMovePrices => ({
  sessions: sessions.map((price) => price * PRICE_UNIT),
  logins: logins.map((price) => price * PRICE_UNIT),
});

/**
 * What going costs each demand beyond the price of its cheapest start, in moved windows, because class mates, groups or teachers bar
 * the cheap ones from where they stand. Asked of those who are near leaving; everybody stands where they stood.
 */
export function detours(
  incumbent: Incumbent,
  model: AllocationModel,
  { stay, windows, isFrozen }: StayOrGo,
  prices: CellMovePrices,
): Float64Array {
  const { problem } = incumbent;
  const view = startPrices(model, prices);
  const detour = new Float64Array(problem.demandCount);
  for (let i = 0; i < problem.demandCount; i++) {
    if (isFrozen[i] || stay[i]! < 0 || windows[i] === 0) continue;
    const scale = problem.demandScale[i]!;
    const least = view.least(i);
    if (!(scale * (view.at(i, stay[i]!) - least) > windows[i]! * (1 - NEAR_LEAVING))) continue;
    lookAround(incumbent, i);
    let free = Infinity;
    forEachStart(model, i, (start) => {
      const price = view.at(i, start);
      if (price < free && !isBarred(incumbent, start)) free = price;
    });
    detour[i] = Math.min(MOST_DETOUR * windows[i]!, scale * (free - least));
  }
  return detour;
}

function forEachStart({ kindOffset, kindStart, demandKind }: AllocationModel, i: number, visit: (s: number) => void) {
  const kind = demandKind[i]!;
  for (let k = kindOffset[kind]!; k < kindOffset[kind + 1]!; k++) visit(kindStart[k]!);
}

interface PairRow {
  mate: number;
  price: number;
}

/**
 * Pair prices for whole cell prices, and the lower bound of moved windows that both prove, rounded up, for windows are whole.
 *
 * With a price v >= 0 on "who starts where another bars it from its place makes that one move", everybody pays at least the
 * cheaper of staying (price of the cells) and going (its windows, less what it is let off by those whom it bars, and the cheapest start
 * with its pair prices); the price of the room comes off. Any prices prove something: these are taken from those
 * who would rather leave and charged, as far as it costs nothing, to those who would rather stay.
 */
export function proveMoves(
  incumbent: Incumbent,
  model: AllocationModel,
  { stay, windows, isFrozen }: StayOrGo,
  whole: CellMovePrices,
  sessionRoom: Float64Array,
  loginRoom: Float64Array,
): { prices: MovePrices; movedWindowBound: number } {
  const { problem } = incumbent;
  const { demandCount, demandScale } = problem;
  const view = startPrices(model, inCost(whole));
  const asked = (i: number) => !isFrozen[i] && view.least(i) < Infinity;
  const staying = (i: number) => (stay[i]! < 0 ? Infinity : demandScale[i]! * view.at(i, stay[i]!));
  const going = (i: number) => windows[i]! + demandScale[i]! * view.least(i);
  // what each could be let off before it would rather go
  const slack = new Float64Array(demandCount);
  const leaving: number[] = [];
  for (let i = 0; i < demandCount; i++) {
    slack[i] = isFrozen[i] ? Infinity : asked(i) && stay[i]! >= 0 ? Math.max(0, going(i) - staying(i)) : 0;
    if (asked(i) && going(i) < staying(i)) leaving.push(i);
  }
  const gain = Float64Array.from(leaving, (i) => Math.min(1e6, staying(i)) - going(i));
  const order = [...leaving.keys()].sort((a, b) => gain[b]! - gain[a]! || a - b);
  const letOff = new Float64Array(demandCount);
  const rows = new Map<number, PairRow[]>();
  const surcharge = new Float64Array(problem.cellCount);
  for (const k of order) {
    const i = leaving[k]!;
    const own = chargeMates(incumbent, model, view, i, staying(i) - windows[i]!, slack, surcharge);
    if (own.length === 0) continue;
    rows.set(i, own);
    for (const { mate, price } of own) {
      slack[mate]! -= price;
      if (!isFrozen[mate]) letOff[mate]! += price;
    }
  }
  let sum = 0;
  let sizes = 0;
  for (let i = 0; i < demandCount; i++) {
    if (!asked(i)) continue;
    const own = rows.get(i);
    const least = own ? cheapestWith(incumbent, model, view, i, own, surcharge) : demandScale[i]! * view.least(i);
    const pays = Math.min(staying(i), windows[i]! - letOff[i]! + least);
    sum += pays;
    sizes += Math.abs(pays);
  }
  for (const [prices, room] of [
    [whole.sessions, sessionRoom],
    [whole.logins, loginRoom],
  ] as const) {
    for (let c = 0; c < prices.length; c++) {
      if (prices[c]! === 0) continue;
      sum -= prices[c]! * PRICE_UNIT * room[c]!;
      sizes += prices[c]! * PRICE_UNIT * room[c]!;
    }
  }
  const pairs = [...rows].flatMap(([mover, own]) => own.map(({ mate, price }) => ({ mover, mate, price })));
  return {
    movedWindowBound: Math.max(0, Math.ceil(sum - 1e-9 * sizes - 1e-6)),
    prices: {
      ...whole,
      pairMover: Int32Array.from(pairs, ({ mover }) => mover),
      pairMate: Int32Array.from(pairs, ({ mate }) => mate),
      pairPrice: Float64Array.from(pairs, ({ price }) => Math.round(price / PAIR_PRICE_UNIT)),
    },
  };
}

/** The pair prices of one demand that would leave: each mate is charged up to what makes the starts that it bars no gain any more. */
function chargeMates(
  incumbent: Incumbent,
  model: AllocationModel,
  view: StartPrices,
  i: number,
  stayingLessWindows: number,
  slack: Float64Array,
  surcharge: Float64Array,
): PairRow[] {
  const { around, problem } = incumbent;
  const scale = problem.demandScale[i]!;
  lookAround(incumbent, i);
  let free = stayingLessWindows;
  forEachStart(model, i, (start) => {
    if (!isBarred(incumbent, start)) free = Math.min(free, scale * view.at(i, start));
  });
  // nowhere else and nothing to stay for: any price above what all starts cost would do
  if (free === Infinity) return [];
  const rows: PairRow[] = [];
  for (const mate of new Set(around.barredBy)) {
    let need = 0;
    forEachStart(model, i, (start) => {
      if (barsAt(incumbent, mate, start)) need = Math.max(need, free - scale * view.at(i, start) - surcharge[start]!);
    });
    const price = Math.floor(Math.min(need, slack[mate]!) / PAIR_PRICE_UNIT) * PAIR_PRICE_UNIT;
    if (price <= 0) continue;
    rows.push({ mate, price });
    forEachStart(model, i, (start) => {
      if (barsAt(incumbent, mate, start)) surcharge[start]! += price;
    });
  }
  forEachStart(model, i, (start) => (surcharge[start] = 0));
  return rows;
}

function cheapestWith(
  incumbent: Incumbent,
  model: AllocationModel,
  view: StartPrices,
  i: number,
  rows: readonly PairRow[],
  surcharge: Float64Array,
): number {
  lookAround(incumbent, i);
  for (const { mate, price } of rows) {
    forEachStart(model, i, (start) => {
      if (barsAt(incumbent, mate, start)) surcharge[start]! += price;
    });
  }
  let least = Infinity;
  forEachStart(model, i, (start) => {
    least = Math.min(least, incumbent.problem.demandScale[i]! * view.at(i, start) + surcharge[start]!);
    surcharge[start] = 0;
  });
  return least;
}

function barsAt({ around: { barredBy, barredFrom, barredTo } }: Incumbent, mate: number, start: number): boolean {
  for (let b = 0; b < barredBy.length; b++)
    if (barredBy[b] === mate && start > barredFrom[b]! && start < barredTo[b]!) return true;
  return false;
}

import type { AllocationModel } from '../model';
import { emptyTables, type PriceTables } from '../price-tables';
import {
  type CellMovePrices,
  climbMovePrices,
  KindMinima,
  MOVE_TEMPERATURES,
  priceMoves,
  ROUGH_MOVE_TEMPERATURES,
  type Spread,
  type StayOrGo,
} from './move-prices';
import { wholeMovePrices } from './moved-bound';

/** Pupils that count as one moved window where their moves are priced: a class, so that the temperatures of the dual fit. */
export const PUPILS_OF_A_WINDOW = 25;
/** Beyond this many temperatures a choice's share is nothing. */
const NEGLIGIBLE = 30;

/**
 * Prices of cells that prove how many pupils have to move at least: the dual of moves in which a class stays as a whole, or its pupils move
 * once and each of its windows then goes where it pays least. It begins at the prices of the dual in which every window pays the pupils of its
 * class. Whole multiples of PRICE_UNIT of PUPILS_OF_A_WINDOW pupils per thousandth.
 *
 * @param pupils per demand; 0 for the windows of a whole establishment, whose moves no pupil feels
 */
export function priceMovedPupils(
  model: AllocationModel,
  asked: StayOrGo,
  pupils: Int32Array,
  sessionRoom: Float64Array,
  loginRoom: Float64Array,
  isCancelled?: () => boolean,
): CellMovePrices {
  const cost = Float64Array.from(pupils, (count, i) => (asked.stay[i]! < 0 ? 0 : count / PUPILS_OF_A_WINDOW));
  const weighed = { ...asked, windows: cost, detour: null };
  const start = priceMoves(model, weighed, sessionRoom, loginRoom, null, ROUGH_MOVE_TEMPERATURES, isCancelled);
  const tables = emptyTables(model);
  const classes = groupClasses(model, asked, pupils);
  const spread = spreadOf(model, tables, classes);
  const rooms = { sessionRoom, loginRoom, start, temperatures: MOVE_TEMPERATURES, isCancelled };
  return wholeMovePrices(climbMovePrices(model, tables, spread, classes, rooms));
}

/** The windows that are asked, class after class; a window of a whole establishment is a class of its own, whose moves cost nothing. */
interface Classes {
  offset: Int32Array;
  /** What moving a class costs, in PUPILS_OF_A_WINDOW. */
  cost: Float64Array;
  /** One entry per window: its kind, its scale, and where it stands in the price table; MUST_GO, or NEWCOMER. */
  count: number;
  kind: Int32Array;
  scale: Float64Array;
  size: Float64Array;
  stayAt: Int32Array;
  totalScale: number;
  totalSize: number;
  totalWindows: number;
}

const MUST_GO = -1;
const NEWCOMER = -2;

function groupClasses(model: AllocationModel, { stay, windows, isFrozen }: StayOrGo, pupils: Int32Array): Classes {
  const { problem, demandKind, kindShape, shapeFirst, kindOffset } = model;
  const tableOffset = emptyTables(model).offset;
  const members = new Map<number, number[]>();
  for (let i = 0; i < problem.demandCount; i++) {
    if (isFrozen[i] || kindOffset[demandKind[i]!] === kindOffset[demandKind[i]! + 1]) continue;
    const owner = problem.demandClass[i]! >= 0 && pupils[i]! > 0 ? problem.demandClass[i]! : -1 - i;
    const list = members.get(owner);
    if (list) list.push(i);
    else members.set(owner, [i]);
  }
  const all = [...members.values()].flat();
  const offset = new Int32Array(members.size + 1);
  const cost = new Float64Array(members.size);
  let row = 0;
  for (const list of members.values()) {
    const least = list.reduce((fewest, i) => Math.min(fewest, pupils[i]!), Infinity);
    cost[row] = least / PUPILS_OF_A_WINDOW;
    offset[row + 1] = offset[row]! + list.length;
    row++;
  }
  const scale = Float64Array.from(all, (i) => problem.demandScale[i]!);
  return {
    offset,
    cost,
    count: all.length,
    kind: Int32Array.from(all, (i) => demandKind[i]!),
    scale,
    size: new Float64Array(all.length).fill(1),
    stayAt: Int32Array.from(all, (i) => {
      const shape = kindShape[demandKind[i]!]!;
      if (stay[i]! >= 0) return tableOffset[shape]! + stay[i]! - shapeFirst[shape]!;
      return windows[i] === 0 ? NEWCOMER : MUST_GO;
    }),
    totalScale: scale.reduce((sum, own) => sum + own, 0),
    totalSize: all.length,
    totalWindows: cost.reduce((sum, own) => sum + own, all.length),
  };
}

function spreadOf(model: AllocationModel, tables: PriceTables, classes: Classes): Spread {
  const { offset, cost, kind, scale, stayAt } = classes;
  const kinds = new KindMinima(model, tables, classes);
  /** Share of each window that leaves where its class moves. */
  const leaves = new Float64Array(classes.count);
  return (temperature) => {
    const { price, scaleAt } = tables;
    scaleAt.fill(0);
    kinds.look(temperature);
    let softened = 0;
    let exact = 0;
    for (let owner = 0; owner < cost.length; owner++) {
      let staying = 0;
      let moving = cost[owner]!;
      let stayingExactly = 0;
      let movingExactly = cost[owner]!;
      for (let w = offset[owner]!; w < offset[owner + 1]!; w++) {
        const elsewhere = scale[w]! * kinds.softened[kind[w]!]!;
        const elsewhereExactly = scale[w]! * kinds.least[kind[w]!]!;
        const here = stayAt[w]! < 0 ? Infinity : scale[w]! * price[stayAt[w]!]!;
        const [value, share] = softer(here, elsewhere, temperature);
        leaves[w] = share;
        moving += value;
        movingExactly += Math.min(here, elsewhereExactly);
        // a newcomer has nothing to stay for, whatever becomes of its class
        staying += stayAt[w] === NEWCOMER ? elsewhere : here;
        stayingExactly += stayAt[w] === NEWCOMER ? elsewhereExactly : here;
      }
      const [value, moves] = softer(staying, moving, temperature);
      softened += value;
      exact += Math.min(stayingExactly, movingExactly);
      for (let w = offset[owner]!; w < offset[owner + 1]!; w++) {
        const gone = stayAt[w] === NEWCOMER ? 1 : moves * leaves[w]!;
        if (gone > 0) kinds.going[kind[w]!]! += scale[w]! * gone;
        if (gone < 1 && stayAt[w]! >= 0) scaleAt[stayAt[w]!]! += scale[w]! * (1 - gone);
      }
    }
    kinds.arrive();
    return { softened, exact };
  };
}

/** The softened minimum of two costs, and the share of the second. */
function softer(first: number, second: number, temperature: number): [value: number, share: number] {
  const apart = (first - second) / temperature;
  if (apart > NEGLIGIBLE) return [second, 1];
  if (apart < -NEGLIGIBLE) return [first, 0];
  const odds = Math.exp(apart);
  return [first - temperature * Math.log1p(odds), odds / (1 + odds)];
}

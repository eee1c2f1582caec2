import type { AllocationProblem, Starts } from '../problem';
import { candidatesOf, isOpen, loadsOf, profileAt, shiftsOf } from './check-definitions';
import type { CellMovePrices, MovePrices } from './move-prices';

/** Cell prices are whole multiples of 2^-32 of a moved window per thousandth, pair prices of 2^-10 of a moved window. */
const CELL_PRICE_UNIT = 2 ** -32;
const PAIR_PRICE_UNIT = 2 ** -10;

/**
 * Derives the lower bound of moved windows again from whole prices. Take any complete plan in which frozen windows stand where they
 * stood and no other passes the room that they leave. With a price per cell, its movable loads cost at most the price of the
 * room. With a price on "i starts where j bars it from its place", which makes j move, i is charged and j let off no more.
 * So the moved windows are at least the sum, over movable demands, of the cheaper of staying and going, less the price of the room.
 *
 * @throws RangeError when a price is negative or not whole, or a pair does not exist
 */
export function movedBoundFromPrices(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
  prices: MovePrices,
): number {
  const room = priceOfRoom(problem, before, isFrozen, prices, CELL_PRICE_UNIT);
  const immovable = new Immovable(problem, before, isFrozen);
  const mayStay = (i: number) =>
    before[i]! >= 0 &&
    candidatesOf(problem, i).includes(before[i]!) &&
    isOpen(problem, i, before[i]!) &&
    !immovable.bars(i, before[i]!);

  const charged = new Map<number, { mate: number; price: number }[]>();
  const letOff = new Float64Array(problem.demandCount);
  for (let row = 0; row < prices.pairPrice.length; row++) {
    const mover = prices.pairMover[row]!;
    const mate = prices.pairMate[row]!;
    const price = prices.pairPrice[row]!;
    if (!(Number.isSafeInteger(price) && price >= 0 && mover !== mate && (isFrozen[mate] || mayStay(mate))))
      throw new RangeError(`pair price ${price} of row ${row} proves nothing`);
    letOff[mate]! += price * PAIR_PRICE_UNIT;
    const list = charged.get(mover);
    const entry = { mate, price: price * PAIR_PRICE_UNIT };
    if (list) list.push(entry);
    else charged.set(mover, [entry]);
  }

  const unitPrices = new UnitPrices(problem, prices);
  let sum = -room;
  let sizes = room;
  for (let i = 0; i < problem.demandCount; i++) {
    if (isFrozen[i]) continue;
    const scale = problem.demandScale[i]!;
    const mates = charged.get(i);
    let going = Infinity;
    if (mates) {
      for (const start of candidatesOf(problem, i)) {
        let cost = scale * unitPrices.at(i, start);
        for (const { mate, price } of mates) if (meet(problem, i, start, mate, before[mate]!)) cost += price;
        going = Math.min(going, cost);
      }
    } else going = scale * unitPrices.least(i);
    // no plan gives it a window: it says nothing about those that do
    if (going === Infinity) continue;
    going += (before[i]! < 0 ? 0 : shiftsOf(problem, i).length) - letOff[i]!;
    const pays = mayStay(i) ? Math.min(going, scale * unitPrices.at(i, before[i]!)) : going;
    sum += pays;
    sizes += Math.abs(pays);
  }
  // far more than the rounding of some million terms can have raised it; windows are whole
  return Math.max(0, Math.ceil(sum - 1e-9 * sizes - 1e-6));
}

/** Cell prices of moved pupils are whole multiples of 2^-32 of so many pupils per thousandth. */
const PUPILS_OF_A_WINDOW = 25;

/**
 * A lower bound of moved pupils (those of classes that have a moved window, each class once) from whole prices of cells. In any complete
 * plan that keeps what is frozen, a class either stays as a whole and pays for the cells where it stands, or moves, which costs its
 * pupils once, and each of its windows pays at least the cheaper of its place and the cheapest start; all together pay at most the price of
 * the room. Classes do not share windows, so the sum over classes of the cheaper of the two, less the price of the room, is a bound.
 *
 * @param pupils per demand; 0 for windows of a whole establishment
 * @throws RangeError when a price is negative or not whole
 */
export function movedPupilBoundFromPrices(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
  pupils: Int32Array,
  prices: CellMovePrices,
): number {
  const room = priceOfRoom(problem, before, isFrozen, prices, CELL_PRICE_UNIT * PUPILS_OF_A_WINDOW);
  let sum = -room;
  let sizes = room;
  const immovable = new Immovable(problem, before, isFrozen);
  const unitPrices = new UnitPrices(problem, prices);
  const ofClass = new Map<number, { pupils: number; staying: number; moving: number }>();
  for (let i = 0; i < problem.demandCount; i++) {
    if (isFrozen[i]) continue;
    const scale = problem.demandScale[i]! * PUPILS_OF_A_WINDOW;
    const least = scale * unitPrices.least(i);
    // no plan gives it a window: it says nothing about those that do
    if (least === Infinity) continue;
    const stands = before[i]! >= 0;
    const mayStay =
      stands &&
      candidatesOf(problem, i).includes(before[i]!) &&
      isOpen(problem, i, before[i]!) &&
      !immovable.bars(i, before[i]!);
    const staying = mayStay ? scale * unitPrices.at(i, before[i]!) : stands ? Infinity : least;
    const classId = problem.demandClass[i]!;
    if (classId < 0 || pupils[i] === 0) {
      sum += Math.min(staying, least);
      sizes += Math.min(staying, least);
      continue;
    }
    const known = ofClass.get(classId) ?? { pupils: pupils[i]!, staying: 0, moving: 0 };
    known.staying += staying;
    known.moving += Math.min(staying, least);
    known.pupils = Math.min(known.pupils, pupils[i]!);
    ofClass.set(classId, known);
  }
  for (const { pupils: own, staying, moving } of ofClass.values()) {
    const pays = Math.min(staying, own + moving);
    sum += pays;
    sizes += Math.abs(pays);
  }
  return Math.max(0, Math.ceil(sum - 1e-9 * sizes - 1e-6));
}

/** A class pays its pupils once, whatever the number of its windows that leave: the prices of moves are tried as they are and in these parts. */
const PRICE_PARTS = [1, 1.5, 2, 3, 4, 5, 7, 10];

/** The best of the bounds that these prices, or a part of them, prove, with the whole prices that prove it. */
export function bestMovedPupilBound(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
  pupils: Int32Array,
  { sessions, logins }: CellMovePrices,
): { bound: number; prices: CellMovePrices } {
  const inParts = (part: number) => (prices: Float64Array) => prices.map((price) => Math.floor(price / part));
  return PRICE_PARTS.map((part) => ({ sessions: inParts(part)(sessions), logins: inParts(part)(logins) }))
    .map((prices) => ({ bound: movedPupilBoundFromPrices(problem, before, isFrozen, pupils, prices), prices }))
    .reduce((best, next) => (next.bound > best.bound ? next : best));
}

/** What all movable windows together pay at most: the price of the room that frozen ones leave. @throws RangeError when a price is negative or not whole */
function priceOfRoom(
  problem: AllocationProblem,
  before: Starts,
  isFrozen: Uint8Array,
  prices: CellMovePrices,
  unit: number,
): number {
  const frozen = loadsOf(problem, before, (i) => isFrozen[i] === 1);
  let room = 0;
  for (const [price, limit, taken] of [
    [prices.sessions, problem.sessionLimit, frozen.sessions],
    [prices.logins, problem.loginLimit, frozen.logins],
  ] as const) {
    for (let cell = 0; cell < problem.cellCount; cell++) {
      if (price[cell] === 0) continue;
      if (!(Number.isSafeInteger(price[cell]) && price[cell]! > 0 && Number.isFinite(limit[cell])))
        throw new RangeError(`price ${price[cell]} of cell ${cell} proves nothing`);
      room += price[cell]! * unit * Math.max(0, limit[cell]! - taken[cell]!);
    }
  }
  return room;
}

/** Price of one unit of scale at a start, per profile and repetitions; Infinity where a cell has no room. */
class UnitPrices {
  private readonly known = new Map<string, Map<number, number>>();
  private readonly leastOf = new Map<string, number>();

  constructor(
    private readonly problem: AllocationProblem,
    private readonly prices: CellMovePrices,
  ) {}

  at(i: number, start: number): number {
    const { problem } = this;
    const key = `${problem.demandProfile[i]} ${problem.demandOccurrences[i]}`;
    let ofShape = this.known.get(key);
    if (!ofShape) this.known.set(key, (ofShape = new Map<number, number>()));
    let price = ofShape.get(start);
    if (price === undefined) {
      price = 0;
      for (const { cell, sessions, logins } of profileAt(problem, i, start)) {
        price +=
          sessions * this.prices.sessions[cell]! +
          logins * this.prices.logins[cell]! +
          ((sessions > 0 && problem.sessionLimit[cell]! <= 0) || (logins > 0 && problem.loginLimit[cell]! <= 0)
            ? Infinity
            : 0);
      }
      price *= CELL_PRICE_UNIT / 1000;
      ofShape.set(start, price);
    }
    return price;
  }

  least(i: number): number {
    const { problem } = this;
    const key = `${problem.demandProfile[i]} ${problem.demandOccurrences[i]} ${problem.demandCandidates[i]}`;
    let least = this.leastOf.get(key);
    if (least === undefined) {
      least = Infinity;
      for (const start of candidatesOf(problem, i)) least = Math.min(least, this.at(i, start));
      this.leastOf.set(key, least);
    }
    return least;
  }
}

/** Windows that cannot give way: frozen ones, and those with a single allowed start. */
class Immovable {
  private readonly ofClass = new Map<number, number[]>();
  private readonly ofTeacher = new Map<number, number[]>();
  private readonly ofEstablishment = new Map<number, number[]>();

  constructor(
    private readonly problem: AllocationProblem,
    private readonly before: Starts,
    private readonly isFrozen: Uint8Array,
  ) {
    const put = (map: Map<number, number[]>, owner: number, i: number) => {
      if (owner < 0) return;
      const list = map.get(owner);
      if (list) list.push(i);
      else map.set(owner, [i]);
    };
    for (let i = 0; i < problem.demandCount; i++) {
      if (this.placeOf(i) < 0) continue;
      put(this.ofClass, problem.demandClass[i]!, i);
      put(this.ofTeacher, problem.demandTeacher[i]!, i);
      if (problem.demandClass[i]! < 0) put(this.ofEstablishment, problem.demandEstablishment[i]!, i);
    }
  }

  bars(i: number, start: number): boolean {
    const { problem } = this;
    const own = problem.demandClass[i]!;
    const others = [...(this.ofClass.get(own) ?? []), ...(this.ofTeacher.get(problem.demandTeacher[i]!) ?? [])];
    if (own >= 0) {
      for (let k = problem.classConflictOffset[own]!; k < problem.classConflictOffset[own + 1]!; k++)
        others.push(...(this.ofClass.get(problem.classConflict[k]!) ?? []));
    } else {
      const e = problem.demandEstablishment[i]!;
      for (let k = problem.neighbourOffset[e]!; k < problem.neighbourOffset[e + 1]!; k++)
        others.push(...(this.ofEstablishment.get(problem.neighbour[k]!) ?? []));
    }
    return others.some((j) => j !== i && meet(problem, i, start, j, this.placeOf(j)));
  }

  private placeOf(i: number): number {
    if (this.isFrozen[i]) return this.before[i]!;
    const own = candidatesOf(this.problem, i);
    return own.length === 1 ? own[0]! : -1;
  }
}

/** Would two windows at these starts break a law between them, in any of their repetitions? */
function meet(problem: AllocationProblem, i: number, start: number, j: number, other: number): boolean {
  const { demandClass, demandTeacher, demandCells, demandGapCells, demandEstablishment } = problem;
  const isSameClass = demandClass[i]! >= 0 && demandClass[i] === demandClass[j];
  const sharesPupils =
    demandClass[i]! >= 0 &&
    demandClass[j]! >= 0 &&
    problem.classConflict
      .subarray(problem.classConflictOffset[demandClass[i]!], problem.classConflictOffset[demandClass[i]! + 1])
      .includes(demandClass[j]!);
  const sharesTeacher = demandTeacher[i]! >= 0 && demandTeacher[i] === demandTeacher[j];
  const areNeighbours =
    demandClass[i]! < 0 &&
    demandClass[j]! < 0 &&
    problem.neighbour
      .subarray(problem.neighbourOffset[demandEstablishment[i]!], problem.neighbourOffset[demandEstablishment[i]! + 1])
      .includes(demandEstablishment[j]!);
  const gap = isSameClass ? Math.max(demandGapCells[i]!, demandGapCells[j]!) : 0;
  for (const mine of shiftsOf(problem, i)) {
    for (const theirs of shiftsOf(problem, j)) {
      const a = start + mine;
      const b = other + theirs;
      if (areNeighbours && Math.abs(a - b) < problem.neighbourSpacingCells) return true;
      if (!isSameClass && !sharesPupils && !sharesTeacher) continue;
      if (a < b + demandCells[j]! + gap && b < a + demandCells[i]! + gap) return true;
    }
  }
  return false;
}

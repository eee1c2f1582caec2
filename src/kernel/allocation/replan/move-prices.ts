import { ascend } from '../ascent';
import type { AllocationModel } from '../model';
import { emptyTables, fillLoads, fillPrices, type PriceTables } from '../price-tables';
import { AllocationCancelled } from '../problem';

/**
 * What a replan's bound is proven by. Prices of cells in moved windows per thousandth, in whole multiples of PRICE_UNIT; and, sparse,
 * what a mover pays for a start that another window bars from where it stands, since that one must move as well: it is let off as
 * much. One row per pair, in whole multiples of 1/1024 of a moved window.
 */
export interface MovePrices {
  sessions: Float64Array;
  logins: Float64Array;
  pairMover: Int32Array;
  pairMate: Int32Array;
  pairPrice: Float64Array;
}

export interface CellMovePrices {
  sessions: Float64Array;
  logins: Float64Array;
}

/** What the dual is told about each demand. */
export interface StayOrGo {
  /** Where it stands and may stay; -1 for one that must go (or comes anew). */
  stay: Int32Array;
  /** Windows that move when it goes, or what else going costs; 0 for a newcomer. */
  windows: Int32Array | Float64Array;
  /** 1 for those that are not asked: they stand already. */
  isFrozen: Uint8Array;
  /** What going costs beyond that, in moved windows, because the cheapest starts are barred by others; null before anybody looked. */
  detour: Float64Array | null;
}

/** Temperatures of the softened minimum, in moved windows, and steps at each. */
export const ROUGH_MOVE_TEMPERATURES: readonly number[] = [0.3, 0.1];
export const MOVE_TEMPERATURES: readonly number[] = [0.1, 0.03, 0.01];
const STEPS = 30;
/** Steps that together raise the bound by less than this are the last at their temperature. */
const PATIENCE_STEPS = 6;
const WORTH_WINDOWS = 0.01;
const WORTH_RATIO = 2e-4;
/** Sizes within one bucket differ by less than this share. */
const LOG_BUCKET = Math.log(1.06);
/** Costs of going are told apart to this share of a window. */
const GO_STEPS = 10;
/** Beyond this many temperatures a choice's share is nothing. */
const NEGLIGIBLE = 30;

/**
 * Maximises over prices >= 0: sum over demands of the cheaper of staying (price of the cells where it stands) and going (its
 * windows + price of the cheapest start of its kind) less the price of the room. Going costs the same wherever to, so
 * a demand needs the cheapest start of its kind only, and a group (same kind, same start, about the same size) two numbers:
 * a pass over 70,000 windows costs a millisecond.
 *
 * @param sessionRoom what the demands asked may use per cell, in thousandths; `loginRoom` likewise

 */
export function priceMoves(
  model: AllocationModel,
  asked: StayOrGo,
  sessionRoom: Float64Array,
  loginRoom: Float64Array,
  start: CellMovePrices | null,
  temperatures: readonly number[],
  isCancelled?: () => boolean,
): CellMovePrices {
  const tables = emptyTables(model);
  const groups = groupMoves(model, asked);
  const kinds = new KindMinima(model, tables, groups);

  /** Shares of everybody at the present prices: fills `scaleAt`; the softened and the exact sum. */
  const spread: Spread = (temperature) => {
    const { price, scaleAt } = tables;
    scaleAt.fill(0);
    kinds.look(temperature);
    let softened = 0;
    let exact = 0;
    for (let g = 0; g < groups.count; g++) {
      const scale = groups.scale[g]!;
      const size = groups.size[g]!;
      const kind = groups.kind[g]!;
      const go = groups.go[g]! + scale * kinds.softened[kind]!;
      const goExactly = groups.go[g]! + scale * kinds.least[kind]!;
      const at = groups.stayAt[g]!;
      if (at < 0) {
        softened += size * go;
        exact += size * goExactly;
        kinds.going[kind]! += size * scale;
        continue;
      }
      const here = scale * price[at]!;
      exact += size * (here < goExactly ? here : goExactly);
      const apart = (here - go) / temperature;
      if (apart > NEGLIGIBLE || apart < -NEGLIGIBLE) {
        softened += size * (apart > 0 ? go : here);
        if (apart > 0) kinds.going[kind]! += size * scale;
        else scaleAt[at]! += size * scale;
        continue;
      }
      const leaves = Math.exp(apart);
      const share = leaves / (1 + leaves);
      softened += size * (here - temperature * Math.log1p(leaves));
      kinds.going[kind]! += size * scale * share;
      scaleAt[at]! += size * scale * (1 - share);
    }
    kinds.arrive();
    return { softened, exact };
  };
  return climbMovePrices(model, tables, spread, groups, { sessionRoom, loginRoom, start, temperatures, isCancelled });
}

/** Lets everybody choose at the prices of the tables, softly: leaves who stands where in `scaleAt`, gives what all pay together. */
export type Spread = (temperature: number) => { softened: number; exact: number };

/** Raises the prices of cells as long as what everybody pays, less the price of the room, grows; gives the best that were met. */
export function climbMovePrices(
  model: AllocationModel,
  tables: PriceTables,
  spread: Spread,
  { totalScale, totalSize, totalWindows }: { totalScale: number; totalSize: number; totalWindows: number },
  {
    sessionRoom,
    loginRoom,
    start,
    temperatures,
    isCancelled,
  }: {
    sessionRoom: Float64Array;
    loginRoom: Float64Array;
    start: CellMovePrices | null;
    temperatures: readonly number[];
    isCancelled: (() => boolean) | undefined;
  },
): CellMovePrices {
  const { problem } = model;
  const { cellCount } = problem;
  const sessionPrice = new Float64Array(cellCount);
  const loginPrice = new Float64Array(cellCount);
  const sessionLoad = new Float64Array(cellCount);
  const loginLoad = new Float64Array(cellCount);
  let temperature = temperatures[0]!;

  const before = spread(temperature);
  fillLoads(model, tables, sessionLoad, loginLoad);
  const cells: number[] = [];
  const units: number[] = [];
  const rooms: number[] = [];
  const first: number[] = [];
  const meanScale = totalScale / Math.max(1, totalSize);
  for (let c = 0; c < 2 * cellCount; c++) {
    const cell = c < cellCount ? c : c - cellCount;
    const limit = c < cellCount ? problem.sessionLimit[cell]! : problem.loginLimit[cell]!;
    const room = c < cellCount ? sessionRoom[cell]! : loginRoom[cell]!;
    if (!(limit > 0 && limit < Infinity)) continue;
    const load = c < cellCount ? sessionLoad[cell]! : loginLoad[cell]!;
    cells.push(c);
    // a cell without room still has a price: it is measured against a share of its limit
    units.push(Math.max(room, 0.01 * limit, 1));
    rooms.push(room);
    // half of what makes a mean window leave, shared by the cells that it loads
    const known = start && (c < cellCount ? start.sessions[cell]! : start.logins[cell]!);
    first.push((known ?? (load > room ? 0.1 / meanScale : 0)) * units[units.length - 1]!);
  }
  const x = Float64Array.from(first);
  const best = { value: before.exact, x: new Float64Array(x.length) };
  const evaluate = (point: Float64Array, gradient: Float64Array): number => {
    if (isCancelled?.()) throw new AllocationCancelled();
    let spent = 0;
    for (let j = 0; j < cells.length; j++) {
      const price = point[j]! / units[j]!;
      spent += price * rooms[j]!;
      if (cells[j]! < cellCount) sessionPrice[cells[j]!] = price;
      else loginPrice[cells[j]! - cellCount] = price;
    }
    fillPrices(model, tables, sessionPrice, loginPrice);
    const { softened, exact } = spread(temperature);
    fillLoads(model, tables, sessionLoad, loginLoad);
    for (let j = 0; j < cells.length; j++) {
      const c = cells[j]!;
      gradient[j] = ((c < cellCount ? sessionLoad[c]! : loginLoad[c - cellCount]!) - rooms[j]!) / units[j]!;
    }
    if (exact - spent > best.value) {
      best.value = exact - spent;
      best.x.set(point);
    }
    return softened - spent;
  };
  // above the number of all windows the prices run away: no plan holds them all, and that is proven
  const enough = totalWindows;
  for (temperature of temperatures) {
    if (best.value > enough) break;
    let step = 0;
    let known = best.value;
    ascend(evaluate, x, STEPS, () => {
      if (++step % PATIENCE_STEPS === 0) {
        if (best.value - known < Math.max(WORTH_WINDOWS, WORTH_RATIO * best.value)) return false;
        known = best.value;
      }
      return best.value <= enough;
    });
  }
  const prices = { sessions: new Float64Array(cellCount), logins: new Float64Array(cellCount) };
  for (let j = 0; j < cells.length; j++) {
    const price = best.x[j]! / units[j]!;
    if (cells[j]! < cellCount) prices.sessions[cells[j]!] = price;
    else prices.logins[cells[j]! - cellCount] = price;
  }
  return prices;
}

interface MoveGroups {
  count: number;
  kind: Int32Array;
  /** Index into the price table of where it stands, -1 for those that must go. */
  stayAt: Int32Array;
  /** Cost of going, without the price of cells. */
  go: Float64Array;
  scale: Float64Array;
  size: Float64Array;
  totalScale: number;
  totalSize: number;
  totalWindows: number;
}

function groupMoves(model: AllocationModel, { stay, windows, isFrozen, detour }: StayOrGo): MoveGroups {
  const { problem, demandKind, kindShape, shapeFirst, kindOffset } = model;
  const offset = emptyTables(model).offset;
  const known = new Map<number, number>();
  const kind: number[] = [];
  const stayAt: number[] = [];
  const costs: number[] = [];
  const scale: number[] = [];
  const size: number[] = [];
  let totalScale = 0;
  let totalWindows = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    const k = demandKind[i]!;
    if (isFrozen[i] || kindOffset[k] === kindOffset[k + 1]) continue;
    const shape = kindShape[k]!;
    const at = stay[i]! < 0 ? -1 : offset[shape]! + stay[i]! - shapeFirst[shape]!;
    const bucket = Math.round(Math.log(Math.max(1, problem.demandScale[i]!)) / LOG_BUCKET);
    const go = Math.round((windows[i]! + (detour ? detour[i]! : 0)) * GO_STEPS);
    // kinds are below 2^16, starts of a shape below 2^14, buckets below 2^9, costs of going below 2^13 steps
    const key = ((k * 16384 + (stay[i]! + 1)) * 512 + bucket) * 8192 + Math.min(8191, go);
    let group = known.get(key);
    if (group === undefined) {
      group = kind.length;
      known.set(key, group);
      kind.push(k);
      stayAt.push(at);
      costs.push(go / GO_STEPS);
      scale.push(0);
      size.push(0);
    }
    scale[group]! += problem.demandScale[i]!;
    size[group]!++;
    totalScale += problem.demandScale[i]!;
    totalWindows += Math.max(1, windows[i]!);
  }
  return {
    count: kind.length,
    kind: Int32Array.from(kind),
    stayAt: Int32Array.from(stayAt),
    go: Float64Array.from(costs),
    scale: Float64Array.from(scale, (sum, g) => sum / size[g]!),
    size: Float64Array.from(size),
    totalScale,
    totalSize: size.reduce((sum, n) => sum + n, 0),
    totalWindows,
  };
}

/** The cheapest start of each kind per unit of scale, exact and softened, and where those who go arrive. */
export class KindMinima {
  readonly least: Float64Array;
  readonly softened: Float64Array;
  readonly going: Float64Array;
  private readonly meanScale: Float64Array;
  private readonly share: Float64Array;

  constructor(
    private readonly model: AllocationModel,
    private readonly tables: PriceTables,
    groups: Pick<MoveGroups, 'count' | 'kind' | 'scale' | 'size'>,
  ) {
    const { kindCount, kindStart } = model;
    this.least = new Float64Array(kindCount);
    this.softened = new Float64Array(kindCount);
    this.going = new Float64Array(kindCount);
    this.meanScale = new Float64Array(kindCount);
    this.share = new Float64Array(kindStart.length);
    const size = new Float64Array(kindCount);
    for (let g = 0; g < groups.count; g++) {
      this.meanScale[groups.kind[g]!]! += groups.scale[g]! * groups.size[g]!;
      size[groups.kind[g]!]! += groups.size[g]!;
    }
    for (let k = 0; k < kindCount; k++) this.meanScale[k]! /= Math.max(1, size[k]!);
  }

  look(temperature: number): void {
    const { model, tables, share, meanScale } = this;
    this.going.fill(0);
    for (let kind = 0; kind < model.kindCount; kind++) {
      if (meanScale[kind] === 0) continue;
      const shape = model.kindShape[kind]!;
      const base = tables.offset[shape]! - model.shapeFirst[shape]!;
      const from = model.kindOffset[kind]!;
      const to = model.kindOffset[kind + 1]!;
      let least = Infinity;
      for (let k = from; k < to; k++) least = Math.min(least, tables.price[base + model.kindStart[k]!]!);
      const sharpness = meanScale[kind]! / temperature;
      let sum = 0;
      for (let k = from; k < to; k++) {
        const above = (tables.price[base + model.kindStart[k]!]! - least) * sharpness;
        share[k] = above > NEGLIGIBLE ? 0 : Math.exp(-above);
        sum += share[k]!;
      }
      for (let k = from; k < to; k++) share[k]! /= sum;
      this.least[kind] = least;
      this.softened[kind] = least - Math.log(sum) / sharpness;
    }
  }

  /** Lets the scale that goes, kind by kind, stand at its starts. */
  arrive(): void {
    const { model, tables, share, going } = this;
    for (let kind = 0; kind < model.kindCount; kind++) {
      if (going[kind] === 0) continue;
      const shape = model.kindShape[kind]!;
      const base = tables.offset[shape]! - model.shapeFirst[shape]!;
      for (let k = model.kindOffset[kind]!; k < model.kindOffset[kind + 1]!; k++) {
        if (share[k]! > 0) tables.scaleAt[base + model.kindStart[k]!]! += going[kind]! * share[k]!;
      }
    }
  }
}

import { type Random, randomInteger } from '../../random';
import { addLoad, emptyField, type Field, hasRoom } from '../field';
import { type Conflicts, buildConflicts } from '../conflicts';
import { lowerBound } from '../groups';
import type { AllocationModel } from '../model';
import type { PriceTables } from '../price-tables';
import { addSiteUse, buildSites, fitsSite, type Sites } from '../sites';

/** A small part under search: who stands where, what the cells carry, and every start within reach, the nearest to the wish first. */
export interface SmallPlan {
  model: AllocationModel;
  conflicts: Conflicts;
  sites: Sites;
  sessions: Field;
  logins: Field;
  starts: Int32Array;
  demandShape: Int32Array;
  /** Starts of demand i within reach, [startOffset[i], startOffset[i + 1]), the cheapest first. */
  startOffset: Int32Array;
  start: Int32Array;
  /** Displacement cost of each of them; 0 without a wish. */
  cost: Float64Array;
  unplacedCount: number;
  objective: number;
}

/**
 * An empty plan. Starts come in the order in which they are tried: by displacement cost, and, where there is no wish, by what the
 * cell prices ask for, so that who does not mind stays away from the hours that others fight for.
 */
export function emptySmallPlan(model: AllocationModel, reach: Int32Array, tables: PriceTables): SmallPlan {
  const { problem, kindOffset, kindStart, kindShape, demandKind, shapeFirst } = model;
  const { demandCount, demandWish, demandWeight } = problem;
  const startOffset = new Int32Array(demandCount + 1);
  const start: number[] = [];
  const cost: number[] = [];
  for (let i = 0; i < demandCount; i++) {
    const kind = demandKind[i]!;
    const wish = demandWish[i]!;
    let from = kindOffset[kind]!;
    let to = kindOffset[kind + 1]!;
    if (wish >= 0) {
      to = lowerBound(kindStart, from, to, wish + reach[i]! + 1);
      from = lowerBound(kindStart, from, to, wish - reach[i]!);
    }
    const shape = kindShape[kind]!;
    const base = tables.offset[shape]! - shapeFirst[shape]!;
    const own = Array.from(kindStart.subarray(from, to), (at) => ({
      at,
      cost: wish < 0 ? 0 : demandWeight[i]! * (at - wish) * (at - wish),
      price: tables.price[base + at]!,
    }));
    own.sort((a, b) => a.cost - b.cost || a.price - b.price || a.at - b.at);
    for (const one of own) {
      start.push(one.at);
      cost.push(one.cost);
    }
    startOffset[i + 1] = start.length;
  }
  return {
    model,
    conflicts: buildConflicts(model),
    sites: buildSites(model),
    sessions: emptyField(model, 'sessions'),
    logins: emptyField(model, 'logins'),
    starts: new Int32Array(demandCount).fill(-1),
    demandShape: Int32Array.from(demandKind, (kind) => kindShape[kind]!),
    startOffset,
    start: Int32Array.from(start),
    cost: Float64Array.from(cost),
    unplacedCount: demandCount,
    objective: 0,
  };
}

export function costOf({ model: { problem } }: SmallPlan, i: number, start: number): number {
  const wish = problem.demandWish[i]!;
  return wish < 0 || start < 0 ? 0 : problem.demandWeight[i]! * (start - wish) * (start - wish);
}

/** Puts demand i at `start`, or takes it away from there. */
export function put(plan: SmallPlan, i: number, start: number, times: 1 | -1): void {
  const { problem, shapeOccurrences } = plan.model;
  const occurrences = shapeOccurrences[plan.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const at = start + problem.occurrenceShift[o]!;
    addLoad(plan.sessions, i, profile, at, times);
    addLoad(plan.logins, i, profile, at, times);
  }
  addSiteUse(plan.sites, problem, i, start, times);
  plan.starts[i] = times === 1 ? start : -1;
  plan.unplacedCount -= times;
  plan.objective += times * costOf(plan, i, start);
}

/** May demand i, which stands nowhere, start here as far as every law goes? The law that says no most often is asked first. */
export function mayStart(plan: SmallPlan, i: number, start: number): boolean {
  return (
    hasRoomFor(plan, plan.logins, i, start) &&
    isFreeOfMates(plan, i, start) &&
    hasRoomFor(plan, plan.sessions, i, start) &&
    fitsSite(plan.sites, plan.model.problem, i, start)
  );
}

function isFreeOfMates({ conflicts, starts }: SmallPlan, i: number, start: number): boolean {
  for (let row = conflicts.offset[i]!; row < conflicts.offset[i + 1]!; row++) {
    const other = starts[conflicts.mate[row]!]!;
    if (other < 0) continue;
    const apart = start - other - conflicts.shift[row]!;
    if (apart > -conflicts.after[row]! && apart < conflicts.before[row]!) return false;
  }
  return true;
}

function hasRoomFor(plan: SmallPlan, field: Field, i: number, start: number): boolean {
  const { problem, shapeOccurrences } = plan.model;
  const occurrences = shapeOccurrences[plan.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    if (!hasRoom(field, i, profile, start + problem.occurrenceShift[o]!)) return false;
  }
  return true;
}

/** Puts demand i at the first start that every law allows, overlooking each with the chance `blink`; false where none is left. */
export function insert(plan: SmallPlan, i: number, blink: number, random: Random): boolean {
  const { startOffset, start } = plan;
  for (let k = startOffset[i]!; k < startOffset[i + 1]!; k++) {
    if (random() < blink || !mayStart(plan, i, start[k]!)) continue;
    put(plan, i, start[k]!, 1);
    return true;
  }
  return false;
}

/** A start of demand i that costs less than where it stands, any of them alike; -1 where there is none. */
export function anyNearerStart(plan: SmallPlan, i: number, random: Random): number {
  const { startOffset, start, cost, starts } = plan;
  const now = starts[i]! < 0 ? Infinity : costOf(plan, i, starts[i]!);
  let count = 0;
  while (startOffset[i]! + count < startOffset[i + 1]! && cost[startOffset[i]! + count]! < now) count++;
  return count === 0 ? -1 : start[startOffset[i]! + randomInteger(random, count)]!;
}

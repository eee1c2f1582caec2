import { type Field, setPenalty } from './field';
import { AllocationCancelled } from './problem';
import { cheapestStart, fits, isFixed, place, type Search } from './search';

/** Price of a cell, in displacement cost, that makes a typical window go an hour out of its way; sets the scale of penalties. */
const HOUR_COST = 36;
/** Overload, as a share of the limit, at which a cell costs that much. */
const SOFTNESS = 0.1;
/** How often the ramp of the first pass is raised. */
const RAMP_STEPS = 400;
const CANCEL_EVERY = 512;

/** The penalty of the search: per limit a price column and one stiffness, tightened from round to round. */
export interface Penalty {
  sessionPrice: Float64Array;
  loginPrice: Float64Array;
  /** Cost per thousandth and per share of overload: stiffness of a cell = this / its limit. */
  sessionStiffness: number;
  loginStiffness: number;
}

/** A penalty without prices whose stiffness fits the instance: what a mean window weighs in sessions and in logins. */
export function firstPenalty(search: Search): Penalty {
  const { problem } = search.model;
  let scale = 0;
  let volume = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    scale += problem.demandScale[i]!;
    const profile = problem.demandProfile[i]!;
    let cells = 0;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++) {
      cells += problem.profileSessionsPerMille[k]! / 1000;
    }
    volume += problem.demandScale[i]! * cells;
  }
  const count = Math.max(1, problem.demandCount);
  return {
    sessionPrice: new Float64Array(problem.cellCount),
    loginPrice: new Float64Array(problem.cellCount),
    sessionStiffness: HOUR_COST / SOFTNESS / Math.max(1, volume / count),
    loginStiffness: HOUR_COST / SOFTNESS / Math.max(1, scale / count),
  };
}

/** Puts the penalty into the fields, with targets at `share` of the limits. */
export function applyPenalty(search: Search, penalty: Penalty, share: number): void {
  const { sessions, logins } = search;
  setPenalty(
    sessions,
    (c) => penalty.sessionPrice[c]!,
    (c) => penalty.sessionStiffness / sessions.limit[c]!,
    (c) => share * sessions.limit[c]!,
  );
  setPenalty(
    logins,
    (c) => penalty.loginPrice[c]!,
    (c) => penalty.loginStiffness / logins.limit[c]!,
    (c) => share * logins.limit[c]!,
  );
}

/** Moves prices towards what the loads ask for: up where a cell is over its target, down where it is under. */
export function movePrices(search: Search, penalty: Penalty, share: number, step: number): void {
  const move = (field: Field, price: Float64Array, stiffness: number) => {
    for (let c = 0; c < price.length; c++) {
      const limit = field.limit[c]!;
      if (!(limit > 0 && limit < Infinity)) continue;
      price[c] = Math.max(0, price[c]! + step * stiffness * (field.load[c]! / limit - share));
    }
  };
  move(search.sessions, penalty.sessionPrice, penalty.sessionStiffness);
  move(search.logins, penalty.loginPrice, penalty.loginStiffness);
}

/** Puts the demands with a single start where they must be; those that contradict an earlier one stay without a place. */
export function placeFixed(search: Search): void {
  for (let i = 0; i < search.starts.length; i++) {
    if (!isFixed(search, i) || search.starts[i]! >= 0) continue;
    const start = cheapestStart(search, i, false);
    if (start >= 0 && fits(search, i, start)) place(search, i, start, 1);
  }
}

export interface Watch {
  isCancelled?: (() => boolean) | undefined;
  onPart?: ((doneCount: number, totalCount: number) => void) | undefined;
}

/**
 * First pass: everybody in `order` takes its cheapest start while the targets grow with the share of the load that has been
 * placed, so that early comers do not fill the wished hours to the brim.
 */
export function firstPass(search: Search, order: Int32Array, penalty: Penalty, watch: Watch): void {
  const { demandScale } = search.model.problem;
  let total = 0;
  for (const i of order) total += demandScale[i]!;
  let placed = 0;
  let nextRaise = 0;
  for (let k = 0; k < order.length; k++) {
    if (placed >= nextRaise) {
      nextRaise += total / RAMP_STEPS;
      applyPenalty(search, penalty, Math.min(1, 0.01 + placed / Math.max(1, total)));
    }
    if (k % CANCEL_EVERY === 0) attend(watch, k, order.length);
    const i = order[k]!;
    placed += demandScale[i]!;
    if (search.starts[i]! >= 0) continue;
    const start = cheapestStart(search, i, false);
    if (start >= 0) place(search, i, start, 1);
  }
}

/** Everybody in `order` for whom `takes` holds looks again; returns how many changed place. */
export function sweep(
  search: Search,
  order: Int32Array,
  watch: Watch,
  onlyFitting = false,
  takes: (i: number) => boolean = () => true,
): number {
  let moved = 0;
  for (let k = 0; k < order.length; k++) {
    if (k % CANCEL_EVERY === 0) attend(watch, k, order.length);
    const i = order[k]!;
    if (!takes(i)) continue;
    const old = search.starts[i]!;
    if (old >= 0) place(search, i, old, -1);
    const start = cheapestStart(search, i, onlyFitting);
    const next = start >= 0 ? start : old;
    if (next >= 0) place(search, i, next, 1);
    if (next !== old) moved++;
  }
  return moved;
}

function attend(watch: Watch, done: number, total: number): void {
  if (watch.isCancelled?.()) throw new AllocationCancelled();
  watch.onPart?.(done, total);
}

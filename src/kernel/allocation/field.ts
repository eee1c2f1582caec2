import type { AllocationModel, TrimmedProfiles } from './model';

/**
 * One limit (sessions or logins) over time, with the load of the windows placed so far and a price on going further.
 * The price is the augmented Lagrangian's: the penalty of a cell is max(0, l + k (load - target))^2 / 2k, for a price l and a
 * stiffness k. With q = sqrt(k / 2) and `level` = l / 2q + q (load - target) it is max(0, level)^2, its derivative
 * 2 q max(0, level). Nothing is charged by the derivative alone: an item pays the exact rise, its own lump included, for linear
 * prices fail where few classes share a cell.
 */
export interface Field {
  profiles: TrimmedProfiles;
  perMille: Int32Array;
  limit: Float64Array;
  load: Float64Array;
  level: Float64Array;
  /** q: by how much a thousandth of load raises the level. */
  slope: number;
}

export function emptyField(model: AllocationModel, what: 'sessions' | 'logins'): Field {
  const { problem } = model;
  return {
    profiles: model[what],
    perMille: what === 'sessions' ? problem.profileSessionsPerMille : problem.profileLoginsPerMille,
    limit: what === 'sessions' ? problem.sessionLimit : problem.loginLimit,
    load: new Float64Array(problem.cellCount),
    level: new Float64Array(problem.cellCount).fill(-Infinity),
    slope: 0,
  };
}

/** Sets price, stiffness and target; cells without a finite limit cost nothing (starts in closed cells are not offered). */
export function setPenalty(field: Field, price: Float64Array, stiffness: number, target: Float64Array): void {
  const slope = Math.sqrt(stiffness / 2);
  field.slope = slope;
  for (let cell = 0; cell < field.load.length; cell++) {
    const limit = field.limit[cell]!;
    field.level[cell] =
      limit > 0 && limit < Infinity
        ? price[cell]! / (2 * slope) + slope * (field.load[cell]! - target[cell]!)
        : -Infinity;
  }
}

/** Adds (`times` = 1) or takes away (-1) the exact whole load of a window. */
export function addLoad(field: Field, profile: number, scale: number, start: number, times: number): void {
  const { profiles, perMille, load, level, slope } = field;
  const to = profiles.to[profile]!;
  let cell = start + profiles.first[profile]!;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const lump = times * Math.ceil((scale * perMille[k]!) / 1000);
    load[cell]! += lump;
    level[cell]! += slope * lump;
  }
}

/** What the penalty would rise by, were the window placed at `start`. */
export function penaltyRise(field: Field, profile: number, scale: number, start: number): number {
  const { profiles, level } = field;
  const { share } = profiles;
  const to = profiles.to[profile]!;
  const lump = field.slope * scale;
  let cell = start + profiles.first[profile]!;
  let rise = 0;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const before = level[cell]!;
    const after = before + lump * share[k]!;
    if (after > 0) rise += before > 0 ? (after - before) * (after + before) : after * after;
  }
  return rise;
}

/** How far a window at `start` would pass the limit in the worst cell, in thousandths; 0 where it fits. */
export function excessAt(field: Field, profile: number, scale: number, start: number): number {
  const { profiles, perMille, load, limit } = field;
  const to = profiles.to[profile]!;
  let cell = start + profiles.first[profile]!;
  let worst = 0;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const over = load[cell]! + Math.ceil((scale * perMille[k]!) / 1000) - limit[cell]!;
    if (over > worst && perMille[k]! > 0) worst = over;
  }
  return worst;
}

/** A measure of how used the cells are that a window at `start` would load: steep, so that it goes where the curve is lowest. */
export function usage(field: Field, profile: number, scale: number, start: number): number {
  const { profiles, load, limit } = field;
  const { share } = profiles;
  const to = profiles.to[profile]!;
  let cell = start + profiles.first[profile]!;
  let sum = 0;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const lump = scale * share[k]!;
    if (lump === 0) continue;
    const ratio = (load[cell]! + lump / 2) / limit[cell]!;
    const squared = ratio * ratio;
    sum += (lump / limit[cell]!) * squared * squared * squared;
  }
  return sum;
}

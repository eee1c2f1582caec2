import type { AllocationModel, TrimmedProfiles } from './model';
import type { AllocationProblem } from './problem';

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
  /** Exact whole loads of demand i, cell by cell of its trimmed profile, from lumpFrom[i]: shared by all of its profile and scale. */
  lumps: Float64Array;
  lumpFrom: Int32Array;
}

export function emptyField(model: AllocationModel, what: 'sessions' | 'logins'): Field {
  const { problem } = model;
  const profiles = model[what];
  const perMille = what === 'sessions' ? problem.profileSessionsPerMille : problem.profileLoginsPerMille;
  return {
    profiles,
    perMille,
    ...wholeLumps(problem, profiles, perMille),
    limit: what === 'sessions' ? problem.sessionLimit : problem.loginLimit,
    load: new Float64Array(problem.cellCount),
    level: new Float64Array(problem.cellCount).fill(-Infinity),
    slope: 0,
  };
}

function wholeLumps(
  { demandCount, demandProfile, demandScale }: AllocationProblem,
  { from, to }: TrimmedProfiles,
  perMille: Int32Array,
): { lumps: Float64Array; lumpFrom: Int32Array } {
  const known = Array.from(from, () => new Map<number, number>());
  const lumpFrom = new Int32Array(demandCount);
  let length = 0;
  for (let i = 0; i < demandCount; i++) {
    const rows = known[demandProfile[i]!]!;
    const scale = demandScale[i]!;
    let row = rows.get(scale);
    if (row === undefined) {
      row = length;
      rows.set(scale, row);
      length += to[demandProfile[i]!]! - from[demandProfile[i]!]!;
    }
    lumpFrom[i] = row;
  }
  const lumps = new Float64Array(length);
  known.forEach((rows, profile) => {
    for (const [scale, row] of rows) {
      let next = row;
      for (let k = from[profile]!; k < to[profile]!; k++) lumps[next++] = Math.ceil((scale * perMille[k]!) / 1000);
    }
  });
  return { lumps, lumpFrom };
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

/** Adds the exact whole load of demand i at `start`, or takes it away (`times` = -1). */
export function addLoad(field: Field, i: number, profile: number, start: number, times: number): void {
  const { profiles, load, level, lumps } = field;
  const slope = times * field.slope;
  const from = profiles.from[profile]!;
  const lump = field.lumpFrom[i]!;
  const cells = profiles.to[profile]! - from;
  const first = start + profiles.first[profile]!;
  for (let k = 0; k < cells; k++) {
    const amount = lumps[lump + k]!;
    load[first + k]! += times * amount;
    level[first + k]! += slope * amount;
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

/** Does demand i at `start` stay within the limit? */
export function hasRoom(field: Field, i: number, profile: number, start: number): boolean {
  const { profiles, load, limit, lumps } = field;
  const cells = profiles.to[profile]! - profiles.from[profile]!;
  const lump = field.lumpFrom[i]!;
  const first = start + profiles.first[profile]!;
  for (let k = 0; k < cells; k++) {
    const amount = lumps[lump + k]!;
    if (amount > 0 && load[first + k]! + amount > limit[first + k]!) return false;
  }
  return true;
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

import type { AllocationModel, TrimmedProfiles } from './model';

/**
 * One limit (sessions or logins) over time, with the load of the windows placed so far and a price on going further.
 * The price is the augmented Lagrangian's: penalty of a cell = max(0, l + k (load - target))^2 / 2k, of which
 * `height` = l / sqrt(2k) - sqrt(k/2) target and `slope` = sqrt(k/2) make max(0, height + slope load)^2. An item is charged the
 * exact rise of the penalty, its own lump included: linear prices fail where few classes share a cell.
 */
export interface Field {
  profiles: TrimmedProfiles;
  perMille: Int32Array;
  limit: Float64Array;
  load: Float64Array;
  height: Float64Array;
  slope: Float64Array;
  /** max(0, height + slope x load), kept with every change of load. */
  level: Float64Array;
}

export function emptyField(model: AllocationModel, what: 'sessions' | 'logins'): Field {
  const { problem } = model;
  const column = () => new Float64Array(problem.cellCount);
  return {
    profiles: model[what],
    perMille: what === 'sessions' ? problem.profileSessionsPerMille : problem.profileLoginsPerMille,
    limit: what === 'sessions' ? problem.sessionLimit : problem.loginLimit,
    load: column(),
    height: column(),
    slope: column(),
    level: column(),
  };
}

/** Sets price, stiffness k (cost per thousandth squared) and target of every cell. */
export function setPenalty(
  field: Field,
  price: (cell: number) => number,
  stiffness: (cell: number) => number,
  target: (cell: number) => number,
): void {
  for (let cell = 0; cell < field.load.length; cell++) {
    const limit = field.limit[cell]!;
    if (!(limit > 0 && limit < Infinity)) continue;
    const slope = Math.sqrt(stiffness(cell) / 2);
    field.slope[cell] = slope;
    field.height[cell] = price(cell) / (2 * slope) - slope * target(cell);
    field.level[cell] = Math.max(0, field.height[cell]! + slope * field.load[cell]!);
  }
}

/** Marginal price of a cell as it stands: the derivative of its penalty. */
export function marginalPrice(field: Field, cell: number): number {
  return 2 * field.slope[cell]! * field.level[cell]!;
}

/** Adds (`times` = 1) or takes away (-1) the exact whole load of a window. */
export function addLoad(field: Field, profile: number, scale: number, start: number, times: number): void {
  const { profiles, perMille, load, height, slope, level } = field;
  const to = profiles.to[profile]!;
  let cell = start + profiles.first[profile]!;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const after = load[cell]! + times * Math.ceil((scale * perMille[k]!) / 1000);
    load[cell] = after;
    const x = height[cell]! + slope[cell]! * after;
    level[cell] = x > 0 ? x : 0;
  }
}

/** What the penalty would rise by, were the window placed at `start`. */
export function penaltyRise(field: Field, profile: number, scale: number, start: number): number {
  const { profiles, load, height, slope, level } = field;
  const { share } = profiles;
  const to = profiles.to[profile]!;
  let cell = start + profiles.first[profile]!;
  let rise = 0;
  for (let k = profiles.from[profile]!; k < to; k++, cell++) {
    const x = height[cell]! + slope[cell]! * (load[cell]! + scale * share[k]!);
    if (x > 0) {
      const before = level[cell]!;
      rise += x * x - before * before;
    }
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

import type { AllocationModel, TrimmedProfiles } from './model';

/**
 * Prices of starts: for each shape and each start that it may take, the price of the cells that one unit of scale would
 * load. One table serves every demand of the shape. `reset`, `addStarts` and `loads` are the adjoint: from a distribution
 * of scale over starts to the load of each cell.
 */
export interface PriceTables {
  offset: Int32Array;
  price: Float64Array;
  /** Scale that stands at each start, same layout as `price`. */
  scaleAt: Float64Array;
}

export function emptyTables(model: AllocationModel): PriceTables {
  const offset = new Int32Array(model.shapeCount + 1);
  for (let shape = 0; shape < model.shapeCount; shape++) {
    offset[shape + 1] = offset[shape]! + Math.max(0, model.shapeLast[shape]! - model.shapeFirst[shape]! + 1);
  }
  const length = offset[model.shapeCount]!;
  return { offset, price: new Float64Array(length), scaleAt: new Float64Array(length) };
}

/** Fills `price` from a price per cell of sessions and of logins. */
export function fillPrices(
  model: AllocationModel,
  tables: PriceTables,
  sessionPrice: Float64Array,
  loginPrice: Float64Array,
): void {
  const { problem } = model;
  tables.price.fill(0);
  for (let shape = 0; shape < model.shapeCount; shape++) {
    const profile = model.shapeProfile[shape]!;
    const occurrences = model.shapeOccurrences[shape]!;
    const first = model.shapeFirst[shape]!;
    const count = tables.offset[shape + 1]! - tables.offset[shape]!;
    for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
      const at = first + problem.occurrenceShift[o]!;
      correlate(model.sessions, profile, sessionPrice, at, tables.price, tables.offset[shape]!, count);
      correlate(model.logins, profile, loginPrice, at, tables.price, tables.offset[shape]!, count);
    }
  }
}

/** Writes the loads that `scaleAt` causes. */
export function fillLoads(
  model: AllocationModel,
  tables: PriceTables,
  sessionLoad: Float64Array,
  loginLoad: Float64Array,
): void {
  const { problem } = model;
  sessionLoad.fill(0);
  loginLoad.fill(0);
  for (let shape = 0; shape < model.shapeCount; shape++) {
    const profile = model.shapeProfile[shape]!;
    const occurrences = model.shapeOccurrences[shape]!;
    const first = model.shapeFirst[shape]!;
    const count = tables.offset[shape + 1]! - tables.offset[shape]!;
    for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
      const at = first + problem.occurrenceShift[o]!;
      spread(model.sessions, profile, sessionLoad, at, tables.scaleAt, tables.offset[shape]!, count);
      spread(model.logins, profile, loginLoad, at, tables.scaleAt, tables.offset[shape]!, count);
    }
  }
}

function correlate(
  profiles: TrimmedProfiles,
  profile: number,
  cellPrice: Float64Array,
  at: number,
  out: Float64Array,
  outFrom: number,
  count: number,
): void {
  const base = at + profiles.first[profile]!;
  const from = profiles.from[profile]!;
  const length = profiles.to[profile]! - from;
  for (let k = 0; k < length; k++) {
    const share = profiles.share[from + k]!;
    if (share === 0) continue;
    const shift = base + k;
    for (let s = 0; s < count; s++) {
      const cell = shift + s;
      if (cell < cellPrice.length) out[outFrom + s]! += share * cellPrice[cell]!;
    }
  }
}

function spread(
  profiles: TrimmedProfiles,
  profile: number,
  load: Float64Array,
  at: number,
  scaleAt: Float64Array,
  scaleFrom: number,
  count: number,
): void {
  const base = at + profiles.first[profile]!;
  const from = profiles.from[profile]!;
  const length = profiles.to[profile]! - from;
  for (let k = 0; k < length; k++) {
    const share = profiles.share[from + k]!;
    if (share === 0) continue;
    const shift = base + k;
    for (let s = 0; s < count; s++) {
      const cell = shift + s;
      if (cell < load.length) load[cell]! += share * scaleAt[scaleFrom + s]!;
    }
  }
}

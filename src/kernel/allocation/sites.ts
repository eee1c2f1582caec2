import type { AllocationModel } from './model';
import type { AllocationProblem } from './problem';

/** Units of simultaneous windows per establishment that has a limit, on each of its days, cell by cell. */
export interface Sites {
  /** Where the use of (establishment of demand i, cell c) stands: use[base[i] + c]; no limit where `limited[i]` is 0. */
  base: Int32Array;
  limited: Uint8Array;
  use: Int16Array | Int32Array;
}

/** No use passes its limit, so limits below this fit into two bytes a cell: schools are smaller, and a nation has millions of cells. */
const NARROW_LIMIT = 1 << 14;

export function buildSites(model: AllocationModel): Sites {
  const { problem } = model;
  const { demandCount, establishmentSiteLimit, demandEstablishment, demandSiteUnits, demandDay } = problem;
  const limited = new Uint8Array(demandCount);
  const blockOfDemand = new Int32Array(demandCount);
  const first: number[] = [];
  const last: number[] = [];
  const blocks = new Map<number, Map<number, number>>();
  for (let i = 0; i < demandCount; i++) {
    const establishment = demandEstablishment[i]!;
    const kind = model.demandKind[i]!;
    const from = model.kindOffset[kind]!;
    const to = model.kindOffset[kind + 1]!;
    if (establishmentSiteLimit[establishment]! <= 0 || demandSiteUnits[i] === 0 || from === to) continue;
    limited[i] = 1;
    let days = blocks.get(establishment);
    if (!days) {
      days = new Map<number, number>();
      blocks.set(establishment, days);
    }
    let block = days.get(demandDay[i]!);
    if (block === undefined) {
      block = first.length;
      days.set(demandDay[i]!, block);
      first.push(problem.cellCount);
      last.push(0);
    }
    blockOfDemand[i] = block;
    first[block] = Math.min(first[block]!, model.kindStart[from]!);
    last[block] = Math.max(last[block]!, model.kindStart[to - 1]! + problem.demandCells[i]!);
  }
  const offset = new Int32Array(first.length);
  let length = 0;
  for (let block = 0; block < first.length; block++) {
    offset[block] = length - first[block]!;
    length += last[block]! - first[block]!;
  }
  const base = new Int32Array(demandCount);
  for (let i = 0; i < demandCount; i++) if (limited[i]) base[i] = offset[blockOfDemand[i]!]!;
  const isNarrow = establishmentSiteLimit.every((limit) => limit < NARROW_LIMIT);
  return { base, limited, use: isNarrow ? new Int16Array(length) : new Int32Array(length) };
}

export function addSiteUse(sites: Sites, problem: AllocationProblem, i: number, start: number, times: number): void {
  if (!sites.limited[i]) return;
  const units = times * problem.demandSiteUnits[i]!;
  const from = sites.base[i]! + start;
  const to = from + problem.demandCells[i]!;
  for (let at = from; at < to; at++) sites.use[at]! += units;
}

export function fitsSite(sites: Sites, problem: AllocationProblem, i: number, start: number): boolean {
  if (!sites.limited[i]) return true;
  const most = problem.establishmentSiteLimit[problem.demandEstablishment[i]!]! - problem.demandSiteUnits[i]!;
  const from = sites.base[i]! + start;
  const to = from + problem.demandCells[i]!;
  for (let at = from; at < to; at++) if (sites.use[at]! > most) return false;
  return true;
}

/** Where demand i at `start` would pass the limit of its establishment: the first and last such cell, and by how much at most. */
export function siteExcess(
  sites: Sites,
  problem: AllocationProblem,
  i: number,
  start: number,
): { first: number; last: number; units: number } {
  const most = problem.establishmentSiteLimit[problem.demandEstablishment[i]!]! - problem.demandSiteUnits[i]!;
  const excess = { first: -1, last: -1, units: 0 };
  for (let cell = start; cell < start + problem.demandCells[i]!; cell++) {
    const over = sites.use[sites.base[i]! + cell]! - most;
    if (over <= 0) continue;
    if (excess.first < 0) excess.first = cell;
    excess.last = cell;
    excess.units = Math.max(excess.units, over);
  }
  return excess;
}

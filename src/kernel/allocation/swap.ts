import { randomInteger, type Random } from '../random';
import { membersOf } from './conflicts';
import type { Field } from './field';
import { AllocationCancelled } from './problem';
import { isFixed, isFree, moves, place, type Search } from './search';

/**
 * Demands that can stand in for each other: same kind, sorted by wish, so that neighbours in a pool wish the same hour. An exchange
 * of two of them moves only the difference of their sizes: that is how loads are filled to the brim with whole classes.
 */
export interface Pools {
  /** Members of pool p: [offset[p], offset[p + 1]); a pool holds one kind and one wish. */
  offset: Int32Array;
  member: Int32Array;
  poolOf: Int32Array;
}

/** More cells than any horizon has: forty years. */
const MOST_CELLS = 2 ** 22;

export function buildPools(search: Search): Pools {
  const { problem, demandKind } = search.model;
  const { demandWish } = problem;
  const poolOf = new Int32Array(problem.demandCount).fill(-1);
  // a key per kind and wish; then the pools in the order of their keys
  const found = new Map<number, number>();
  for (let i = 0; i < problem.demandCount; i++) {
    if (demandWish[i]! < 0 || isFixed(search, i)) continue;
    const key = demandKind[i]! * MOST_CELLS + demandWish[i]!;
    let pool = found.get(key);
    if (pool === undefined) found.set(key, (pool = found.size));
    poolOf[i] = pool;
  }
  const rank = new Int32Array(found.size);
  [...found].sort(([a], [b]) => a - b).forEach(([, pool], place) => (rank[pool] = place));
  for (let i = 0; i < poolOf.length; i++) if (poolOf[i]! >= 0) poolOf[i] = rank[poolOf[i]!]!;
  return { ...membersOf(poolOf, found.size), poolOf };
}

/**
 * Everybody that `takes` names tries `tries` partners of its pool and changes places where that lowers displacement cost plus
 * penalties; returns the number of exchanges.
 */
export function swapSweep(
  search: Search,
  pools: Pools,
  tries: number,
  random: Random,
  isCancelled?: () => boolean,
  takes: ((i: number) => boolean) | null = null,
): number {
  const { starts } = search;
  const { problem } = search.model;
  const { demandScale, demandWeight, demandWish } = problem;
  const table = search.screen.price;
  let swapped = 0;
  for (let k = 0; k < pools.member.length; k++) {
    if (k % 16 === 0 && isCancelled?.()) throw new AllocationCancelled();
    const i = pools.member[k]!;
    if (starts[i]! < 0 || (takes && !takes(i))) continue;
    const pool = pools.poolOf[i]!;
    const from = pools.offset[pool]!;
    const size = pools.offset[pool + 1]! - from;
    if (size < 2) continue;
    const shape = search.demandShape[i]!;
    const base = search.screen.offset[shape]! - search.model.shapeFirst[shape]!;
    for (let t = 0; t < tries; t++) {
      const j = pools.member[from + randomInteger(random, size)]!;
      const si = starts[i]!;
      const sj = starts[j]!;
      if (sj < 0 || si === sj) continue;
      const more = demandScale[j]! - demandScale[i]!;
      // the penalty is convex: an exchange cannot gain more than the marginal prices promise
      const promised = more * (table[base + si]! - table[base + sj]!);
      const wish = demandWish[i]!;
      // same wish: only different weights make an exchange cost anything
      const moved = (demandWeight[i]! - demandWeight[j]!) * ((sj - wish) * (sj - wish) - (si - wish) * (si - wish));
      if (moved + promised >= -1e-9) continue;
      if (moved + exchangeRise(search, i, more, si, sj) >= -1e-9) continue;
      if (Math.abs(sj - wish) > search.reach[i]! || Math.abs(si - wish) > search.reach[j]!) continue;
      place(search, i, si, -1);
      place(search, j, sj, -1);
      let done = false;
      if (isFree(search, i, sj)) {
        place(search, i, sj, 1);
        if (isFree(search, j, si)) {
          place(search, j, si, 1);
          done = true;
        } else place(search, i, sj, -1);
      }
      if (done) {
        swapped++;
        moves(search, 2);
      } else {
        place(search, i, si, 1);
        place(search, j, sj, 1);
      }
    }
  }
  return swapped;
}

/** Rise of the penalties when `more` scale comes to start `to` and leaves start `from`, in the shape of demand i. */
function exchangeRise(search: Search, i: number, more: number, to: number, from: number): number {
  const { problem, shapeOccurrences } = search.model;
  const occurrences = shapeOccurrences[search.demandShape[i]!]!;
  const profile = problem.demandProfile[i]!;
  let rise = 0;
  for (let o = problem.occurrenceOffset[occurrences]!; o < problem.occurrenceOffset[occurrences + 1]!; o++) {
    const shift = problem.occurrenceShift[o]!;
    rise += exchangeRiseOf(search.sessions, profile, more, to + shift, from + shift);
    rise += exchangeRiseOf(search.logins, profile, more, to + shift, from + shift);
  }
  return rise;
}

function exchangeRiseOf(field: Field, profile: number, more: number, to: number, from: number): number {
  const { profiles, level, slope } = field;
  const { share } = profiles;
  const first = profiles.from[profile]!;
  const length = profiles.to[profile]! - first;
  const lead = profiles.first[profile]!;
  const lump = more * slope;
  const apart = to - from;
  const begin = Math.min(to, from) + lead;
  const end = Math.max(to, from) + lead + length;
  let rise = 0;
  let k = begin - to - lead;
  let m = k + apart;
  for (let cell = begin; cell < end; cell++, k++, m++) {
    const gain = k >= 0 && k < length ? share[first + k]! : 0;
    const loss = m >= 0 && m < length ? share[first + m]! : 0;
    if (gain === loss) continue;
    const before = level[cell]!;
    const after = before + lump * (gain - loss);
    if (after > 0) rise += after * after;
    if (before > 0) rise -= before * before;
  }
  return rise;
}

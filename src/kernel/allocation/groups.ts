import type { AllocationModel } from './model';

/**
 * Demands that differ in nothing but their size, and little in that: same kind, wish, weight and reach. The dual sees a
 * group as so many copies of its mean member; some hundreds of groups stand for any number of classes.
 */
export interface Groups {
  count: number;
  kind: Int32Array;
  wish: Int32Array;
  weight: Float64Array;
  meanScale: Float64Array;
  size: Float64Array;
  /** Starts within reach: [from, to) of the model's `kindStart`. */
  from: Int32Array;
  to: Int32Array;
  groupOfDemand: Int32Array;
}

/** Sizes within one bucket differ by less than this ratio. */
const BUCKET_RATIO = 1.1;

/** Groups the demands that `takes` (default: all) names; `reach` is the most displacement of each, in cells. */
export function groupDemands(
  model: AllocationModel,
  reach: Int32Array,
  takes: (i: number) => boolean = () => true,
): Groups {
  const { problem, kindOffset, kindStart, demandKind } = model;
  const known = new Map<number, number[]>();
  const kind: number[] = [];
  const wish: number[] = [];
  const weight: number[] = [];
  const scale: number[] = [];
  const size: number[] = [];
  const from: number[] = [];
  const to: number[] = [];
  const bucketOf: number[] = [];
  const groupOfDemand = new Int32Array(problem.demandCount).fill(-1);
  const logRatio = Math.log(BUCKET_RATIO);
  for (let i = 0; i < problem.demandCount; i++) {
    const k = demandKind[i]!;
    if (kindOffset[k] === kindOffset[k + 1] || !takes(i)) continue;
    const wished = problem.demandWish[i]!;
    const first =
      wished < 0 ? kindOffset[k]! : lowerBound(kindStart, kindOffset[k]!, kindOffset[k + 1]!, wished - reach[i]!);
    const last =
      wished < 0
        ? kindOffset[k + 1]!
        : lowerBound(kindStart, kindOffset[k]!, kindOffset[k + 1]!, wished + reach[i]! + 1);
    // nothing about a demand without a wish depends on its size but by proportion: one bucket holds them all
    const bucket = wished < 0 ? -1 : Math.round(Math.log(Math.max(1, problem.demandScale[i]!)) / logRatio);
    const key = (k * 4096 + (wished & 4095)) * 4096 + (bucket & 4095);
    let candidates = known.get(key);
    if (!candidates) {
      candidates = [];
      known.set(key, candidates);
    }
    let group = -1;
    for (const g of candidates) {
      if (
        kind[g] === k &&
        wish[g] === wished &&
        weight[g] === problem.demandWeight[i] &&
        from[g] === first &&
        to[g] === last &&
        bucketOf[g] === bucket
      ) {
        group = g;
        break;
      }
    }
    if (group < 0) {
      group = kind.length;
      candidates.push(group);
      kind.push(k);
      wish.push(wished);
      weight.push(problem.demandWeight[i]!);
      scale.push(0);
      size.push(0);
      from.push(first);
      to.push(last);
      bucketOf.push(bucket);
    }
    groupOfDemand[i] = group;
    scale[group]! += problem.demandScale[i]!;
    size[group]!++;
  }
  return {
    count: kind.length,
    kind: Int32Array.from(kind),
    wish: Int32Array.from(wish),
    weight: Float64Array.from(weight),
    meanScale: Float64Array.from(scale, (sum, g) => sum / size[g]!),
    size: Float64Array.from(size),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    groupOfDemand,
  };
}

/** Groups that differ in nothing but their size become one where their mean sizes fall into one bucket of `bucketRatio`. */
export function coarsen(groups: Groups, bucketRatio: number): Groups {
  const known = new Map<string, number>();
  const first: number[] = [];
  const scale: number[] = [];
  const size: number[] = [];
  const coarseOf = Int32Array.from(groups.kind, (kind, g) => {
    const bucket = Math.round(Math.log(Math.max(1, groups.meanScale[g]!)) / Math.log(bucketRatio));
    const key = [kind, groups.wish[g], groups.weight[g], groups.from[g], groups.to[g], bucket].join();
    let coarse = known.get(key);
    if (coarse === undefined) {
      coarse = first.length;
      known.set(key, coarse);
      first.push(g);
      scale.push(0);
      size.push(0);
    }
    scale[coarse]! += groups.meanScale[g]! * groups.size[g]!;
    size[coarse]! += groups.size[g]!;
    return coarse;
  });
  return {
    count: first.length,
    kind: Int32Array.from(first, (g) => groups.kind[g]!),
    wish: Int32Array.from(first, (g) => groups.wish[g]!),
    weight: Float64Array.from(first, (g) => groups.weight[g]!),
    meanScale: Float64Array.from(scale, (sum, coarse) => sum / size[coarse]!),
    size: Float64Array.from(size),
    from: Int32Array.from(first, (g) => groups.from[g]!),
    to: Int32Array.from(first, (g) => groups.to[g]!),
    groupOfDemand: groups.groupOfDemand.map((g) => (g < 0 ? -1 : coarseOf[g]!)),
  };
}

/** First index in [from, to) whose value is not below `value`. */
export function lowerBound(column: Int32Array, from: number, to: number, value: number): number {
  let low = from;
  let high = to;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

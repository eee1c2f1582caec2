/** A figure with the interval in which it lies with a probability of 95 %. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** The same from whole days: one day alone says nothing of how far days differ. */
export interface DayEstimate {
  value: number;
  low: number | null;
  high: number | null;
}

const Z_95 = 1.96;

/** What was counted of one cluster (an establishment): the part that is asked for, and the whole. */
export interface Cluster {
  part: number;
  whole: number;
}

/**
 * A ratio over clusters that differ: r = sum y / sum x, and by the linearised variance of a ratio estimator,
 * var r = n / (n - 1) x sum (y - r x)^2 / (sum x)^2 (Cochran, Sampling Techniques, 1977, section 6.4). Undefined below two clusters
 * or where nothing was expected: one school says nothing about the others.
 */
export function ratioEstimate(clusters: Iterable<Cluster>): Estimate | undefined {
  const all = [...clusters].filter(({ whole }) => whole > 0);
  const whole = all.reduce((sum, cluster) => sum + cluster.whole, 0);
  if (all.length < 2 || whole === 0) return undefined;
  const value = all.reduce((sum, { part }) => sum + part, 0) / whole;
  const squares = all.reduce((sum, cluster) => sum + (cluster.part - value * cluster.whole) ** 2, 0);
  const deviation = Math.sqrt((all.length / (all.length - 1)) * squares) / whole;
  return { value, low: Math.max(0, value - Z_95 * deviation), high: value + Z_95 * deviation };
}

/** The interval of a figure from what it is without each part of the data in turn (jackknife); none where there is one part. */
export function jackknife(value: number, without: readonly number[]): DayEstimate {
  const n = without.length;
  if (n < 2) return { value, low: null, high: null };
  const mean = without.reduce((sum, one) => sum + one, 0) / n;
  const deviation = Math.sqrt(((n - 1) / n) * without.reduce((sum, one) => sum + (one - mean) ** 2, 0));
  return { value, low: Math.max(0, value - Z_95 * deviation), high: value + Z_95 * deviation };
}

/** The interval of a share of `total` events of which `count` are its own, counted as they fall (Poisson). */
export function shareEstimate(count: number, total: number): Estimate {
  const deviation = Z_95 * Math.sqrt(Math.max(count, 1));
  return { value: count / total, low: Math.max(0, count - deviation) / total, high: (count + deviation) / total };
}

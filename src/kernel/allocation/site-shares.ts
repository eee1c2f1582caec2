/** A price is put on: at most one window of a teacher at a time, at most one of a class (its gap included), so many units on a site. */
export const TEACHER_LAW = 0;
export const CLASS_LAW = 1;
export const SITE_LAW = 2;

/**
 * What a window takes of its site under law SITE_LAW + k, of `siteCapacity`. Law SITE_LAW itself counts units against the limit. For
 * k >= 1 the limit is counted in whole shares, (limit + 1) / (k + 1) units each: units are whole, so whoever keeps the limit
 * keeps at most k such shares (Chvátal and Gomory's rounding), where a relaxation would let three classes and a fifth of
 * another in. Where every window takes one unit the limit is whole already, and no rounded law says more.
 */
export function siteShares(units: number, limit: number, law: number): number {
  const shares = law - SITE_LAW;
  return shares === 0 ? units : Math.floor((units * (shares + 1)) / (limit + 1));
}

/** Most shares at a time under law SITE_LAW + k. */
export const siteCapacity = (limit: number, law: number): number => (law === SITE_LAW ? limit : law - SITE_LAW);

/** The rounded law that, over these windows together, says most beyond the limit in units; 0 where none says more. */
export function sharpestSiteLaw(units: readonly number[], limit: number): number {
  let best = 0;
  let bestGain = 0;
  const least = units.reduce((a, b) => Math.min(a, b), Infinity);
  const most = units.reduce((a, b) => Math.max(a, b), 0);
  const from = Math.max(1, Math.floor(limit / most));
  const to = Math.min(MOST_SHARES, Math.floor(limit / Math.max(1, least)) + 1);
  for (let k = from; k <= to; k++) {
    // share of the law that they all take together, over the share of the limit
    let rounded = 0;
    let plain = 0;
    for (const unit of units) {
      rounded += siteShares(unit, limit, SITE_LAW + k) / k;
      plain += unit / limit;
    }
    const gain = rounded / plain - 1;
    if (gain > bestGain + 1e-9) {
      bestGain = gain;
      best = SITE_LAW + k;
    }
  }
  return best;
}

const MOST_SHARES = 100;

import type { Field } from './field';
import type { CellPrices } from './prices';
import { type Search, setPenalties } from './search';

/** Price of a cell, in displacement cost, that sends a mean window an hour away: where the dual names no price of its own. */
const HOUR_COST = 36;
/** How far prices move in one step, in units of the stiffness that goes with the softness given. */
const PRICE_STEP = 2;

/** The penalty of the search: a price per cell and limit, and the typical price and limit that stiffness is made from. */
export interface Penalty {
  sessionPrice: Float64Array;
  loginPrice: Float64Array;
  sessionStiffness: number;
  loginStiffness: number;
  /** What a mean window takes of a mean limit at its peak: the grain of the problem. */
  sessionGrain: number;
  loginGrain: number;
}

/** The dual's prices, and a stiffness that fits the instance. */
export function firstPenalty(search: Search, prices: CellPrices): Penalty {
  const { problem } = search.model;
  let scale = 0;
  let volume = 0;
  let sessionPeak = 0;
  let loginPeak = 0;
  for (let i = 0; i < problem.demandCount; i++) {
    scale += problem.demandScale[i]!;
    const profile = problem.demandProfile[i]!;
    let cells = 0;
    let mostSessions = 0;
    let mostLogins = 0;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++) {
      cells += problem.profileSessionsPerMille[k]! / 1000;
      mostSessions = Math.max(mostSessions, problem.profileSessionsPerMille[k]! / 1000);
      mostLogins = Math.max(mostLogins, problem.profileLoginsPerMille[k]! / 1000);
    }
    sessionPeak += problem.demandScale[i]! * mostSessions;
    loginPeak += problem.demandScale[i]! * mostLogins;
    volume += problem.demandScale[i]! * cells;
  }
  const count = Math.max(1, problem.demandCount);
  const typical = (price: Float64Array, otherwise: number) => {
    let sum = 0;
    let squares = 0;
    for (const p of price) {
      sum += p;
      squares += p * p;
    }
    return Math.max(sum > 0 ? squares / sum : 0, otherwise);
  };
  const mean = (limit: Float64Array) => {
    let sum = 0;
    let cells = 0;
    for (const l of limit) {
      if (!(l > 0 && l < Infinity)) continue;
      sum += l;
      cells++;
    }
    return cells > 0 ? sum / cells : 1;
  };
  return {
    sessionPrice: prices.sessions.slice(),
    loginPrice: prices.logins.slice(),
    sessionStiffness:
      typical(prices.sessions, (0.1 * HOUR_COST * count) / Math.max(1, volume)) / mean(problem.sessionLimit),
    loginStiffness: typical(prices.logins, (0.1 * HOUR_COST * count) / Math.max(1, scale)) / mean(problem.loginLimit),
    sessionGrain: sessionPeak / count / mean(problem.sessionLimit),
    loginGrain: loginPeak / count / mean(problem.loginLimit),
  };
}

/** Puts the penalty into the fields, with targets at `share` of the limits. */
export function applyPenalty(
  search: Search,
  penalty: Penalty,
  softness: number,
  share: number | { sessions: number; logins: number },
  targets: { sessions: Float64Array; logins: Float64Array },
): void {
  const sessionShare = typeof share === 'number' ? share : share.sessions;
  const loginShare = typeof share === 'number' ? share : share.logins;
  for (let c = 0; c < targets.sessions.length; c++) {
    targets.sessions[c] = sessionShare * search.sessions.limit[c]!;
    targets.logins[c] = loginShare * search.logins.limit[c]!;
  }
  const stiffness = { sessions: penalty.sessionStiffness / softness, logins: penalty.loginStiffness / softness };
  setPenalties(search, penalty.sessionPrice, penalty.loginPrice, stiffness, targets.sessions, targets.logins);
}

/**
 * Moves prices towards what the loads ask for: up where a cell is over its target, down where it is under. The smaller its softness,
 * the quicker a direction.
 */
export function movePrices(
  search: Search,
  penalty: Penalty,
  targets: { sessions: Float64Array; logins: Float64Array },
  dearerSoftness: number,
  cheaperSoftness: number,
): void {
  const move = ({ load, limit }: Field, target: Float64Array, price: Float64Array, stiffness: number) => {
    for (let c = 0; c < price.length; c++) {
      if (!(limit[c]! > 0 && limit[c]! < Infinity)) continue;
      const over = load[c]! - target[c]!;
      const step = (PRICE_STEP * stiffness) / (over > 0 ? dearerSoftness : cheaperSoftness);
      price[c] = Math.max(0, price[c]! + step * over);
    }
  };
  move(search.sessions, targets.sessions, penalty.sessionPrice, penalty.sessionStiffness);
  move(search.logins, targets.logins, penalty.loginPrice, penalty.loginStiffness);
}

import { type Incumbent, lift, stand } from './incumbent';
import { isBarred, isFree, lookAround } from './look-around';
import type { CellMovePrices } from './move-prices';
import type { Change } from './change';
import { JUMP_COST } from './replan-moves';

/** Overload, as a share of the limit, at which a cell costs twice its price: from soft to hard, one sweep each. */
const SOFTNESS = [0.05, 0.02, 0.01, 0.005, 0.002];
/** Prices follow the loads with this softness at least. */
const PRICE_SOFTNESS = 0.005;

/** The penalty of one limit: max(0, price + stiffness x (load - target))^2 / (2 x stiffness) per cell. */
interface Penalty {
  price: Float64Array;
  stiffness: Float64Array;
  target: Float64Array;
}

/**
 * Lets everybody who might as well leave choose again and again between home and the best other start, at the exact rise of an
 * augmented Lagrangian's penalty, its own lump included: a window that leaves pays for the windows that move. Loads end within a
 * thousandth of the limits; who is still over is dealt with by whole windows.
 *
 * @param active who is asked, the most promising first
 */
export function sweepMoves(change: Change, active: readonly number[], prices: CellMovePrices): void {
  const { incumbent } = change;
  const sessions = penaltyOf(prices.sessions, change.sessionAllowed);
  const logins = penaltyOf(prices.logins, change.loginAllowed);
  for (const softness of SOFTNESS) {
    harden(sessions, prices.sessions, change.sessionAllowed, softness);
    harden(logins, prices.logins, change.loginAllowed, softness);
    let n = 0;
    for (const i of active) {
      if (n++ % 256 === 0) change.watch();
      chooseAgain(change, sessions, logins, i);
    }
    follow(sessions, incumbent.sessionLoad, change.sessionAllowed, Math.max(softness, PRICE_SOFTNESS) / softness);
    follow(logins, incumbent.loginLoad, change.loginAllowed, Math.max(softness, PRICE_SOFTNESS) / softness);
  }
}

function penaltyOf(price: Float64Array, limit: Float64Array): Penalty {
  return { price: price.slice(), stiffness: new Float64Array(price.length), target: limit };
}

function harden(penalty: Penalty, first: Float64Array, limit: Float64Array, softness: number): void {
  let sum = 0;
  let squares = 0;
  for (const p of first) {
    sum += p;
    squares += p * p;
  }
  const typical = sum > 0 ? squares / sum : 1e-5;
  for (let c = 0; c < first.length; c++) penalty.stiffness[c] = typical / (softness * Math.max(1, limit[c]!));
}

function follow({ price, stiffness, target }: Penalty, load: Float64Array, limit: Float64Array, slower: number): void {
  for (let c = 0; c < price.length; c++) {
    if (!(limit[c]! > 0 && limit[c]! < Infinity)) continue;
    price[c] = Math.max(0, price[c]! + (stiffness[c]! / slower) * (load[c]! - target[c]!));
  }
}

function chooseAgain(change: Change, sessions: Penalty, logins: Penalty, i: number): void {
  const { incumbent, before } = change;
  const { problem, candidates } = incumbent;
  const windows = incumbent.shifts[problem.demandOccurrences[i]!]!.length;
  const home = before[i]!;
  const old = lift(incumbent, i);
  const stays = rise(incumbent, sessions, logins, i, home);
  // going costs its windows at least
  if (old === home && stays <= windows) {
    stand(incumbent, i, home);
    return;
  }
  lookAround(incumbent, i);
  if (stays <= windows && isFree(incumbent, i, home)) {
    stand(incumbent, i, home);
    return;
  }
  let best = -1;
  let least = Infinity;
  if (isFree(incumbent, i, home)) {
    best = home;
    least = stays;
  }
  if (old !== home) {
    const cost = windows + jump(old - home) + rise(incumbent, sessions, logins, i, old, least);
    if (cost < least) {
      best = old;
      least = cost;
    }
  }
  for (const start of candidates[problem.demandCandidates[i]!]!) {
    const fixed = windows + jump(start - home);
    if (start === home || start === old || fixed >= least || isBarred(incumbent, start)) continue;
    const cost = fixed + rise(incumbent, sessions, logins, i, start, least - fixed);
    if (cost >= least || !isFree(incumbent, i, start)) continue;
    best = start;
    least = cost;
  }
  stand(incumbent, i, best < 0 ? old : best);
}

/** A little, so that it decides among starts that serve as well. */
const jump = (cells: number): number => JUMP_COST * cells * cells;

/** Rise of the penalties, were demand i at `start`; no longer exact once it is above `enough`. */
function rise(
  { problem, shifts, sessionLoad, loginLoad }: Incumbent,
  sessions: Penalty,
  logins: Penalty,
  i: number,
  start: number,
  enough = Infinity,
): number {
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]! / 1000;
  const from = problem.profileOffset[profile]!;
  const to = problem.profileOffset[profile + 1]!;
  let sum = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = from; k < to; k++, cell++) {
      const moreLogins = problem.profileLoginsPerMille[k]! * scale;
      if (moreLogins > 0) sum += riseOf(logins, loginLoad[cell]!, cell, moreLogins);
      const moreSessions = problem.profileSessionsPerMille[k]! * scale;
      if (moreSessions > 0) sum += riseOf(sessions, sessionLoad[cell]!, cell, moreSessions);
      if (sum >= enough) return sum;
    }
  }
  return sum;
}

function riseOf({ price, stiffness, target }: Penalty, load: number, cell: number, more: number): number {
  const k = stiffness[cell]!;
  const level = price[cell]! + k * (load - target[cell]!);
  const raised = level + k * more;
  if (raised <= 0) return 0;
  return (raised * raised - (level > 0 ? level * level : 0)) / (2 * k);
}

import type { Incumbent } from './incumbent';
import { buildModel } from '../model';
import { detours, inCost, proveMoves, type StartPrices, startPrices, wholeMovePrices } from './moved-bound';
import {
  type CellMovePrices,
  MOVE_TEMPERATURES,
  type MovePrices,
  priceMoves,
  ROUGH_MOVE_TEMPERATURES,
  type StayOrGo,
} from './move-prices';
import { priceMovedPupils } from './moved-pupils';
import { AllocationCancelled, type Starts } from '../problem';
import { type Change, markOver, openChange } from './change';
import { comeNearer, goHome, jumpCost, relieve, relieveByPushing } from './replan-moves';
import { sweepMoves } from './replan-sweeps';
import { seatAll, seatNewcomers, takeBack } from './seat';
import { settle } from './settle';
import { sparePupils } from './spare-pupils';

/** What a part of the plan became. */
export interface PartReplan {
  starts: Starts;
  movedWindowBound: number;
  prices: MovePrices;
  /** Prices that prove how many pupils move at least; null where nobody has to. */
  pupilPrices: CellMovePrices | null;
}

/** Whoever would save this share of a window by leaving is asked again and again. */
const WILLING = 0.4;
/** Rounds of coming nearer: each fills holes that the one before left. */
const NEARER_ROUNDS = 3;

/**
 * Replans one part. Nobody is asked where nothing is amiss. Where newcomers are all that is new they are seated as they come, and prices only
 * prove how many others had to move, if any did. Otherwise: the prices of the dual say who leaves (whose load on the short
 * cells is worth more than a move), the dearest first, each to a start with room; whoever finds none pushes one aside; then whoever can
 * goes home again, large ones leave where that lets two or more go home, one leaves in the place of another where that moves fewer pupils,
 * and the rest comes as near as there is room.
 */
export function replanPart(
  incumbent: Incumbent,
  before: Starts,
  isFrozen: Uint8Array,
  pupils: Int32Array | null,
  isCancelled?: () => boolean,
): PartReplan {
  const { problem } = incumbent;
  const settled = settle(incumbent, before, isFrozen);
  const { homeless, stay, windows, isImmovable } = settled;
  const raised = (limit: Float64Array, load: Float64Array) => limit.map((most, c) => Math.max(most, load[c]!));
  const change: Change = {
    ...openChange(incumbent, before, isImmovable),
    sessionAllowed: raised(problem.sessionLimit, settled.frozenSessions),
    loginAllowed: raised(problem.loginLimit, settled.frozenLogins),
    watch: () => {
      if (isCancelled?.()) throw new AllocationCancelled();
    },
  };
  let seated: Starts | null = null;
  if (markOver(change) === null && homeless.every((i) => before[i]! < 0)) {
    const isEverybodySeated = seatNewcomers(change, homeless).length === 0;
    // no plan moves fewer than none: no price need prove it
    if (isEverybodySeated && change.pushed.length === 0)
      return { starts: incumbent.starts, movedWindowBound: 0, prices: noPrices(problem.cellCount), pupilPrices: null };
    if (isEverybodySeated) seated = incumbent.starts.slice();
    // the proof speaks of everybody where they stood
    takeBack(change, homeless);
  }

  const model = buildModel(problem);
  const room = (limit: Float64Array, load: Float64Array) => limit.map((most, c) => Math.max(0, most - load[c]!));
  const sessionRoom = room(problem.sessionLimit, settled.frozenSessions);
  const loginRoom = room(problem.loginLimit, settled.frozenLogins);
  const asked: StayOrGo = { stay, windows, isFrozen, detour: null };
  const rough = priceMoves(model, asked, sessionRoom, loginRoom, null, ROUGH_MOVE_TEMPERATURES, isCancelled);
  const detour = detours(incumbent, model, asked, rough);
  const cellPrices = wholeMovePrices(
    priceMoves(model, { ...asked, detour }, sessionRoom, loginRoom, rough, MOVE_TEMPERATURES, isCancelled),
  );
  const { prices, movedWindowBound } = proveMoves(incumbent, model, asked, cellPrices, sessionRoom, loginRoom);
  const pupilPrices =
    pupils && movedWindowBound > 0 ? priceMovedPupils(model, asked, pupils, sessionRoom, loginRoom, isCancelled) : null;
  if (seated) return { starts: seated, movedWindowBound, prices, pupilPrices };
  const view = startPrices(model, inCost(cellPrices));
  change.costAt = jumpCost(incumbent, before, view.at);
  sweepMoves(change, mightLeave(change, view, asked, detour), inCost(cellPrices));
  const stuck = relieve(change, view);
  seatAll(change, homeless);
  relieveByPushing(change, stuck);
  goHome(change, stay);
  if (pupils) sparePupils(change, stay, pupils);
  for (let round = 0; round < NEARER_ROUNDS; round++) if (!comeNearer(change)) break;
  return { starts: incumbent.starts, movedWindowBound, prices, pupilPrices };
}

/** Who would leave, or nearly, at these prices: the most willing first. */
function mightLeave(change: Change, view: StartPrices, { stay, windows }: StayOrGo, detour: Float64Array): number[] {
  const { problem } = change.incumbent;
  const willing = new Map<number, number>();
  for (let i = 0; i < problem.demandCount; i++) {
    if (change.isImmovable[i] || stay[i]! < 0 || change.incumbent.starts[i]! < 0) continue;
    const gain = problem.demandScale[i]! * (view.at(i, stay[i]!) - view.least(i));
    if (gain > WILLING * windows[i]!) willing.set(i, (gain - detour[i]!) / windows[i]!);
  }
  return [...willing.keys()].sort((a, b) => willing.get(b)! - willing.get(a)! || a - b);
}

function noPrices(cellCount: number): MovePrices {
  return {
    sessions: new Float64Array(cellCount),
    logins: new Float64Array(cellCount),
    pairMover: new Int32Array(0),
    pairMate: new Int32Array(0),
    pairPrice: new Float64Array(0),
  };
}

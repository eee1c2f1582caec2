import { fits, type Incumbent, lift, mayLoad, stand, touches, visitLoading } from './incumbent';
import { isFree, lookAround } from './look-around';
import type { StartPrices } from './moved-bound';
import type { Starts } from '../problem';

/** What a jump of one cell, squared, weighs against one moved window: it decides among starts that cost about the same. */
export const JUMP_COST = 2e-5;
/** What the fullest cell of a start, to the sixth power of its use, weighs. */
const USE_COST = 1e-3;
/** Starts at which somebody is pushed aside, the cheapest first, and windows pushed aside for one. */
const PUSH_STARTS = 8;
const MOST_PUSHED = 6;
const PUSH_TRIES = 24;
/** Windows looked at for one to push aside: a platform has ten thousand in a cell. */
const MOST_ASKED = 200;
/** Whoever has moved already is asked before all others: it counts as moved anyhow. */
const MOVED_WORTH = 1e12;

/** A plan on its way to the next: the incumbent and what is known of everybody in it. */
export interface Change {
  incumbent: Incumbent;
  /** Where each stood, -1 for newcomers; shorter than the incumbent where newcomers were added to it. */
  before: Starts;
  /** Frozen, or with one start only: never moved. */
  isImmovable: Uint8Array;
  /** Limits, raised to what frozen windows load a cell with: nobody else can help that. */
  sessionAllowed: Float64Array;
  loginAllowed: Float64Array;
  /** What it costs that demand i stands at a start: the price of its cells, and how far it is from where it wants to be. */
  costAt: (i: number, start: number) => number;
  /** Called often; throws to end the work. */
  watch: () => void;
  /** Who was pushed aside for somebody else, and from where. */
  pushed: { demand: number; from: number }[];
  /** Largest scale for which any start of a kind has room, where it was looked up: a screen, for loads change. */
  roomOfKind: (number | undefined)[];
}

const homeOf = ({ before }: Change, i: number): number => (i < before.length ? before[i]! : -1);
const mayMove = ({ isImmovable }: Change, i: number): boolean => i >= isImmovable.length || !isImmovable[i];
const isMoved = (change: Change, i: number): boolean => homeOf(change, i) !== change.incumbent.starts[i];
const startsOf = ({ problem, candidates }: Incumbent, i: number): Int32Array =>
  candidates[problem.demandCandidates[i]!]!;
const windowsOf = (change: Change, i: number): number =>
  homeOf(change, i) < 0 ? 0 : change.incumbent.shifts[change.incumbent.problem.demandOccurrences[i]!]!.length;

/** Running count of cells that are over what is allowed; null when none is. */
export function markOver({ incumbent, sessionAllowed, loginAllowed }: Change): Int32Array | null {
  const { sessionLoad, loginLoad } = incumbent;
  const marked = new Int32Array(sessionLoad.length + 1);
  for (let c = 0; c < sessionLoad.length; c++) {
    const over = sessionLoad[c]! > sessionAllowed[c]! || loginLoad[c]! > loginAllowed[c]!;
    marked[c + 1] = marked[c]! + (over ? 1 : 0);
  }
  return marked[sessionLoad.length] === 0 ? null : marked;
}

/** Does demand i, where it stands, load a cell that is over? */
export function isInTrouble({ incumbent, sessionAllowed, loginAllowed }: Change, i: number): boolean {
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = starts[i]! + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      if (problem.profileSessionsPerMille[k]! > 0 && sessionLoad[cell]! > sessionAllowed[cell]!) return true;
      if (problem.profileLoginsPerMille[k]! > 0 && loginLoad[cell]! > loginAllowed[cell]!) return true;
    }
  }
  return false;
}

/** Price of the cells, a little for the jump, and hardly anything for filling cells that others may need. */
export function jumpCost(incumbent: Incumbent, before: Starts, priceAt: (i: number, start: number) => number) {
  const { demandScale, demandWish } = incumbent.problem;
  return (i: number, start: number): number => {
    const home = before[i]! >= 0 ? before[i]! : demandWish[i]!;
    const jump = home < 0 ? 0 : JUMP_COST * (start - home) * (start - home);
    return demandScale[i]! * priceAt(i, start) + jump + USE_COST * fullest(incumbent, i, start) ** 6;
  };
}

/** What a newcomer pays for a start where nothing is known of prices: how far its wish is, and a little for cells that others may need. */
export function newcomerCost(incumbent: Incumbent): (i: number, start: number) => number {
  const { demandWish, demandWeight } = incumbent.problem;
  return (i, start) => {
    const wish = demandWish[i]!;
    const moved = wish < 0 ? 0 : demandWeight[i]! * (start - wish) * (start - wish);
    return moved + fullest(incumbent, i, start) ** 6;
  };
}

/** Largest share of a limit in use, demand i included, in the cells that it would load. */
export function fullest({ problem, shifts, sessionLoad, loginLoad }: Incumbent, i: number, start: number): number {
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]! / 1000;
  let most = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]! * scale;
      const logins = problem.profileLoginsPerMille[k]! * scale;
      if (sessions > 0) most = Math.max(most, (sessionLoad[cell]! + sessions) / problem.sessionLimit[cell]!);
      if (logins > 0) most = Math.max(most, (loginLoad[cell]! + logins) / problem.loginLimit[cell]!);
    }
  }
  return most;
}

/** The cheapest start with room of demand i, which stands nowhere; -1 where there is none. */
function roomFor(change: Change, i: number): number {
  const { incumbent } = change;
  lookAround(incumbent, i);
  let best = -1;
  let bestCost = Infinity;
  for (const start of startsOf(incumbent, i)) {
    const cost = change.costAt(i, start);
    if (cost >= bestCost || !fits(incumbent, i, start) || !isFree(incumbent, i, start)) continue;
    best = start;
    bestCost = cost;
  }
  return best;
}

/**
 * Lets windows leave the cells that are over, those first whose load there is worth most by the prices, per window that moves; only
 * while there is still something to relieve, and only to starts with room. Gives those that found none.
 */
export function relieve(change: Change, prices: StartPrices): number[] {
  const { incumbent } = change;
  const marked = markOver(change);
  if (!marked) return [];
  const worth = new Map<number, number>();
  for (let i = 0; i < incumbent.demandCount; i++) {
    const start = incumbent.starts[i]!;
    if (!mayMove(change, i) || start < 0 || !touches(incumbent, i, marked)) continue;
    const gain = incumbent.problem.demandScale[i]! * (prices.at(i, start) - prices.least(i));
    worth.set(i, gain / Math.max(1, windowsOf(change, i)));
  }
  const order = [...worth.keys()].sort((a, b) => worth.get(b)! - worth.get(a)! || a - b);
  const stuck: number[] = [];
  for (let k = 0; k < order.length; k++) {
    if (k % 64 === 0) change.watch();
    const i = order[k]!;
    if (!isInTrouble(change, i)) continue;
    const old = lift(incumbent, i);
    const start = roomFor(change, i);
    stand(incumbent, i, start >= 0 ? start : old);
    if (start < 0) stuck.push(i);
  }
  return stuck;
}

/** Seats demands that stand nowhere, large ones first; gives those that found no place even by pushing others aside. */
export function seatAll(change: Change, homeless: readonly number[]): number[] {
  const { demandScale } = change.incumbent.problem;
  const left: number[] = [];
  for (const i of [...homeless].sort((a, b) => demandScale[b]! - demandScale[a]! || a - b)) {
    change.watch();
    const start = roomFor(change, i);
    if (start >= 0) stand(change.incumbent, i, start);
    else if (!pushIn(change, i)) left.push(i);
  }
  return left;
}

/**
 * Seats newcomers where there is room, large ones first, and nobody else moves. False where that does not seat them all: then they all stand
 * nowhere again.
 */
export function seatWithoutMoving(change: Change, newcomers: readonly number[]): boolean {
  const { incumbent } = change;
  const { demandScale } = incumbent.problem;
  const order = [...newcomers].sort((a, b) => demandScale[b]! - demandScale[a]! || a - b);
  for (let k = 0; k < order.length; k++) {
    change.watch();
    const start = roomFor(change, order[k]!);
    if (start >= 0) {
      stand(incumbent, order[k]!, start);
      continue;
    }
    for (let seated = 0; seated < k; seated++) lift(incumbent, order[seated]!);
    return false;
  }
  return true;
}

/** Windows in trouble that found no start with room: each pushes others aside, or stays. */
export function relieveByPushing(change: Change, stuck: readonly number[]): void {
  for (const i of stuck) {
    change.watch();
    if (!isInTrouble(change, i)) continue;
    const old = lift(change.incumbent, i);
    if (!pushIn(change, i)) stand(change.incumbent, i, old);
  }
}

/** Puts demand i where it would pass a limit, and moves up to six others out of its cells, each to a start with room. */
function pushIn(change: Change, i: number): boolean {
  const { incumbent } = change;
  lookAround(incumbent, i);
  const starts = Array.from(startsOf(incumbent, i))
    .filter((start) => isFree(incumbent, i, start))
    .map((start) => ({ start, cost: change.costAt(i, start) + passedAt(change, i, start) }))
    .sort((a, b) => a.cost - b.cost || a.start - b.start)
    .slice(0, PUSH_STARTS);
  for (const { start } of starts) {
    stand(incumbent, i, start);
    const undo: [number, number][] = [];
    const budget = { tries: PUSH_TRIES };
    while (isInTrouble(change, i) && undo.length < MOST_PUSHED && pushOneAside(change, i, undo, budget));
    if (!isInTrouble(change, i)) {
      for (const [demand, from] of undo) change.pushed.push({ demand, from });
      return true;
    }
    for (const [j, old] of undo.reverse()) {
      lift(incumbent, j);
      stand(incumbent, j, old);
    }
    lift(incumbent, i);
  }
  return false;
}

/** Moves one of those who share a cell that is over with demand i to a start with room, and writes down from where; false where none goes. */
function pushOneAside(change: Change, i: number, undo: [number, number][], budget: { tries: number }): boolean {
  const { incumbent } = change;
  const { demandScale } = incumbent.problem;
  const { found, worth } = neighboursInTrouble(change, i);
  while (budget.tries > 0) {
    let best = -1;
    for (let k = 0; k < found.length; k++) {
      if (worth[k]! <= 0) continue;
      const ahead = best < 0 ? 1 : worth[k]! - worth[best]! || demandScale[found[best]!]! - demandScale[found[k]!]!;
      if (ahead > 0 || (ahead === 0 && found[k]! < found[best]!)) best = k;
    }
    if (best < 0) return false;
    worth[best] = 0;
    const j = found[best]!;
    // what was seen may be taken by now
    if (demandScale[j]! > roomOfKind(change, incumbent.demandKind[j]!)) continue;
    budget.tries--;
    const old = lift(incumbent, j);
    const elsewhere = roomFor(change, j);
    stand(incumbent, j, elsewhere >= 0 ? elsewhere : old);
    if (elsewhere >= 0) {
      undo.push([j, old]);
      return true;
    }
    change.roomOfKind[incumbent.demandKind[j]!] = undefined;
  }
  return false;
}

/** By how many times its own load demand i would pass the limits at `start`: how many like it would have to go. */
function passedAt({ incumbent, sessionAllowed, loginAllowed }: Change, i: number, start: number): number {
  const { problem, shifts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const scale = Math.max(1, problem.demandScale[i]! / 1000);
  let worst = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = start + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = problem.profileSessionsPerMille[k]! * scale;
      const logins = problem.profileLoginsPerMille[k]! * scale;
      if (sessions > 0)
        worst = Math.max(worst, (sessionLoad[cell]! + sessions - sessionAllowed[cell]!) / (1000 * scale));
      if (logins > 0) worst = Math.max(worst, (loginLoad[cell]! + logins - loginAllowed[cell]!) / (1000 * scale));
    }
  }
  return worst;
}

/** Largest scale for which some start of a kind has room, conflicts aside. On a full day most kinds have none: they need not be tried. */
function roomOfKind({ incumbent, roomOfKind: known }: Change, kind: number): number {
  const { problem, shifts, sessionLoad, loginLoad, kinds, candidates } = incumbent;
  const before = known[kind];
  if (before !== undefined) return before;
  const { profile, occurrences, candidates: set } = kinds[kind]!;
  let most = 0;
  for (const start of candidates[set]!) {
    let room = Infinity;
    for (const shift of shifts[occurrences]!) {
      let cell = start + shift - 1;
      for (
        let k = problem.profileOffset[profile]!;
        k < problem.profileOffset[profile + 1]! && room > most;
        k++, cell++
      ) {
        const sessions = problem.profileSessionsPerMille[k]!;
        const logins = problem.profileLoginsPerMille[k]!;
        if (sessions > 0) room = Math.min(room, (problem.sessionLimit[cell]! - sessionLoad[cell]!) / sessions);
        if (logins > 0) room = Math.min(room, (problem.loginLimit[cell]! - loginLoad[cell]!) / logins);
      }
    }
    most = Math.max(most, room);
  }
  return (known[kind] = 1000 * most);
}

/**
 * Those who share a cell that is over with demand i and may move, and what each is worth asking: whoever has moved already most, then
 * whose leaving relieves most.
 */
function neighboursInTrouble(change: Change, i: number): { found: number[]; worth: number[] } {
  const { incumbent, sessionAllowed, loginAllowed } = change;
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const cells = problem.profileOffset[profile + 1]! - problem.profileOffset[profile]!;
  const found: number[] = [];
  const worth: number[] = [];
  const isSeries = shifts.length > 1;
  const ask = (j: number) => {
    if (j === i || !mayMove(change, j) || (isSeries && found.includes(j))) return false;
    const relieved = relief(change, j);
    if (relieved > 0) worth[found.push(j) - 1] = relieved + (isMoved(change, j) ? MOVED_WORTH : 0);
    return found.length >= MOST_ASKED;
  };
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    const isOver = (cell: number) =>
      sessionLoad[cell]! > sessionAllowed[cell]! || loginLoad[cell]! > loginAllowed[cell]!;
    let from = starts[i]! + shift - 1;
    let to = from + cells;
    while (from < to && !isOver(from)) from++;
    while (to > from && !isOver(to - 1)) to--;
    if (from === to) continue;
    for (let kind = 0; kind < incumbent.kinds.length && found.length < MOST_ASKED; kind++) {
      if (!mayLoad(incumbent, kind, from, to)) continue;
      const room = roomOfKind(change, kind);
      if (room >= 1) visitLoading(incumbent, kind, room, from, to, ask);
    }
  }
  return { found, worth };
}

/** How much of what is over would go with demand i, in thousandths. */
function relief({ incumbent, sessionAllowed, loginAllowed }: Change, i: number): number {
  const { problem, shifts, starts, sessionLoad, loginLoad } = incumbent;
  const profile = problem.demandProfile[i]!;
  const scale = problem.demandScale[i]! / 1000;
  let sum = 0;
  for (const shift of shifts[problem.demandOccurrences[i]!]!) {
    let cell = starts[i]! + shift - 1;
    for (let k = problem.profileOffset[profile]!; k < problem.profileOffset[profile + 1]!; k++, cell++) {
      const sessions = sessionLoad[cell]! - sessionAllowed[cell]!;
      const logins = loginLoad[cell]! - loginAllowed[cell]!;
      if (sessions > 0) sum += Math.min(sessions, problem.profileSessionsPerMille[k]! * scale);
      if (logins > 0) sum += Math.min(logins, problem.profileLoginsPerMille[k]! * scale);
    }
  }
  return sum;
}

/** Whoever moved and may go home does, where there is room, small ones first; gives how many windows went. */
export function goHome(change: Change, stay: Int32Array): number {
  const { incumbent } = change;
  const { demandScale } = incumbent.problem;
  const away = awayFromHome(change, stay).sort((a, b) => demandScale[a]! - demandScale[b]! || a - b);
  let count = 0;
  for (const i of away) if (tryHome(change, i)) count += windowsOf(change, i);
  return count;
}

function awayFromHome(change: Change, stay: Int32Array): number[] {
  const away: number[] = [];
  for (let i = 0; i < stay.length; i++) {
    if (stay[i]! >= 0 && mayMove(change, i) && change.incumbent.starts[i]! >= 0 && isMoved(change, i)) away.push(i);
  }
  return away;
}

function tryHome(change: Change, i: number): boolean {
  const { incumbent } = change;
  const home = homeOf(change, i);
  const old = lift(incumbent, i);
  // room is asked first: it is what is missing nearly always
  const goes = fits(incumbent, i, home) && (lookAround(incumbent, i), isFree(incumbent, i, home));
  stand(incumbent, i, goes ? home : old);
  return goes;
}

/** Those who moved come nearer to home, where there is room; gives whether anybody did. */
export function comeNearer(change: Change): boolean {
  const { incumbent, before } = change;
  let any = false;
  for (let i = 0; i < before.length; i++) {
    if (before[i]! < 0 || !mayMove(change, i) || incumbent.starts[i]! < 0 || !isMoved(change, i)) continue;
    if (i % 64 === 0) change.watch();
    const old = lift(incumbent, i);
    lookAround(incumbent, i);
    let best = old;
    for (const start of startsOf(incumbent, i)) {
      if (Math.abs(start - before[i]!) >= Math.abs(best - before[i]!)) continue;
      if (fits(incumbent, i, start) && isFree(incumbent, i, start)) best = start;
    }
    stand(incumbent, i, best);
    if (best !== old) any = true;
  }
  return any;
}
